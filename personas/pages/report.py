"""The report on personas, as a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError

from enrichment.pages.page import Page, user_of
from personas.api.report_shapes import NOT_CAUSE, PersonaReportIn
from personas.models import Range
from personas.pages import report_charts
from personas.predicting.wording import named
from personas.reporting.report import Report, report
from personas.reporting.using import ENOUGH
from personas.reporting.usual import Beside
from personas.wording import plain, told

_UNITS = {
    Range.Metric.RESPONSE.value: "hours",
    Range.Metric.WORKING_RESPONSE.value: "working hours",
    Range.Metric.CYCLE.value: "days",
    Range.Metric.PACE.value: "per week",
    Range.Metric.QUALITY.value: "points",
}  # the others are shares
_LABELS = dict(Range.Metric.choices)


class ReportPage(Page):
    """How many, how good, how used, and what came of it, over a range of days."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user, is_refused = user_of(request), False
        given = {name: value for name in ("from", "to") if (value := request.GET.get(name, "").strip())}
        try:
            asked = PersonaReportIn.parse(given)
        except ValidationError:
            asked, is_refused = PersonaReportIn.parse({}), True
        found = report(user, asked.span(user))
        return self.shown(
            "personas/report.html", {"refused": is_refused, **_context(found)}, status=400 if is_refused else 200
        )


def _context(found: Report) -> dict[str, Any]:
    by_day = len(found.days) <= report_charts.MOST_BARS
    shown = found.days if by_day else found.weeks
    return {
        "report": found,
        "by_day": by_day,
        "columns": report_charts.columns(shown),
        "most": max((each.n for each in shown), default=0),
        "made": sum(each.n for each in found.days),
        "quality": report_charts.quality(found.weeks),
        "evidenced": report_charts.evidenced(found.weeks),
        "weeks": [each for each in found.weeks if each.n],
        "stars": list(zip(range(1, 6), found.stars.counts, strict=True)),
        "usual": [_beside(each) for each in found.usual],
        "predictions": [(named(question), months) for question, months in found.months.items()],
        "hours": plain(round(found.saved.hours, 1)) if found.saved else "",
        "enough": ENOUGH,
        "not_cause": NOT_CAUSE,
    }


def _beside(each: Beside) -> dict[str, Any]:
    unit = _UNITS.get(each.metric, "share")
    return {
        "label": _LABELS[each.metric].partition(" (")[0].capitalize(),
        "median": told(each.median, unit),
        "typical": told(each.typical, unit),
        "row": each,
    }
