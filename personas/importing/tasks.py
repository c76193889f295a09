"""The bell of imports: the only module of theirs that knows the queue. A message is one id; the rows are the truth."""

from uuid import UUID

from django_q.tasks import async_task

from salesintel import audit
from salesintel.walls import owner_scope, system_scope


def ring(import_id: UUID) -> None:
    """Wake a worker for that import, after the commit that makes it due."""
    async_task("personas.importing.tasks.answer_bell", str(import_id))


def answer_bell(import_id: str) -> None:
    """Work for a while, and ring again where something is left; runs in a worker process."""
    from personas.importing.working import SPELL, work
    from personas.models import Import

    with system_scope("whose an import is"):
        owner = Import.objects.filter(pk=UUID(import_id)).values_list("owner", flat=True).first()
    if owner is None:
        return
    with audit.acting(audit.Via.WORKER), owner_scope(owner):
        if work(UUID(import_id), seconds=SPELL):
            ring(UUID(import_id))
