"""A plan before anything is bought, and why it is this one."""

from django.http import HttpRequest, HttpResponse

from enrichment import rules
from enrichment.pages.asking import AskForm, asked_back, new_nonce, refusals
from enrichment.pages.page import Page, user_of
from enrichment.pages.planned import planned
from enrichment.workflow.explaining import explain


class PlanPage(Page):
    """Explains the plan of the ask in the address. Buys nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if "company" not in request.GET:
            return self.shown("enrichment/plan.html", {"form": AskForm.for_user(user_of(request))})
        form = AskForm(request.GET)
        if not form.is_valid():
            return self.shown("enrichment/plan.html", {"form": form}, status=400)
        ask = form.ask(user_of(request))
        with refusals(ask) as refusal:
            told = explain(ask, by=user_of(request))
            plan = planned(told, rules=rules.load(told["ruleSet"]))
            context = {"form": form, "plan": plan, "nonce": new_nonce(), "sandbox": plan.sandbox}
            return self.shown("enrichment/plan.html", context)
        context = {"form": form, **asked_back(form, refusal, request.GET)}
        return self.shown("enrichment/plan.html", context, status=refusal.status)
