"""Reads a PDF of ours as a reader sees it: its text, and where its links lead."""

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_PLAIN = rb"(?:[^()\\]|\\.)*"
_IN_PAIRS = rb"(?:\(" + _PLAIN + rb"\)" + _PLAIN + rb")*"  # a bracket with its partner needs no backslash
_STRING = rb"\((" + _PLAIN + _IN_PAIRS + rb")\)"
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|" + _STRING, re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All of its text without white space, which a PDF hardly has."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if b"/Type/Page/" in body]
    return "".join(_text(objects, page) for page in pages)


def links_of(pdf: bytes) -> list[str]:
    """Addresses that its links lead to."""
    return [_plain(each).decode() for each in re.findall(rb"/URI" + _STRING, pdf, re.DOTALL)]


def _text(objects: dict[int, bytes], page: bytes) -> str:
    resources = objects[_reference(page, b"Resources")]
    fonts = {name: objects[int(number)] for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
    letters = {name: _letters(_inflated(objects[_reference(font, b"ToUnicode")])) for name, font in fonts.items()}
    shown, now = [], {}
    for font, glyphs in _SHOWN.findall(_inflated(objects[_reference(page, b"Contents")])):
        if font:
            now = letters[font]
            continue
        held = _plain(glyphs)
        shown += [now.get(held[at : at + 2], "") for at in range(0, len(held), 2)]
    return "".join("".join(shown).replace("\u200b", "").split())


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found, (name, body)
    return int(found[1])


def _inflated(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found, body
    return zlib.decompress(found[1])


def _letters(table: bytes) -> dict[bytes, str]:
    """Glyph → text, of a ToUnicode table."""
    pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]+)>$", table, re.MULTILINE)
    return {bytes.fromhex(glyph.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _plain(string: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        if found[1].isdigit():
            return bytes([int(found[1], 8)])
        return _NAMED.get(found[1], found[1])

    return _ESCAPED.sub(one, string)
