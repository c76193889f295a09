"""The bell of what personas are made of: one of the two modules of this app that know the queue."""

from django_q.tasks import async_task

from salesintel import audit


def ring() -> None:
    """Wake a worker to look after them."""
    async_task("personas.tasks.answer_bell", "personas")


def answer_bell(why: str) -> None:
    """Do what is due; runs in a worker process."""
    from personas.keeping import attend

    with audit.acting(audit.Via.WORKER):
        attend()
