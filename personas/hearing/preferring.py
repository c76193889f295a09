"""Hears how a contact wants to be reached, where they say so themselves: by which way, when, how long."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from personas.hearing.listening import is_denied, plain_of, quoted, sentences_of
from personas.hearing.themes import Preference, group, wishes


@dataclass(frozen=True, slots=True)
class Stated:
    """A preference in their words: the latest sentence that has it, and the interactions that do, the latest first."""

    preference: Preference
    quote: str
    sources: tuple[UUID, ...]

    @property
    def name(self) -> str:
        return f"{self.preference.aspect}.{self.preference.name}"


def preferences(said: Iterable[tuple[UUID, str]]) -> list[Stated]:
    """What is preferred in texts of the contact's own words, by (interaction, text), the latest first.

    Of each aspect what was said last counts: who wanted mails once, and calls by now, wants calls. An appointment ("I
    prefer Tuesday morning") is no preference, nor is what others prefer.
    """
    found: dict[str, Stated] = {}
    for source, text in said:
        for sentence in sentences_of(text):
            for each in _stated(plain_of(sentence)):
                before = found.get(each.aspect)
                if before is None:
                    found[each.aspect] = Stated(each, quoted(sentence), (source,))
                elif before.preference == each and source not in before.sources:
                    found[each.aspect] = Stated(each, before.quote, (*before.sources, source))
    return list(found.values())


def _stated(plain: str) -> Iterable[Preference]:
    """Of each aspect the preference that a sentence names first: "a call rather than a mail" is a call."""
    gate = group("stated", "says").search(plain)
    if gate is None or is_denied(plain, gate) or group("stated", "once").search(plain):
        return ()
    first: dict[str, tuple[int, Preference]] = {}
    for wish in wishes():
        # What the gate itself says ("the best time to call me") names no way.
        places = [match.start() for match in wish.says.finditer(plain) if not _is_within(match, gate, wish)]
        if places and (wish.aspect not in first or min(places) < first[wish.aspect][0]):
            first[wish.aspect] = (min(places), wish)
    return [wish for _, wish in sorted(first.values(), key=lambda each: each[0])]


def _is_within(match: re.Match[str], gate: re.Match[str], wish: Preference) -> bool:
    return wish.aspect == "channel" and gate.start() <= match.start() < gate.end()
