"""One mail as plain values: who, when, what was said, what it answers. Whatever is broken in it is left out."""

import email
import email.policy
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from personas.importing.mail.plain import text_of_html
from personas.importing.model import SPOILT

MOST_PARTS = 200
DEEPEST = 8  # messages in messages
LONGEST_TEXT = 20_000  # characters
MOST_ADDRESSES = 200
MOST_REFERENCES = 50
# What `is_auto_reply` looks at.
TOLD = ("auto-submitted", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "precedence", "return-path",
        "x-failed-recipients", "content-type")  # fmt: skip
_ID = re.compile(r"<([^<>\s]{1,400})>")
_FAILED = re.compile(r"^action:\s*failed", re.IGNORECASE | re.MULTILINE)
_RECIPIENT = re.compile(
    r"^(?:original|final)-recipient:\s*(?:rfc822;)?\s*<?([^\s<>;]+@[^\s<>;]+)>?", re.IGNORECASE | re.MULTILINE
)
_ADDRESS = re.compile(r"^[^@\s<>\"]{1,200}@[^@\s<>\"]{1,253}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail. Addresses in lower case, ids without their brackets; `at` in ISO 8601, "" where none is told."""

    id: str
    references: list[str]  # the eldest first; the last is what it answers
    at: str
    sender: list[str]  # address, name
    others: list[list[str]]  # address, name of To and Cc
    subject: str
    text: str
    headers: dict[str, str]
    files: list[list[Any]]  # name, media type, bytes
    is_list: bool
    bounced: list[str]  # addresses that it says could not be reached
    bounced_id: str = ""  # the Message-ID of what bounced

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def letter_of(raw: bytes) -> Letter:
    """Never raises: a part that cannot be read is as if it were not there."""
    message = _message(raw)
    parts = list(_parts(message))
    bounced, bounced_id = _bounce(message, parts)
    references = _ids(message, "references") + [
        each for each in _ids(message, "in-reply-to")[:1] if each not in _ids(message, "references")
    ]
    sender = _addresses(message, ["from"]) or _addresses(message, ["sender"]) or [["", ""]]
    return Letter(
        id=next(iter(_ids(message, "message-id")), ""),
        references=references[:1] + references[1:][-MOST_REFERENCES:],
        at=_when(message),
        sender=sender[0],
        others=_addresses(message, ["to", "cc"]),
        subject=_header(message, "subject")[:500],
        text=_text(parts)[:LONGEST_TEXT],
        headers={name: value[:300] for name in TOLD if (value := _header(message, name))},
        files=[_file(part) for part in parts if _is_file(part)][:50],
        is_list=bool(_header(message, "list-id") or _header(message, "list-unsubscribe")),
        bounced=bounced,
        bounced_id=bounced_id,
    )


def _message(raw: bytes) -> EmailMessage:
    """The mail; of one that is nested too deep to be parsed, its head alone."""
    try:
        return email.message_from_bytes(raw, policy=email.policy.default)
    except SPOILT:
        return BytesHeaderParser(policy=email.policy.default).parsebytes(
            re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\n\n"
        )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _clean(" ".join(str(message.get(name, "")).split()))
    except SPOILT:
        return ""


def _clean(text: str) -> str:
    """Text that a database and UTF-8 can hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _ids(message: EmailMessage, name: str) -> list[str]:
    return list(dict.fromkeys(_ID.findall(_raw(message, name)[:40_000])))


def _raw(message: EmailMessage, name: str) -> str:
    """A header without being parsed: ids and addresses that are slightly wrong are still ids and addresses."""
    return _clean(" ".join(str(value) for key, value in message.raw_items() if key.lower() == name))


def _addresses(message: EmailMessage, names: Iterable[str]) -> list[list[str]]:
    """Each address with its name, once. Those of a group are its members'."""
    found: dict[str, str] = {}
    for name in names:
        header = re.sub(r"[^:;,<>\"@]*:([^:;]*);", r"\1", _raw(message, name)[:20_000])  # Team: a@x.com, b@x.com;
        try:
            pairs = getaddresses([header])
        except SPOILT:
            pairs = []
        for shown, address in pairs:
            if _ADDRESS.match(address):
                found.setdefault(address.lower(), _named(shown))
    return [[address, shown] for address, shown in found.items()][:MOST_ADDRESSES]


def _named(shown: str) -> str:
    """A name without its encoding: taken off last, or a name could hold addresses."""
    with suppress(LookupError, ValueError, MessageError):
        shown = str(make_header(decode_header(shown)))
    return " ".join(_clean(shown).split())[:200]


def _when(message: EmailMessage) -> str:
    """The date it tells, else that of the last server it came through."""
    for text in (_raw(message, "date"), _raw(message, "received").rpartition(";")[2]):
        try:
            at = parsedate_to_datetime(text.strip())
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            if 1980 <= at.year <= 2100:
                return at.astimezone(UTC).isoformat()
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    return ""


def _parts(message: EmailMessage, depth: int = 0) -> Iterable[EmailMessage]:
    """The parts that hold something, without those of a message within the message: it was said elsewhere."""
    stack: list[tuple[Any, int]] = [(message, depth)]
    count = 0
    while stack and count < MOST_PARTS:
        part, deep = stack.pop()
        count += 1
        if deep > DEEPEST:
            continue
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            stack.extend((each, deep + 1) for each in reversed(part.get_payload()))
        else:
            yield part


def _text(parts: list[EmailMessage]) -> str:
    """The first plain text, else the first HTML as text."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not _is_file(part):
                text = _decoded(part)
                text = text_of_html(text) if kind == "text/html" else text
                if text.strip():
                    return text.strip()
    return ""


def _decoded(part: EmailMessage) -> str:
    """The text of a part in whatever charset it says it is; what is none is read as UTF-8 or Latin-1."""
    try:
        raw = part.get_payload(decode=True)
    except SPOILT:
        return ""
    if not isinstance(raw, bytes):
        return ""
    for charset in (str(part.get_content_charset("utf-8")), "utf-8", "latin-1"):
        try:
            return _clean(raw[: LONGEST_TEXT * 20].decode(charset, "strict"))
        except (LookupError, ValueError):  # no such charset, or not in it
            continue
    return ""


def _is_file(part: EmailMessage) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except SPOILT:
        return False


def _file(part: EmailMessage) -> list[Any]:
    """What it is called, of what type, how large; never what is in it."""
    try:
        payload = part.get_payload(decode=False)
        size = len(payload) * 3 // 4 if isinstance(payload, str) else 0
        return [_clean(str(part.get_filename() or ""))[:200], part.get_content_type()[:100], size]
    except SPOILT:
        return ["", "", 0]


def _bounce(message: EmailMessage, parts: list[EmailMessage]) -> tuple[list[str], str]:
    """Whom it says it could not reach (RFC 3464), and the Message-ID of what it could not bring them."""
    if message.get_content_type() != "multipart/report":
        return [], ""
    failed: list[str] = []
    about = ""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed += _failed(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            found = re.search(r"^message-id:\s*<([^<>\s]+)>", _source(part), re.IGNORECASE | re.MULTILINE)
            about = about or (found[1] if found else "")
    return list(dict.fromkeys(failed))[:50], about


def _failed(part: EmailMessage) -> list[str]:
    """The recipients of whom it says that delivery failed for good."""
    blocks = [block for block in re.split(r"\n\s*\n", _source(part)) if _FAILED.search(block)]
    return [address.lower() for block in blocks for address in _RECIPIENT.findall(block)]


def _source(part: EmailMessage) -> str:
    try:
        payload = part.get_payload()
        if isinstance(payload, list):
            return _clean("\n\n".join(str(each)[:20_000] for each in payload[:50]))
        return _clean(str(payload)[:20_000])
    except SPOILT:
        return ""


def moment_of(letter: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(letter["at"]) if letter["at"] else None
