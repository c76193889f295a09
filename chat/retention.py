"""Deletes conversations a few at a time: the long silent, as the policy says, and what its owner deleted, in the end.

With a conversation goes all that was said in it. What its research found, and what it cost, is kept elsewhere.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from chat import leaving
from chat.models import ChatPolicy, ChatSession
from enrichment.models.clock import database_now
from salesintel.daily import DailyPruner

CONVERSATIONS = "conversations"
BATCH = 20  # conversations in one transaction, each with hundreds of events
LOOKS = timedelta(minutes=1)  # between two for what was deleted


def outdated(now: datetime) -> "QuerySet[ChatSession]":
    """Conversations that may go now; none where the policy keeps them for ever."""
    keep = ChatPolicy.now().keep_days
    if keep is None:
        return ChatSession.objects.none()
    return ChatSession.objects.filter(updated__lt=now - timedelta(days=keep))


def prune_batch() -> int:
    """Delete the longest silent ones; how many. One transaction, in which each is nobody else's."""
    with transaction.atomic():
        rows = outdated(database_now()).order_by("updated", "pk").select_for_update(no_key=True)
        pks = [row.pk for row in rows[:BATCH]]
        ChatSession.objects.filter(pk__in=pks).delete()
    return len(pks)


class ConversationPruner(DailyPruner):
    """Prunes once a day, and notes in the policy when it did and how many went."""

    def batch(self) -> dict[str, int]:
        return {CONVERSATIONS: prune_batch()}

    def note(self, pruned: Counter[str]) -> None:
        ChatPolicy.objects.update(pruned_at=database_now(), pruned=pruned[CONVERSATIONS])


@dataclass(slots=True)
class Remover:
    """Has what its owner deleted go for good, once a minute, a batch at a time."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Remove a batch if it is time; what is still under way for a deleted one is stopped before."""
        if time.monotonic() < self.due:
            return
        leaving.stop_what_goes_on()
        if not leaving.remove_batch(BATCH, at=database_now()):
            self.due = time.monotonic() + LOOKS.total_seconds()
