"""The bell of conversations that nobody looks at: the only module of theirs that knows the queue."""

from django_q.tasks import async_task

from salesintel import audit


def ring() -> None:
    """Wake a worker to look after them."""
    async_task("chat.tasks.answer_bell", "conversations")


def answer_bell(why: str) -> None:
    """Do what is due; runs in a worker process."""
    from chat.attending import attend

    with audit.acting(audit.Via.WORKER):
        attend()
