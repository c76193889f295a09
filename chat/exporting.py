"""A conversation to take away: as Markdown, or as JSON with everything that its messages hold.

What people wrote and what was collected is text in it and nothing else: no link, no picture, no HTML of theirs.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from chat.answering.telling import inert
from chat.models import ChatMessage, ChatSession
from chat.saying import message_told

LONGEST_ADDRESS = 2_000  # characters


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


def as_markdown(session: ChatSession) -> str:
    """The same to read: what was said, and below each answer what bears its statements."""
    told = as_json(session)
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
    yield message["content"]
    borne = [each for each in message["metadata"].get("statements", ()) if each.get("evidence")]
    if borne:
        yield from ("", "Sources:", "")
    for each in borne:
        yield f"- {inert(str(each['text']))}"
        yield from (f"  - {_source(item)}" for item in each["evidence"])


def _source(item: Mapping[str, Any]) -> str:
    """Title, publisher and day; and where it is, where that is an address that a reader may open."""
    words = [str(item.get(name) or "") for name in ("title", "publisher")]
    words = [word for word in words if word] or [str(item.get("source", ""))]
    if item.get("publishedAt"):
        words.append(str(item["publishedAt"])[:10])
    where = _address(str(item.get("url") or ""))
    return ", ".join(map(inert, words)) + (f" <{where}>" if where else "")


def _address(url: str) -> str:
    """The address, where it is one of the web that cannot end the angle brackets around it."""
    if len(url) > LONGEST_ADDRESS or any(mark in "<>\\" or mark.isspace() or not mark.isprintable() for mark in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def _moment(iso: str) -> str:
    return f"{iso[:10]} {iso[11:16]} UTC"
