"""What somebody is troubled, driven and held back by: their own sentences, the most said and the latest first. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from personas.generating.model import Trait
from personas.hearing.listening import Heard
from personas.hearing.themes import Kind, Theme, theme
from personas.history import Terms

SECTION: Mapping[Kind, str] = {
    "pain": "painPoints",
    "motivation": "buyingMotivations",
    "objection": "likelyObjections",
}
MOST = 4  # themes of a kind
MOST_NAMED = 12  # interactions that a trait names
ENOUGH = 2  # interactions in which somebody says the same: once may be chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A theme, with where it was heard, the latest first."""

    theme: Theme
    heard: tuple[Heard, ...]
    weight: float


def concerns(heard: Iterable[Heard], at: Mapping[UUID, datetime], terms: Terms) -> list[Concern]:
    """Themes by weight: each interaction counts half after a half-life. Of equal ones those of the file's order."""
    by_theme: dict[tuple[Kind, str], list[Heard]] = defaultdict(list)
    for each in heard:
        if each.source in at and at[each.source] <= terms.now:
            by_theme[each.kind, each.name].append(each)
    found = [
        Concern(
            theme=theme(kind, name),
            heard=tuple(sorted(rows, key=lambda row: (at[row.source], row.source), reverse=True)),
            weight=sum(0.5 ** ((terms.now - at[row.source]) / terms.half_life) for row in rows),
        )
        for (kind, name), rows in by_theme.items()
    ]
    return sorted(found, key=lambda concern: -concern.weight)


def of_kind(found: Iterable[Concern], kind: Kind) -> list[Concern]:
    """Those of a kind that stand in a persona."""
    return [concern for concern in found if concern.theme.kind == kind][:MOST]


def traits(found: Iterable[Concern]) -> list[Trait]:
    """Each concern with the latest of their own sentences on it."""
    kept = list(found)
    return [_trait(concern) for kind in SECTION for concern in of_kind(kept, kind)]


def _trait(concern: Concern) -> Trait:
    count = len(concern.heard)
    more = "" if count == 1 else f" Said in {count} interactions."
    return Trait(
        section=SECTION[concern.theme.kind],
        name=f"{concern.theme.kind}.{concern.theme.name}",
        value=f"{concern.theme.label}: “{concern.heard[0].quote}”{more}",
        support="verbatim",
        n=count,
        enough=count >= ENOUGH,
        unit="interactions",
        evidence=tuple(str(each.source) for each in concern.heard[:MOST_NAMED]),
    )
