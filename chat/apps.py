"""The chat app: the guided conversation over the engine."""

from collections import Counter

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        """Have the intents loaded with the rules; the tables are imported when that is done."""
        from enrichment.rules.seeders import seed_also

        seed_also(_seed)


def _seed() -> Counter[str]:
    from chat.seed import seed

    return seed()
