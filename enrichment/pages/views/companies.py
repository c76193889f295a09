"""A company: what is known of it, who says so, and what was asked about it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from enrichment import rules
from enrichment.companies import canonical
from enrichment.models import Company
from enrichment.pages import recent
from enrichment.pages.contents import of_company
from enrichment.pages.facts import known_of
from enrichment.pages.page import Page, user_of
from enrichment.pages.views.identity import MAY_CORRECT
from enrichment.rules import live
from enrichment.workflow import identities
from enrichment.workflow.suggestions import DECISIONS, find, suggested

RIGHT = "enrichment.decide_suggestion"


class CompanyPage(Page):
    def get(self, request: HttpRequest, company_id: int) -> HttpResponse:
        company = get_object_or_404(
            Company.objects.visible_to(user_of(request)).select_related("merged_into"), pk=company_id
        )
        if company.merged_into_id:
            return redirect("company", company_id=canonical(company).pk)
        now = timezone.now()
        known = known_of(company, rules=rules.current().rules, now=now)
        suggestions = suggested(company, origin=live.origin())
        research = recent.lines(user_of(request), company=company, now=now)
        merges = identities.merged_into(company)
        context = {
            "company": company,
            "known": known,
            "contents": of_company(
                known, has_research=bool(research), has_suggestions=bool(suggestions), has_parts=bool(merges)
            ),
            "aliases": company.aliases.order_by("kind", "value")[:20],
            "recent": research,
            "suggestions": suggestions,
            "may_decide": bool(suggestions) and request.user.has_perm(RIGHT),
            "merges": merges,
            "may_merge": request.user.has_perm(identities.RIGHT),
            "may_correct": request.user.has_perm(MAY_CORRECT),
            "sandbox": known.sandbox,
        }
        return self.shown("enrichment/company.html", context)


class DecideView(Page):
    """Takes a suggestion over, dismisses it or undoes that, and shows the company again."""

    def post(self, request: HttpRequest, company_id: int, suggestion_id: int) -> HttpResponse:
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        found = find(company_id, suggestion_id)
        decide = DECISIONS.get(request.POST.get("decision", ""))
        if found is None or decide is None:
            raise Http404
        decide(found, by=request.user)
        return redirect(f"{reverse('company', args=[company_id])}#suggestions")
