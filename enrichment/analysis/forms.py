"""Our own sentences, recognised whoever writes them: what they assert was weighed when they were written.

Where a sentence is about a signal ("Money in the news usually goes with a plan for it …") it is ours only beside an
article of that signal; what stands in its holes is returned, for it must be borne like any other words.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from enrichment.analysis import phrases
from enrichment.signals import SIGNALS

_HOLE = re.compile(r"\{(\w+)\}")
_BY_SIGNAL = frozenset({"insights", "actions", "questions"})
_NO_SENTENCES = frozenset({"topics", "groups", "about"})
_BREAK = re.compile(r"(?<=[.?!”])\s+(?=[A-Z“])")


@dataclass(frozen=True, slots=True)
class Own:
    """A sentence of ours: the signal that it is about, "" for none, and what fills its holes, by name."""

    signal: str
    filled: Mapping[str, str]


@lru_cache(maxsize=4096)
def own_sentences(text: str) -> tuple[Own, ...]:
    """The forms that the whole text is made of, in order; nothing where a part of it is none of ours."""
    parts = _BREAK.split(text)
    found: list[Own] = []
    start = 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            form = _form(" ".join(parts[start:end]))
            if form is not None:
                found.append(form)
                start = end
                break
        else:
            return ()
    return tuple(found)


def _form(text: str) -> Own | None:
    for signal, literal, pattern in _forms():
        if literal in text and (match := pattern.fullmatch(text)):
            return Own(signal, match.groupdict())
    return None


@cache
def _forms() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """(signal, the longest literal, the pattern) of every sentence, the most literal first."""
    made = [(signal, max(_HOLE.sub("\n", text).split("\n"), key=len), _pattern(text)) for signal, text in _texts()]
    return tuple(sorted(made, key=lambda form: -len(form[1])))


def _texts() -> Iterator[tuple[str, str]]:
    for path, text in phrases.sentences():
        if path[0] not in _NO_SENTENCES:
            yield (path[-1] if path[0] in _BY_SIGNAL and path[-1] in SIGNALS else ""), text


def _pattern(text: str) -> re.Pattern[str]:
    seen: dict[str, int] = {}
    out: list[str] = []
    for place, part in enumerate(_HOLE.split(text)):
        if place % 2 == 0:
            out.append(re.escape(part))
        elif part in seen:
            out.append(rf"(?P={part})")
        else:
            seen[part] = place
            out.append(rf"(?P<{part}>.+?)")
    return re.compile("".join(out))
