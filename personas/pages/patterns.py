"""The page of patterns: groups of contacts who behave alike, what sets each apart, and who is in it."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from enrichment.pages.page import Page, user_of
from personas.likeness.features import BY_FIGURE, FEATURES
from personas.likeness.patterns import patterns_of
from personas.models import Profile
from personas.wording import told

SHOWN = 20  # members of a pattern


class PatternsPage(Page):
    """All patterns that one may see, each with its first members."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = patterns_of(user_of(request))
        members = Profile.objects.visible_to(user_of(request)).select_related("contact")
        first = Prefetch("profiles", members.order_by("contact__name", "pk")[:SHOWN], to_attr="first")
        prefetch_related_objects(found.rows, first)
        groups = [
            {
                "pattern": row,
                "marks": [_mark(mark) for mark in row.marks],
                "people": [each.contact for each in row.first],  # type: ignore[attr-defined] # the prefetched
            }
            for row in found.rows
        ]
        return self.shown("personas/patterns.html", {"groups": groups, "lacking": found.lacking})


def _mark(mark: dict[str, Any]) -> dict[str, Any]:
    feature = FEATURES[BY_FIGURE[mark["figure"]]] if mark["figure"] in BY_FIGURE else None
    unit = feature.unit if feature else ""
    label = feature.label.capitalize() if feature else mark["figure"]
    values = {name: told(mark[name], unit) for name in ("value", "others")}
    return {"words": mark["words"], "label": label, "n": mark["n"], **values}
