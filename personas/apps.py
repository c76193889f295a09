"""The personas app: contacts, their history, and what they are like."""

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from salesintel.chores import Chore


class PersonasConfig(AppConfig):
    name = "personas"
    verbose_name = "Contacts and personas"

    def ready(self) -> None:
        """Have benchmarks loaded with the rules, imports, figures and personas looked after, and old records deleted.

        The engine asks here who is a contact. What is walled on PostgreSQL is walled anew after each migration.
        """
        from django.db.models.signals import post_migrate, pre_migrate

        from enrichment.door import ask_also
        from enrichment.rules.seeders import seed_also
        from personas.walls import keeping
        from salesintel.chores import keep

        pre_migrate.connect(keeping.migrating, sender=self, dispatch_uid="personas.walls")
        post_migrate.connect(keeping.migrated, sender=self, dispatch_uid="personas.walls")

        seed_also(_seed)
        keep(_importer)
        keep(_pruner)
        keep(_measurer)
        keep(_keeper)
        keep(_batch_keeper)
        ask_also(_is_claimed)


# The tables are imported when they are needed: apps come before models.
def _importer() -> "Chore":
    from personas.importing.keeping import ImportKeeper

    return ImportKeeper()


def _seed() -> Counter[str]:
    from personas.seed import seed

    return seed()


def _measurer() -> "Chore":
    from personas.benchmarks.keeping import Measurer

    return Measurer()


def _keeper() -> "Chore":
    from personas.chores import Keeper

    return Keeper()


def _batch_keeper() -> "Chore":
    from personas.batches.keeping import BatchKeeper

    return BatchKeeper()


def _pruner() -> "Chore":
    from personas.privacy.retention import HistoryPruner

    return HistoryPruner()


def _is_claimed(emails: Collection[str], names: Collection[str], companies: Collection[int]) -> bool:
    from personas.privacy.claims import is_claimed

    return is_claimed(emails, names, companies)
