"""The chat app: the guided conversation over the engine."""

from collections import Counter
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from salesintel.chores import Chore


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        """Have the intents loaded with the rules, and conversations looked after; the tables are imported then."""
        from enrichment.rules.seeders import seed_also
        from salesintel.chores import keep

        seed_also(_seed)
        keep(_attendant)
        keep(_pruner)
        keep(_remover)


def _seed() -> Counter[str]:
    from chat.seed import seed

    return seed()


def _attendant() -> "Chore":
    from chat.chores import Attendant

    return Attendant()


def _pruner() -> "Chore":
    from chat.retention import ConversationPruner

    return ConversationPruner()


def _remover() -> "Chore":
    from chat.retention import Remover

    return Remover()
