"""The bell of batches: the only module of theirs that knows the queue. A message is one id; the rows are the truth."""

from uuid import UUID

from django_q.tasks import async_task

from salesintel import audit
from salesintel.walls import owner_scope, system_scope


def ring(batch_id: UUID) -> None:
    """Wake a worker for that batch, after the commit that makes it due."""
    async_task("personas.batches.tasks.answer_bell", str(batch_id))


def answer_bell(batch_id: str) -> None:
    """Work for a while, and ring again where something is left; runs in a worker process."""
    from personas.batches.working import SPELL, work
    from personas.models import PersonaBatch

    with system_scope("whose a batch is"):
        owner = PersonaBatch.objects.filter(pk=UUID(batch_id)).values_list("owner", flat=True).first()
    if owner is None:
        return
    with audit.acting(audit.Via.WORKER), owner_scope(owner):
        if work(UUID(batch_id), seconds=SPELL):
            ring(UUID(batch_id))
