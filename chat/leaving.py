"""A conversation that its owner deletes: gone from every address at once, and for good after ten minutes.

Until then its owner can bring it back. What is under way for it is stopped at once, and stays stopped.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import ChatSession, ChatTurn
from chat.putting_off import drop
from enrichment import door
from enrichment.models import ResearchRequest
from salesintel.accounts.models import User
from salesintel.pulse import tell

UNDO = timedelta(minutes=10)
NAMED = 3  # conversations that can be brought back, that are named to their owner


def delete(session: ChatSession) -> None:
    """Take it out of sight, end its open questions and stop what is under way for it."""
    now = timezone.now()
    with transaction.atomic():
        drop(session)
        ChatSession.objects.filter(pk=session.pk).update(deleted=now, nonce=None)
        open_ones = ChatTurn.objects.filter(session=session.pk, state=ChatTurn.State.WAITING)
        open_ones.update(state=ChatTurn.State.STOPPED, answered=now)
        tell(str(session.pk))
    stop_what_goes_on(session.pk)


def restore(user: User, session_id: UUID) -> bool:
    """Bring back one's own; whether it was deleted, and lately enough."""
    rows = _gone(user, timezone.now()).filter(pk=session_id)
    return bool(rows.update(deleted=None))


def restorable(user: User, *, at: datetime) -> list[tuple[ChatSession, datetime]]:
    """What one deleted last, each with the moment until which it can be brought back."""
    rows = _gone(user, at).select_related("company").order_by("-deleted")[:NAMED]
    return [(row, row.deleted + UNDO) for row in rows if row.deleted]


def stop_what_goes_on(session: UUID | None = None) -> None:
    """Cancel what is under way for what was deleted, one conversation or all of them.

    Also what a question was just beginning when its conversation was deleted: it bears the question's key.
    """
    gone = ChatSession.objects.exclude(deleted=None)
    if session is not None:
        gone = gone.filter(pk=session)
    stopped = ChatTurn.objects.filter(session__in=gone, state=ChatTurn.State.STOPPED)
    keys = [f"chat-{turn}" for turn in stopped.values_list("pk", flat=True)]
    meant = Q(chat_follows__session__in=gone) | Q(idempotency_key__in=keys)
    for request in ResearchRequest.objects.attached().filter(meant).distinct():
        door.cancel(request)


def remove_batch(most: int, *, at: datetime) -> int:
    """Delete for good what can be brought back no longer, at most so many; how many."""
    with transaction.atomic():
        rows = (
            ChatSession.objects.filter(deleted__lte=at - UNDO).order_by("deleted", "pk").select_for_update(no_key=True)
        )
        pks = [row.pk for row in rows[:most]]
        ChatSession.objects.filter(pk__in=pks).delete()
    return len(pks)


def _gone(user: User, at: datetime) -> "QuerySet[ChatSession]":
    return ChatSession.objects.filter(user=user, deleted__gt=at - UNDO)
