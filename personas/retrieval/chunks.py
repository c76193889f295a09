"""Cuts a text into pieces that are each about one thing. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WANTED = 600  # characters of a piece: a paragraph of a mail, some hundred words
LONGEST = 1_200  # characters; what has no end of a sentence by then is cut at a space

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…。])\s+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text[begins:ends]` of the whole."""

    text: str
    begins: int
    ends: int


def chunks(text: str) -> list[Chunk]:
    """Pieces of about `WANTED` characters, in order, that together hold every word of `text`; none of an empty one."""
    found: list[Chunk] = []
    begins = ends = 0
    for start, end in _parts(text):
        if ends > begins and end - begins > WANTED:
            found.append(_chunk(text, begins, ends))
            begins = start
        elif ends == begins:
            begins = start
        ends = end
    if ends > begins:
        found.append(_chunk(text, begins, ends))
    return [chunk for chunk in found if chunk.text]


def _chunk(text: str, begins: int, ends: int) -> Chunk:
    piece = text[begins:ends]
    left = len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    return Chunk(stripped, begins + left, begins + left + len(stripped))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, or parts of them that are not too long, as (begin, end)."""
    for start, end in _split(_PARAGRAPH, text, 0, len(text)):
        for first, last in _split(_SENTENCE, text, start, end):
            yield from _bounded(text, first, last)


def _split(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text, start, end):
        if found.start() > start:
            yield start, found.start()
        start = found.end()
    if end > start:
        yield start, end


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        space = text.rfind(" ", start + WANTED, start + LONGEST)
        cut = space if space > 0 else start + LONGEST
        yield start, cut
        start = cut
    yield start, end
