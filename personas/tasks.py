"""The bell of what personas are made of: one of the two modules of this app that know the queue."""

from django_q.tasks import async_task

from salesintel import audit
from salesintel.walls import system_scope


def ring() -> None:
    """Wake a worker to look after them."""
    async_task("personas.tasks.answer_bell", "personas")


def answer_bell(why: str) -> None:
    """Do what is due; runs in a worker process."""
    from personas.keeping import attend

    with audit.acting(audit.Via.WORKER), system_scope("vectors and personas"):
        attend()
