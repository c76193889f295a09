"""A conversation to take away: as Markdown, or as JSON with everything that its messages hold.

What people wrote and what was collected is text in it and nothing else: no link, no picture, no HTML of theirs. Two
kinds of address can be followed: those of sources, and of profiles at the hosts below.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from chat.answering.telling import inert
from chat.models import ChatMessage, ChatSession
from chat.saying import ANSWERED, MEANWHILE, message_told

LONGEST_ADDRESS = 2_000  # characters
PROFILE_HOSTS = ("linkedin.com", "xing.com")
_HOSTS = "|".join(re.escape(host).replace(r"\.", r"\\?\.") for host in PROFILE_HOSTS)
# As `inert` leaves it, or plain: a whole word, without query or port, that nothing but white space or a stop ends.
_PROFILE = re.compile(
    rf"(?<!\S)https?\\?://(?:[a-z0-9-]{{1,30}}\\?\.){{0,3}}(?:{_HOSTS})(?:/(?:\\?[\w.~%+-])+)+/?(?=[.,;]?(?:\s|$))",
    re.ASCII | re.IGNORECASE,
)


def as_json(session: ChatSession) -> dict[str, Any]:
    """All that was said, oldest first, with the evidence of each statement."""
    messages = [message_told(row) for row in _messages(session)]
    return {
        "chatSessionId": str(session.pk),
        "title": session.title,
        "company": session.company.name if session.company else None,
        "vendor": session.vendor.name if session.vendor else None,
        "exportedAt": timezone.now().isoformat(),
        "messages": messages,
        "sandbox": any(each["metadata"].get("sandbox") for each in messages),
    }


def to_read(session: ChatSession) -> dict[str, Any]:
    """The same without what was said while one waited, where the answer that one waited for is there, too."""
    told = as_json(session)
    rows = ChatMessage.objects.filter(session=session, events__data__step=MEANWHILE, turn__state__in=ANSWERED)
    outdated = {str(key) for key in rows.values_list("pk", flat=True)}
    return told | {"messages": [each for each in told["messages"] if each["id"] not in outdated]}


def as_markdown(session: ChatSession) -> str:
    """The same to read: what was said, and below each answer what bears its statements."""
    told = to_read(session)
    lines = [f"# {inert(told['title']) or 'Conversation'}", ""]
    about = [("Company", told["company"]), ("Vendor", told["vendor"])]
    lines += [f"- {name}: {inert(value)}" for name, value in about if value]
    lines.append(f"- Exported: {_moment(told['exportedAt'])}")
    if told["sandbox"]:
        lines.append("- **Invented: something in it comes from the sandbox.**")
    for message in told["messages"]:
        lines += ["", *_message(message)]
    return "\n".join(lines) + "\n"


def _messages(session: ChatSession) -> list[ChatMessage]:
    return list(ChatMessage.objects.filter(session=session).order_by("created", "pk"))


def _message(message: Mapping[str, Any]) -> Iterator[str]:
    is_theirs = message["type"] == ChatMessage.Type.USER
    yield f"## {'Question' if is_theirs else 'Answer'}, {_moment(message['createdAt'])}"
    yield ""
    if is_theirs:
        yield from (f"> {inert(line)}" for line in message["content"].splitlines() or [""])
        return
    yield with_profiles(message["content"])
    borne = [each for each in message["metadata"].get("statements", ()) if each.get("evidence")]
    if borne:
        yield from ("", "Sources:", "")
    for each in borne:
        yield f"- {with_profiles(inert(str(each['text'])))}"
        yield from (f"  - {_source(item)}" for item in each["evidence"])


def _source(item: Mapping[str, Any]) -> str:
    """Title, publisher and day; and where it is, where that is an address that a reader may open."""
    words = [str(item.get(name) or "") for name in ("title", "publisher")]
    words = [word for word in words if word] or [str(item.get("source", ""))]
    if item.get("publishedAt"):
        words.append(str(item["publishedAt"])[:10])
    where = address(str(item.get("url") or ""))
    return ", ".join(map(inert, words)) + (f" <{where}>" if where else "")


def address(url: str) -> str:
    """The address, where it is one of the web that hides no other host and cannot end the angle brackets around it."""
    if len(url) > LONGEST_ADDRESS or any(mark in "<>\\" or mark.isspace() or not mark.isprintable() for mark in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else ""


def with_profiles(line: str) -> str:
    """Markdown of ours with the addresses of profiles in it as links."""
    return _PROFILE.sub(lambda found: f"<{found[0].replace(chr(92), '')}>", line)


def profiles_in(text: str) -> Iterator[tuple[str, str]]:
    """A plain text in pieces, each with the profile's address that it is, "" for other words."""
    end = 0
    for found in _PROFILE.finditer(text):
        yield text[end : found.start()], ""
        yield found[0], found[0]
        end = found.end()
    yield text[end:], ""


def _moment(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"
