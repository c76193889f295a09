"""`manage.py seed_rules`: loads the default rules; never touches a row that is there, was edited or was deleted."""

from typing import Any

from django.core.management.base import BaseCommand

from enrichment import rules


class Command(BaseCommand):
    """Loads enrichment/data/rules.toml."""

    help = "Load the default rules. Rows that exist, were edited or were deleted by an admin are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        made = rules.seed()
        self.stdout.write(", ".join(f"{count} {kind}" for kind, count in made.items()) or "Nothing was missing.")
