"""What contacts like somebody do and say, for what their own history does not tell yet. Always inferred. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from personas.generating.concerns import SECTION
from personas.generating.habits import worded_hours
from personas.generating.model import Trait
from personas.hearing.themes import theme, themes
from personas.metrics import Measured

FEWEST = 3  # contacts of whom something is known, below which it is no habit of theirs, and might tell of one of them
UNIT = "similar contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What is known of the owner's contacts who are like the one that a persona is made of; nobody is named.

    `figures`: metric → the median of those of whom it is known, and how many they are. `topics`: of each of them.
    """

    n: int = 0
    figures: Mapping[str, tuple[float | None, int]]
    topics: Sequence[Sequence[str]] = ()


NOBODY = Alike(figures={})


def alike_traits(alike: Alike, figures: Mapping[str, Measured], said: Sequence[Trait]) -> list[Trait]:
    """Habits that are unknown of the contact and known of three who are like them, and what most of these say."""
    return [*_habits(alike, figures), *_topics(alike, {trait.name for trait in said})]


def _habits(alike: Alike, figures: Mapping[str, Measured]) -> Iterator[Trait]:
    for name, words in _WORDS.items():
        value, n = alike.figures.get(name, (None, 0))
        if value is not None and n >= FEWEST and figures[name].value is None:
            told = worded_hours(value) if name == "medianResponseTimeHours" else f"{value:.0%}"
            yield _trait("communicationStyle", f"alike.{name}", words.format(n=n, value=told), n)


def _topics(alike: Alike, said: set[str]) -> Iterator[Trait]:
    """At most one of each kind, said by half of them, which the contact has not said."""
    counts = Counter(topic for topics in alike.topics for topic in set(topics))
    known = {f"{each.kind}.{each.name}" for each in themes()} - said
    kinds: set[str] = set()
    for topic, n in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        kind, _, name = topic.partition(".")
        if topic in known and kind not in kinds and n >= FEWEST and 2 * n >= alike.n:
            kinds.add(kind)
            found = theme(kind, name)
            value = f"{found.label}: {n} of {alike.n} contacts like them say so."
            yield _trait(SECTION[found.kind], f"alike.{topic}", value, n)


_WORDS = {
    "medianResponseTimeHours": "Contacts like them answer within {value}: the median of {n}.",
    "emailEngagementRate": "Contacts like them open, click or answer {value} of mails: the median of {n}.",
    "meetingHeldRate": "Contacts like them hold {value} of meetings: the median of {n}.",
}


def _trait(section: str, name: str, value: str, n: int) -> Trait:
    return Trait(section=section, name=name, value=value, support="inferred", n=n, enough=False, unit=UNIT)
