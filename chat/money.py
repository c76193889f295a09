"""What a conversation may still cost unasked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from chat.models import ChatPolicy, ChatSession, paid
from enrichment.models import ResearchRequest

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """USD that are left: of the conversation's cap, and of the person's for 24 hours."""

    session: Decimal
    day: Decimal

    @property
    def least(self) -> Decimal:
        return max(min(self.session, self.day), Decimal(0))


def room(session: ChatSession, policy: ChatPolicy, *, at: datetime) -> Room:
    """What is left now. What is held for calls under way counts as spent."""
    today = ResearchRequest.objects.filter(chat_follows__session__user=session.user_id, created__gt=at - DAY).distinct()
    ids = today.values("pk")
    return Room(
        session=policy.session_cap - session.spent(),
        day=policy.day_cap - paid(ResearchRequest.objects.filter(pk__in=ids)),
    )


def usd(amount: Decimal) -> str:
    """USD as people read it: $0.12; $0.004 below a cent."""
    if Decimal(0) < amount < Decimal("0.01"):
        return f"${amount.normalize():f}"
    return f"${amount:.2f}"
