"""What somebody talks about: themes of buying that were heard, and the words that they come back to. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from personas.hearing.listening import listen
from personas.hearing.themes import themes
from personas.texts import is_common

MOST_WORDS = 40
FEWEST = 2  # interactions in which a word stands: once is chance
SHORTEST = 4  # letters
_WORD = re.compile(r"[^\W\d_]+")


def said_in(texts: Sequence[tuple[UUID, str]], *, without: Collection[str] = ()) -> dict[str, list[str]]:
    """`topics` as "kind.name" and `words`, each the most said first, of (interaction, the contact's own words).

    Words of every day are left out, and so are those of `without`: names, which would tell who is who.
    """
    heard = Counter(f"{each.kind}.{each.name}" for each in listen(texts))
    left = {word for name in without for word in _words(name)}
    counts = Counter(word for _, text in texts for word in _words(text) - left)
    often = [(word, n) for word, n in counts.items() if n >= FEWEST and len(word) >= SHORTEST and not is_common(word)]
    words = sorted(often, key=lambda each: (-each[1], each[0]))[:MOST_WORDS]
    return {"topics": [name for name, _ in heard.most_common()], "words": [word for word, _ in words]}


def topic_label(topic: str) -> str:
    """A topic in our words: “The price is too high”; "" for one that there is no longer."""
    return next((each.label for each in themes() if f"{each.kind}.{each.name}" == topic), "")


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
