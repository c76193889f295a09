"""`manage.py seed_rules`: loads the default rules and groups; never touches a row that is there or was edited."""

from typing import Any

from enrichment import rules
from enrichment.rules.seeders import seed_others
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """Loads enrichment/data/rules.toml and groups.toml."""

    help = "Load the default rules and groups. What exists or was edited is left alone, and rules that were deleted."

    def handle(self, *args: Any, **options: Any) -> None:
        made = rules.seed() + seed_others()
        if groups := len(rules.seed_groups()):
            made["groups"] = groups
        self.stdout.write(", ".join(f"{count} {kind}" for kind, count in made.items()) or "Nothing was missing.")
