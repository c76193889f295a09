"""The bell of imports: the only module of theirs that knows the queue. A message is one id; the rows are the truth."""

from uuid import UUID

from django_q.tasks import async_task

from salesintel import audit


def ring(import_id: UUID) -> None:
    """Wake a worker for that import, after the commit that makes it due."""
    async_task("personas.importing.tasks.answer_bell", str(import_id))


def answer_bell(import_id: str) -> None:
    """Work for a while, and ring again where something is left; runs in a worker process."""
    from personas.importing.working import SPELL, work

    with audit.acting(audit.Via.WORKER):
        if work(UUID(import_id), seconds=SPELL):
            ring(UUID(import_id))
