"""The text in the bytes of a file: its encoding is guessed, and told."""

import codecs

from personas.importing.model import Unreadable

ENCODINGS = ("utf-8", "utf-16", "windows-1252")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16"),
)
_LOOKED_AT = 4096


def decoded(raw: bytes, *, encoding: str = "") -> tuple[str, str]:
    """The text and the name of its encoding. `encoding`: what a person says it is; guessed without.

    A byte order mark decides; else many zeros at every other place are UTF-16, what is valid UTF-8 is UTF-8, and all
    else Windows-1252, which is Latin-1 and a little more. Raises `Unreadable` for an encoding that there is not, and
    for what is no text.
    """
    if encoding:
        return _as_told(raw, encoding.lower()), encoding.lower()
    for mark, name, codec in _MARKS:
        if raw.startswith(mark):
            return _clean(raw.decode(codec, "replace")), name
    if (unmarked := _unmarked_utf16(raw)) is not None:
        return _clean(raw.decode(unmarked, "replace")), "utf-16"
    try:
        return _clean(raw.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        if b"\0" in raw[:_LOOKED_AT]:
            raise Unreadable("This is no text: send CSV, XLSX, or a mailbox as mbox, eml or a zip of eml.") from None
        return _clean(raw.decode("cp1252", "replace")), "windows-1252"


def _as_told(raw: bytes, encoding: str) -> str:
    if encoding not in ENCODINGS:
        raise Unreadable(f"“{encoding[:40]}” is no encoding that we read; choose one of {', '.join(ENCODINGS)}.")
    codec = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}.get(encoding, encoding)
    return _clean(raw.decode(codec, "replace"))


def _unmarked_utf16(raw: bytes) -> str | None:
    """The codec of UTF-16 without its mark: of plain letters every other byte is zero."""
    head = raw[:_LOOKED_AT]
    pairs = len(head) // 2
    if not pairs:
        return None
    if head[1::2].count(0) > pairs * 0.6 and not head[::2].count(0) > pairs * 0.1:
        return "utf-16-le"
    if head[::2].count(0) > pairs * 0.6 and not head[1::2].count(0) > pairs * 0.1:
        return "utf-16-be"
    return None


def _clean(text: str) -> str:
    """Without zeros, which PostgreSQL refuses."""
    return text.replace("\0", "").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
