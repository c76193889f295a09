"""A conversation as PDF: what was asked and answered, with one numbered list of all sources behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chat.exporting import address, profiles_in, to_read
from chat.models import ChatMessage, ChatSession
from chat.pages import markdown
from salesintel.printing import to_pdf

LONGEST_HEADING = 160  # characters of a question; the whole of a longer one stands below it


def as_pdf(session: ChatSession, *, at: datetime) -> bytes:
    """The conversation on A4. Raises `CannotPrint` where the typesetter is missing."""
    told, sources = to_read(session), _Sources()
    said = [
        _answer(each, sources) if each["type"] != ChatMessage.Type.USER else _question(each)
        for each in told["messages"]
    ]
    data = {
        "title": _title(told),
        "subtitle": _subtitle(told),
        "moment": f"{at:%d %B %Y, %H:%M} UTC",
        "invented": told["sandbox"],
        "said": said,
        "sources": sources.told,
    }
    return to_pdf("conversation", data, at=at)


class _Sources:
    """Items of evidence, numbered from 1 in the order in which they are cited; one that is cited twice is one."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []
        self._numbers: dict[tuple[str, str, str], int] = {}

    def number(self, item: Mapping[str, Any]) -> int:
        """The item's number; its passages gather in its row."""
        title, name = str(item.get("title") or ""), str(item.get("publisher") or item.get("source") or "")
        day, url = str(item.get("publishedAt") or "")[:10], address(str(item.get("url") or ""))
        quote = str(item.get("quote") or "")
        key = (title, name, url)
        if key not in self._numbers:
            self._numbers[key] = len(self.told) + 1
            where = ", ".join(filter(None, (name if title else "", day)))
            row = {"title": title or name or "Without a title", "where": where, "url": url, "quote": quote}
            self.told.append(row)
            return self._numbers[key]
        row = self.told[self._numbers[key] - 1]
        if quote and quote not in row["quote"]:
            row["quote"] = " […] ".join(filter(None, (row["quote"], quote)))
        return self._numbers[key]


def _is_named(told: Mapping[str, Any]) -> bool:
    return bool(told["title"]) and told["title"] != told["company"]


def _title(told: Mapping[str, Any]) -> str:
    """As its owner named it, else after the company."""
    if _is_named(told):
        return str(told["title"])
    return f"Conversation about {told['company']}" if told["company"] else "Conversation"


def _subtitle(told: Mapping[str, Any]) -> str:
    parts = (told["company"] if _is_named(told) else "", f"for {told['vendor']}" if told["vendor"] else "")
    return ", ".join(filter(None, parts))


def _question(message: Mapping[str, Any]) -> dict[str, Any]:
    text = " ".join(message["content"].split())
    is_long = len(text) > LONGEST_HEADING
    lines = [{"spans": [{"text": each}]} for each in message["content"].splitlines()] if is_long else []
    return {
        "is_question": True,
        "title": f"{text[: LONGEST_HEADING - 1]}…" if is_long else text or "A question",
        "moment": f"{message['createdAt'][:10]} {message['createdAt'][11:16]} UTC",
        "blocks": [{"kind": "p", "lines": lines}] if lines else [],
    }


def _answer(message: Mapping[str, Any], sources: _Sources) -> dict[str, Any]:
    said = [
        (_even(each["text"]), each["evidence"])
        for each in message["metadata"].get("statements", ())
        if each.get("evidence")
    ]
    blocks = [
        {"kind": block.kind, "lines": [_line(line, said, sources) for line in block.lines]}
        for block in markdown.blocks(message["content"])
    ]
    return {"is_question": False, "blocks": blocks}


def _line(line: markdown.Line, said: Sequence[tuple[str, Any]], sources: _Sources) -> dict[str, Any]:
    text = _even(line.text)
    cited = [sources.number(item) for words, items in said if words and words in text for item in items]
    return {"spans": list(_spans(line.pieces)), "cites": sorted(set(cited))}


def _spans(pieces: Sequence[markdown.Piece]) -> Iterator[dict[str, Any]]:
    for piece in pieces:
        for text, url in profiles_in(piece.text):
            if text:
                yield {"text": text, "bold": piece.bold, "italic": piece.italic, "url": url}


def _even(text: object) -> str:
    return " ".join(str(text).split())
