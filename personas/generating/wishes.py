"""How a contact says that they want to be reached: their own sentence, which no figure outweighs. Pure."""

from collections.abc import Iterable, Iterator

from personas.generating.concerns import MOST_NAMED
from personas.generating.model import Trait
from personas.hearing.preferring import Stated

_SECTION = {"channel": "bestChannel", "time": "bestTime", "length": "communicationStyle"}


def wished(stated: Iterable[Stated]) -> Iterator[Trait]:
    """Each preference with the latest sentence that has it. Once is enough: who says so of themselves knows."""
    for each in stated:
        yield Trait(
            section=_SECTION[each.preference.aspect],
            name=f"stated.{each.name}",
            value=f"{each.preference.label}, as they say: “{each.quote}”",
            support="verbatim",
            n=len(each.sources),
            unit="interactions",
            evidence=tuple(str(source) for source in each.sources[:MOST_NAMED]),
        )


def as_asked(stated: Iterable[Stated]) -> Iterator[Trait]:
    """To do as they asked."""
    for each in stated:
        yield Trait(
            section="do",
            name=f"asked.{each.preference.aspect}",
            value=f"{each.preference.label}: they asked for it.",
            support="inferred",
            n=len(each.sources),
            unit="interactions",
            evidence=tuple(str(source) for source in each.sources[:MOST_NAMED]),
        )
