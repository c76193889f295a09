"""Deletes interactions older than the policy of personas says, some at a time, and what is left of messages."""

from datetime import timedelta

from django.db import transaction

from enrichment.models.clock import database_now
from personas.models import CrmMessage, Interaction, PersonaPolicy, SentOnce, Thread
from salesintel.daily import DailyPruner

BATCH = 500
MESSAGES = timedelta(days=7)  # that a hook knows a message again; older ones it refuses by their time
KEYS = timedelta(days=2)  # that an Idempotency-Key is known


def prune_batch() -> int:
    """Delete the oldest that may go; how many interactions. One transaction."""
    now, keep = database_now(), PersonaPolicy.now().keep_days
    with transaction.atomic():
        CrmMessage.objects.filter(heard__lt=now - MESSAGES).delete()
        SentOnce.objects.filter(at__lt=now - KEYS).delete()
        if keep is None:
            return 0
        rows = Interaction.objects.filter(occurred_at__lt=now - timedelta(days=keep)).order_by("occurred_at", "pk")
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        threads = list(Thread.objects.filter(interactions__in=pks).distinct().values_list("pk", flat=True))
        Interaction.objects.filter(pk__in=pks).delete()
        Thread.objects.filter(pk__in=threads, interactions=None).delete()
    return len(pks)


class HistoryPruner(DailyPruner):
    def batch(self) -> dict[str, int]:
        return {"interactions": prune_batch()}
