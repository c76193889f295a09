"""What was paid, what reuse saved and how briefs are judged: one's own, or everybody's for those who may see it."""

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError

from enrichment import rules
from enrichment.api.usage import BREAKDOWNS, UsageIn, may_see_all, query_of, scope_of
from enrichment.pages import costs, judging
from enrichment.pages.page import Page, user_of
from enrichment.pages.words import usd
from enrichment.workflow import judgements, usage
from enrichment.workflow.usage import By

TAKEN = ("from", "to", "whose", "timeZone", "origin")


class CostsPage(Page):
    """By day, source, consumer, user and cache type, over a range of days."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = user_of(request)
        given = {name: value for name, value in request.GET.items() if name in TAKEN and isinstance(value, str)}
        refused = ""
        try:
            asked = UsageIn.parse(query_of(given, user)).validated_data
        except ValidationError as error:
            refused = _told(error)
            asked = UsageIn.parse(query_of({}, user)).validated_data
        scope = scope_of(user, asked)
        found, cached = usage.usage(scope), usage.reuse(scope)
        known = rules.current().rules
        labels = {slug: row.label for slug, row in known.sources.items()}
        everything = usage.total(found[By.DAY])
        context = {
            "scope": scope,
            "refused": refused,
            "may_see_all": may_see_all(user),
            "breakdowns": BREAKDOWNS,
            "calls": f"{everything.calls:,}",
            "requests": f"{everything.requests:,}",
            "paid": usd(everything.cost),
            "saved": usd(everything.saved),
            "unpriced": everything.unpriced,
            "hit_rate": costs.hit_rate(cached),
            "width": len(found[By.DAY]) * costs.STEP,
            "chart": costs.chart(found[By.DAY]),
            "days": costs.rows(found[By.DAY], {}),
            "tables": costs.tables(found, labels),
            "cache": costs.cache_rows(cached, labels),
            "judged": judging.tables(judgements.judged(scope), everybody=scope.whose is None),
            "sandbox": scope.origin == "sandbox",
        }
        return self.shown("enrichment/costs.html", context, status=400 if refused else 200)


def _told(error: ValidationError) -> str:
    by_field = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    return " ".join(str(word) for words in by_field.values() for word in words)
