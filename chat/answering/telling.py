"""An answer as it goes out: Markdown, badges, and each statement with the items that bear it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chat.answering.model import Answer, SourceReference
from enrichment.door import Known

BADGES = 8
QUOTE = 300  # characters
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~&:/@])")


def to_markdown(answer: Answer) -> str:
    """The answer as Markdown of ours, in which collected text is text and nothing else."""
    lines = [answer.opening]
    for part in answer.parts:
        lines += ["", f"**{inert(part.heading)}**"] if part.heading else [""]
        lines += [f"- {inert(each.text)}" for each in part.said]
    if answer.missing:
        lines += ["", f"Not known: {', '.join(inert(each.label) for each in answer.missing)}."]
    return "\n".join(lines)


def inert(text: str) -> str:
    """Collected text on one line, with every mark escaped that Markdown or HTML would read."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def sources_of(answer: Answer, known: Known) -> tuple[SourceReference, ...]:
    """One badge for each publisher or source that bears something of the answer, the most reliable first."""
    found: dict[str, SourceReference] = {}
    for each in answer.said:
        for key in each.evidence:
            badge = _badge(known.evidence[key])
            if badge is not None and (badge.name not in found or found[badge.name].confidence < badge.confidence):
                found[badge.name] = badge
    return tuple(sorted(found.values(), key=lambda badge: -badge.confidence)[:BADGES])


def _badge(item: Mapping[str, Any]) -> SourceReference | None:
    at = item["publishedAt"] or item["collectedAt"]
    if not isinstance(at, datetime):
        return None
    url = str(item["url"])
    return SourceReference(
        name=item["publisher"] or item["source"],
        confidence=float(item["reliability"]),
        last_updated=at,
        url=url if url.startswith(("https://", "http://")) else "",
    )


def confidence_of(answer: Answer, known: Known) -> float:
    """The mean, over the statements, of the best reliability of what bears each; 0 where nothing is said."""
    best = [max((known.evidence[key]["reliability"] for key in each.evidence), default=1.0) for each in answer.said]
    return round(sum(best) / len(best), 2) if best else 0.0


def statements_json(answer: Answer, known: Known) -> list[dict[str, Any]]:
    """Each statement with the items that bear it, as `metadata.statements` has them."""
    return [
        {
            "text": each.text,
            "support": each.support,
            "dataset": each.dataset,
            "evidence": [_item(key, known.evidence[key]) for key in each.evidence],
        }
        for each in answer.said
    ]


def _item(key: str, item: Mapping[str, Any]) -> dict[str, Any]:
    published = item["publishedAt"]
    return {
        "id": key,
        "title": item["title"],
        "url": item["url"],
        "publisher": item["publisher"],
        "source": item["source"],
        "publishedAt": published.isoformat() if published else None,
        "quote": item["text"][:QUOTE],
    }
