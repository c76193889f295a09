"""The enrichment app: the engine of the product."""

from django.apps import AppConfig


class EnrichmentConfig(AppConfig):
    name = "enrichment"
    verbose_name = "Enrichment"

    def ready(self) -> None:
        """Let what is announced wake whoever delivers it; the queue is imported when first it rings."""
        from enrichment.announcing import ring_with

        ring_with(_ring)


def _ring() -> None:
    from enrichment.delivery import tasks

    tasks.ring()
