"""The messages in a file: an mbox, one message, or a zip of messages."""

import io
import re
import zipfile
from collections.abc import Iterator

from personas.importing.model import SPOILT, Unreadable

MOST_MESSAGES = 50_000
LARGEST_MESSAGE = 25 * 1024 * 1024  # bytes; of what is longer the beginning is read
LARGEST_UNPACKED = 256 * 1024 * 1024
_FROM = re.compile(rb"^From \S+.*\d{4}", re.DOTALL)  # asctime ends in a year; some add a zone behind it
_QUOTED = re.compile(rb"^>+From ")
_HEADERS = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")
_KNOWN = re.compile(
    rb"^(from|to|date|subject|message-id|received|return-path|mime-version|delivered-to):", re.IGNORECASE | re.MULTILINE
)


def is_mailbox(raw: bytes, name: str = "") -> bool:
    """Whether these bytes are mail: an mbox, a message, or a zip that has any."""
    if raw.startswith(b"PK\x03\x04"):
        return any(_is_mail(each) for each in _parts(raw, names_only=True))
    head = raw.lstrip(b"\r\n")[:65536]
    if name.lower().endswith((".mbox", ".eml")) or _FROM.match(head.split(b"\n", 1)[0]):
        return True
    return bool(_HEADERS.match(head)) and len(set(_KNOWN.findall(head.lower()))) >= 2


def messages(raw: bytes) -> Iterator[bytes]:
    """Each message as bytes. Raises `Unreadable` for a file that has none, or too many."""
    found = 0
    for each in _each(raw):
        if not each.strip():
            continue
        found += 1
        if found > MOST_MESSAGES:
            raise Unreadable(f"One import takes at most {MOST_MESSAGES:,} messages; cut the mailbox in two.")
        yield each[:LARGEST_MESSAGE]
    if not found:
        raise Unreadable("There is no message in this file.")


def _each(raw: bytes) -> Iterator[bytes]:
    if raw.startswith(b"PK\x03\x04"):
        for name in sorted(each for each in _parts(raw, names_only=True) if _is_mail(each)):
            yield from _each(_part(raw, name))
        return
    if raw.lstrip(b"\r\n").startswith(b"From "):
        yield from _of_mbox(raw)
        return
    yield raw


def _of_mbox(raw: bytes) -> Iterator[bytes]:
    """A line `From … 2026` after a blank line begins a message; a `>` before `From ` was put there by the box."""
    lines: list[bytes] = []
    size, after_blank = 0, True
    for line in io.BytesIO(raw):
        if after_blank and _FROM.match(line):
            yield b"".join(lines)
            lines, size = [], 0
        elif size < LARGEST_MESSAGE:
            lines.append(line[1:] if _QUOTED.match(line) else line)
            size += len(line)
        after_blank = not line.strip(b"\r\n")
    yield b"".join(lines)


def _is_mail(name: str) -> bool:
    return name.lower().endswith((".eml", ".mbox")) and not name.startswith("__MACOSX/")


def _parts(raw: bytes, *, names_only: bool) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as box:
            parts = box.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return []
    if len(parts) > MOST_MESSAGES * 2 or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable(f"The zip unpacks to more than {LARGEST_UNPACKED:,} bytes; cut it in two.")
    return [part.filename for part in parts]


def _part(raw: bytes, name: str) -> bytes:
    """One part; the zip reader gives no more than it says it unpacks to. One that cannot be unpacked is empty."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as box:
            return box.read(name)
    except SPOILT:  # encrypted, cut, or of a method that there is not
        return b""
