"""What a question was understood to single out, as its turn keeps it in JSON.

`company` as it was written, `about` words, `span` {since, until, words}; `of`: the turn that was asked in words, where
this one asks it again; `after`: the turn that chose the company, where it waited for that; `told`: the messages that it
goes on from, where it asks for what they did not say.
"""

from collections.abc import Mapping
from datetime import date, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from chat.models import ChatMessage, ChatTurn
from chat.understanding.model import Slots
from chat.understanding.spans import Span
from salesintel.accounts.models import User

OF, AFTER, TOLD = "of", "after", "told"
LONGEST_CHAIN = 20  # messages that a question may go on from


def slots_json(slots: Slots) -> dict[str, Any]:
    return {"company": slots.company, "about": list(slots.about), "span": span_json(slots.span)}


def asked_again(earlier: ChatTurn) -> dict[str, Any]:
    """All that the earlier turn singled out, for one that asks the same."""
    kept = {name: earlier.slots[name] for name in ("company", "about", "span", TOLD) if name in earlier.slots}
    return kept | {OF: str(earlier.slots.get(OF) or earlier.pk)}


def about_of(turn: ChatTurn) -> tuple[str, ...]:
    return tuple(str(each) for each in turn.slots.get("about", ()))


def span_of(turn: ChatTurn) -> Span | None:
    return span_from(turn.slots.get("span"))


def told_of(turn: ChatTurn) -> tuple[str, ...] | None:
    """The messages that it goes on from; None where it is no such question."""
    held = turn.slots.get(TOLD)
    return tuple(str(each) for each in held) if isinstance(held, list) else None


def words_of(turn: ChatTurn) -> str:
    """The words in which it was asked; "" where they are gone."""
    first = UUID(turn.slots[OF]) if OF in turn.slots else turn.pk
    rows = ChatMessage.objects.filter(session=turn.session_id, turn=first, type=ChatMessage.Type.USER)
    return rows.order_by("created").values_list("content", flat=True).first() or ""


def span_json(span: Span | None) -> dict[str, str] | None:
    return {"since": f"{span.since}", "until": f"{span.until}", "words": span.words} if span else None


def span_from(held: Mapping[str, str] | None) -> Span | None:
    if not held:
        return None
    return Span(date.fromisoformat(held["since"]), date.fromisoformat(held["until"]), held["words"])


def zone_of(user: User) -> tzinfo:
    """The person's time zone; the installation's where theirs is none."""
    try:
        return ZoneInfo(user.time_zone)
    except (OSError, ValueError):
        return timezone.get_default_timezone()
