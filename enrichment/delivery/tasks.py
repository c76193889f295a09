"""The bell of deliveries. A message holds one word; the rows are the truth."""

from django_q.tasks import async_task

from salesintel import audit


def ring() -> None:
    """Wake a worker, after the commit that makes a delivery due."""
    async_task("enrichment.delivery.tasks.answer_bell", "deliveries")


def answer_bell(why: str) -> None:
    """Send whatever is due; runs in a worker process."""
    from enrichment.delivery.courier import deliver

    with audit.acting(audit.Via.WORKER):
        if deliver():
            ring()
