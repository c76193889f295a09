"""`manage.py prune`: the watchdog's daily pruning, by hand."""

from argparse import ArgumentParser
from typing import Any

from enrichment.models import Retention
from enrichment.workflow import retention
from salesintel import audit
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """Prune the traces of ended runs."""

    help = "Prune what ended runs left, and responses that ran out, longer ago than the admin's retention allows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would go.")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = retention.prunable() if options["dry_run"] else retention.prune()
        if not options["dry_run"]:
            audit.record("prune", Retention, counts=counts)
        done = "would be pruned" if options["dry_run"] else "pruned"
        for row in Retention.objects.all():
            kept = "for ever" if row.keep is None else f"{row.keep.days} days"
            self.stdout.write(f"{row.what:<10}{counts[row.what]:>9,} {done}; kept {kept}")
