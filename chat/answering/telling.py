"""An answer as it goes out: Markdown, badges, and each statement with the items that bear it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chat.answering.escaping import inert
from chat.answering.held import Held
from chat.answering.mentions import passage, publisher
from chat.answering.model import Answer, SourceReference
from chat.answering.words import ago, day_of, text
from enrichment.door import Known, safe_link

BADGES = 8
REASONS = 3  # items that one statement is explained by
SUPPORTS = {"verbatim": "word for word", "derived": "computed", "inferred": "concluded"}


def to_markdown(answer: Answer) -> str:
    """The answer as Markdown of ours, in which collected text is text and nothing else."""
    lines = [inert(each) for each in (answer.opening, answer.lead.text if answer.lead else "") if each]
    blocks = ["\n\n".join(lines)] if lines else []
    for part in answer.parts:
        said = [inert(each.text) for each in part.said]
        told = "\n".join(f"- {each}" for each in said) if part.is_list else "\n\n".join(said)
        blocks.append("\n\n".join(filter(None, (f"**{inert(part.heading)}**" if part.heading else "", told))))
    if answer.missing:
        blocks.append(f"Not known: {', '.join(inert(each.label) for each in answer.missing)}.")
    return "\n\n".join(blocks)


# --- Badges -----------------------------------------------------------------------------------------------------------


def sources_of(answer: Answer, known: Known) -> tuple[SourceReference, ...]:
    """One badge for each publisher or source that bears something of the answer, the most reliable first.

    Its confidence is the best reliability of what it bears, its date the newest, its page that of its best item.
    """
    held, found = Held(known), dict[str, SourceReference]()
    for key in dict.fromkeys(key for each in answer.said for key in each.evidence):
        badge = _badge(held, known.evidence.get(key, {}))
        if badge is None:
            continue
        other = found.get(badge.name)
        found[badge.name] = badge if other is None else _best(badge, other)
    return tuple(sorted(found.values(), key=lambda badge: (-badge.confidence, badge.name))[:BADGES])


def _badge(held: Held, item: Mapping[str, Any]) -> SourceReference | None:
    at = item.get("publishedAt") or item.get("collectedAt")
    if not isinstance(at, datetime):
        return None
    return SourceReference(
        name=publisher(held, item),
        confidence=reliability(item),
        last_updated=at,
        url=safe_link(item.get("url")),
    )


def _best(one: SourceReference, other: SourceReference) -> SourceReference:
    first, second = sorted((one, other), key=lambda badge: -badge.confidence)
    return SourceReference(
        name=first.name,
        confidence=first.confidence,
        last_updated=max(first.last_updated, second.last_updated),
        url=first.url or second.url,
    )


def reliability(item: Mapping[str, Any]) -> float:
    """How far an item is believed, 0 to 1."""
    found = item.get("reliability")
    return min(max(float(found), 0.0), 1.0) if isinstance(found, int | float) else 0.0


def confidence_of(answer: Answer, known: Known) -> float:
    """The mean, over the statements, of the best reliability of what bears each; 0 where nothing is said.

    What a person pinned counts 1. Sentences of ours do not count.
    """
    best = [
        max((reliability(known.evidence.get(key, {})) for key in each.evidence), default=1.0) for each in answer.said
    ]
    return round(sum(best) / len(best), 2) if best else 0.0


# --- Evidence ---------------------------------------------------------------------------------------------------------


def statements_json(answer: Answer, known: Known) -> list[dict[str, Any]]:
    """Each statement with the items that bear it, as `metadata.statements` has them."""
    held = Held(known)
    return [
        {
            "text": each.text,
            "support": each.support,
            "dataset": each.dataset,
            "evidence": [_item(held, key, each.text) for key in each.evidence if key in known.evidence],
        }
        for each in answer.said
    ]


def _item(held: Held, key: str, told: str) -> dict[str, Any]:
    item = held.known.evidence[key]
    published = item.get("publishedAt")
    return {
        "id": key,
        "title": text(item.get("title")),
        "url": safe_link(item.get("url")),
        "publisher": publisher(held, item),
        "source": str(item.get("source") or ""),
        "publishedAt": published.isoformat() if isinstance(published, datetime) else None,
        "quote": passage(item, told),
    }


def explained(statements: Iterable[Mapping[str, Any]], *, now: datetime) -> str:
    """Why it was said: each statement of an answer (`statements_json`) over what bears it, as Markdown."""
    return "\n\n".join(_reasons(each, now) for each in statements)


def _reasons(statement: Mapping[str, Any], now: datetime) -> str:
    how = SUPPORTS.get(str(statement.get("support")), "as a person pinned it")
    items: Sequence[Mapping[str, Any]] = statement.get("evidence") or ()
    lines = [
        f"{inert(str(statement.get('text', '')))} _({how})_",
        *(f"- {_reason(item, now)}" for item in items[:REASONS]),
    ]
    if len(items) > REASONS:
        lines.append(f"- and {len(items) - REASONS} more")
    return "\n".join(lines)


def _reason(item: Mapping[str, Any], now: datetime) -> str:
    """“The passage” (TechCrunch, 5 days ago)."""
    told_of = ", ".join(filter(None, (str(item.get("publisher") or ""), ago(day_of(item.get("publishedAt")), now))))
    quote = f"“{text(item.get('quote')) or text(item.get('title'))}”"
    return inert(f"{quote} ({told_of})" if told_of else quote)


__all__ = ["confidence_of", "explained", "inert", "sources_of", "statements_json", "to_markdown"]
