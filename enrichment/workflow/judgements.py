"""How briefs are judged: stars and the use of sections, by role, consumer, engine and prompt. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, Sum

from enrichment.models import Rating, SectionUse
from enrichment.workflow.usage import Scope

Action = SectionUse.Action
LIKED, DISLIKED = 4, 2  # stars from which on, and up to which


class By(StrEnum):
    """What judgements are added up by."""

    ROLE = "role"
    CONSUMER = "consumer"
    ENGINE = "engine"
    PROMPT = "prompt"
    SECTION = "section"


OF_REPORTS = (By.ROLE, By.CONSUMER, By.ENGINE, By.PROMPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Of one role, consumer, engine, prompt or section; of sections there are no ratings.

    The counts of use are everybody's: nobody knows whose they are.
    """

    key: str
    ratings: int = 0
    stars_given: int = 0  # sum
    liked: int = 0
    disliked: int = 0
    shown: int = 0
    evidence: int = 0
    more: int = 0
    copied: int = 0
    exported: int = 0

    @property
    def stars(self) -> float | None:
        """The mean; None without ratings."""
        return self.stars_given / self.ratings if self.ratings else None

    def with_more(self, **counts: int) -> "Judged":
        return replace(self, **{name: getattr(self, name) + count for name, count in counts.items()})


def judged(scope: Scope, wanted: Collection[By] = tuple(By)) -> dict[By, list[Judged]]:
    """Each breakdown, the most rated first, then the most used. Two queries, however many lines there are.

    Of one person's ratings alone (`scope.whose`) the use of sections is left out, for it is nobody's.
    """
    found: dict[By, dict[str, Judged]] = {by: {} for by in wanted}
    for keys, counts in _rated(scope):
        _add(found, keys, counts)
    if scope.whose is None:
        for keys, counts in _used(scope):
            _add(found, keys, counts)
    return {by: sorted(lines.values(), key=_rank) for by, lines in found.items()}


def _rank(line: Judged) -> tuple[Any, ...]:
    return (-line.ratings, -(line.shown + line.evidence + line.more + line.copied), line.key)


def _add(found: dict[By, dict[str, Judged]], keys: dict[By, str], counts: dict[str, int]) -> None:
    for by, lines in found.items():
        if by in keys:
            key = keys[by]
            lines[key] = lines.get(key, Judged(key=key)).with_more(**counts)


def _rated(scope: Scope) -> Iterable[tuple[dict[By, str], dict[str, int]]]:
    rows = Rating.objects.filter(created__gte=scope.since, created__lt=scope.until, report__origin=scope.origin)
    if scope.whose is not None:
        rows = rows.visible_to(scope.whose)
    found = (
        rows.order_by()
        .values_list(*(f"report__{by}" for by in OF_REPORTS))
        .annotate(
            ratings=Count("pk"),
            stars_given=Sum("stars"),
            liked=Count("pk", filter=Q(stars__gte=LIKED)),
            disliked=Count("pk", filter=Q(stars__lte=DISLIKED)),
        )
    )
    for *keys, ratings, stars, liked, disliked in found:
        counts = {"ratings": ratings, "stars_given": stars, "liked": liked, "disliked": disliked}
        yield dict(zip(OF_REPORTS, keys, strict=True)), counts


def _used(scope: Scope) -> Iterable[tuple[dict[By, str], dict[str, int]]]:
    rows = SectionUse.objects.filter(day__gte=scope.first, day__lte=scope.last, origin=scope.origin).order_by()
    for *keys, action, count in rows.values_list(*(str(by) for by in By), "action").annotate(sum=Sum("count")):
        yield dict(zip(By, keys, strict=True)), {action: count}
