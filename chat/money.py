"""What a conversation may still cost unasked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_UP, Decimal

from django.db import transaction
from django.db.models import QuerySet

from chat.models import ChatPolicy, ChatSession, ChatTurn
from enrichment.models import ResearchRequest
from salesintel.accounts.models import User

DAY = timedelta(days=1)
FINEST = Decimal("0.0001")  # USD that is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """USD that are left: of the conversation's cap, and of the person's for 24 hours."""

    session: Decimal
    day: Decimal

    @property
    def least(self) -> Decimal:
        return max(min(self.session, self.day), Decimal(0))


@contextmanager
def authorising(session: ChatSession) -> Iterator[None]:
    """A transaction in which nobody else's turn spends for the session's person: a day's cap crosses conversations.

    In it the room is read, the request made and followed. It locks no session: whoever holds one may come in here.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).values_list("pk").get(pk=session.user_id)
        yield


def room(session: ChatSession, policy: ChatPolicy, *, at: datetime) -> Room:
    """What is left now. What may still be spent by a run under way, or by an answer being written, counts as spent."""
    today = ResearchRequest.objects.filter(chat_follows__session__user=session.user_id, created__gt=at - DAY).distinct()
    ids = today.values("pk")
    return Room(
        session=policy.session_cap
        - _authorised(ResearchRequest.objects.filter(chat_follows__session=session), session),
        day=policy.day_cap - _authorised(ResearchRequest.objects.filter(pk__in=ids), session),
    )


def answer_key(turn: ChatTurn) -> str:
    """The idempotency key of the request that pays an engine's answer to the turn."""
    return f"chat-answer-{turn.pk}"


def _authorised(requests: QuerySet[ResearchRequest], session: ChatSession) -> Decimal:
    """USD that these requests of the session's person spent, and may still spend."""
    turns = ChatTurn.objects.filter(session__user=session.user_id, state=ChatTurn.State.WAITING)
    written = {answer_key(turn) for turn in turns.exclude(writing=None).only("pk")}
    total = Decimal(0)
    for spent, reserved, cap, status, key in requests.values_list(
        "spent", "reserved", "cap", "status", "idempotency_key"
    ):
        is_open = status == ResearchRequest.Status.ATTACHED or key in written
        total += max(spent + reserved, cap or Decimal(0)) if is_open else spent + reserved
    return total


def usd(amount: Decimal) -> str:
    """USD as people read it: $0.12; below a cent $0.004, and at least $0.0001."""
    if Decimal(0) < amount < Decimal("0.01"):
        return f"${amount.quantize(FINEST, ROUND_UP).normalize():f}"
    return f"${amount:.2f}"
