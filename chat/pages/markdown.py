"""The Markdown of our answers as HTML: paragraphs, lists, headings, bold, italics, escapes, and nothing else.

All text is escaped before a tag of ours stands around it: no link, image or HTML can come from what was collected.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HELD = 0xE000  # an escaped mark is held in the private use area while marks are read
_PRIVATE = re.compile("[\ue000-\ue07f]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)")
_LINE = re.compile(r"(?P<heading>#{1,4}) +(?P<title>.+)|(?P<bullet>[-*]|\d{1,2}\.) +(?P<item>.+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, as a reader sees it."""

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line as HTML, the text that a reader sees of it, and that text in pieces."""

    html: SafeString
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is p, h, ul or ol. The lines of a paragraph stand under one another."""

    kind: str
    lines: list[Line] = field(default_factory=list)


def blocks(content: str) -> list[Block]:
    """The content's paragraphs, headings and lists, in order."""
    read = [_read(line.strip()) for line in content.splitlines()]
    return [
        Block(kind, [Line(inline(text), plain(text), tuple(_pieces(text))) for _, text in group])
        for kind, group in groupby(read, key=lambda each: each[0])
        if kind
    ]


def _read(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    if not line or found is None:
        return ("p" if line else ""), line
    if found["heading"]:
        return "h", found["title"]
    return ("ul" if found["bullet"] in "-*" else "ol"), found["item"]


def inline(text: str) -> SafeString:
    """One line as HTML."""
    held = _hold(text)
    parts = [f"<strong>{_italics(part)}</strong>" if is_bold else _italics(part) for part, is_bold in _cut(held, _BOLD)]
    return mark_safe(_release("".join(parts), as_html=True))  # noqa: S308 - every part of it was escaped


def plain(text: str) -> str:
    """The text that a reader sees of one line."""
    return _release(_ITALIC.sub(r"\1", _BOLD.sub(r"\1", _hold(text))), as_html=False)


def _pieces(text: str) -> Iterator[Piece]:
    for part, is_bold in _cut(_hold(text), _BOLD):
        for words, is_italic in _cut(part, _ITALIC):
            if words:
                yield Piece(_release(words, as_html=False), is_bold, is_italic)


def _italics(text: str) -> str:
    return "".join(f"<em>{escape(part)}</em>" if is_it else escape(part) for part, is_it in _cut(text, _ITALIC))


def _cut(text: str, mark: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """The text in parts, with whether each stood between the marks."""
    for place, part in enumerate(mark.split(text)):
        yield part, place % 2 == 1


def _hold(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(_HELD + ord(found[1])), _PRIVATE.sub("", text))


def _release(text: str, *, as_html: bool) -> str:
    def mark(found: re.Match[str]) -> str:
        sign = chr(ord(found[0]) - _HELD)
        return str(escape(sign)) if as_html else sign

    return _PRIVATE.sub(mark, text)
