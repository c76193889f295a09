"""The bell: the only module that knows the queue. A message is one id; the tables are the truth."""

from uuid import UUID

from django_q.tasks import async_task

from salesintel import audit


def ring(why: UUID | str) -> None:
    """Wake a worker, after the commit that makes a run due; `why` is that run's id, or a word for the log."""
    async_task("enrichment.workflow.tasks.answer_bell", str(why))


def answer_bell(why: str) -> None:
    """Drive whatever is due; runs in a worker process."""
    from enrichment.workflow.driver import drive

    with audit.acting(audit.Via.WORKER):
        drive()
