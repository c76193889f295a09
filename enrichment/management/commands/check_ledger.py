"""`manage.py check_ledger`: after a restore, before the workers start; finds what would be paid again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrichment.workflow import reconciling
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """Compare the ledger with what the database holds."""

    help = (
        "After a restore: find calls whose answers were paid and are not there, and sums that do not agree with the "
        "ledger. Changes nothing without --fix; ends with 1 where something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--fix", action="store_true", help="Mark what is uncertain as in doubt; correct the sums.")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = reconciling.settle() if options["fix"] else reconciling.check()
        if not findings:
            self.stdout.write("The ledger agrees with the database: nothing is uncertain.")
            return
        self.stdout.write(reconciling.as_table(findings))
        wrong = sum(finding.is_wrong for finding in findings)
        if options["fix"]:
            self.stdout.write(f"{wrong} put right.")
        elif wrong:
            raise CommandError(
                f"{wrong} to put right: run it again with --fix, before the workers start.", returncode=1
            )
