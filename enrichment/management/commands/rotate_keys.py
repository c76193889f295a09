"""`manage.py rotate_keys`: what is encrypted at rest, written anew with the first key of the ring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError

from enrichment.resealing import columns, reseal
from salesintel import audit
from salesintel.audit import chain
from salesintel.audit.signing import Forged
from salesintel.commands import LeanCommand
from salesintel.walls import system_scope


class Command(LeanCommand):
    """Encrypt what is stored with the first of `SALESINTEL_CREDENTIAL_KEYS`, so that the others can be dropped."""

    help = (
        "Encrypt stored credentials, and bodies where SALESINTEL_ENCRYPT_BODIES says so, with the first of"
        " SALESINTEL_CREDENTIAL_KEYS. May run beside everything else, and be begun again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only count what would be written.")

    def handle(self, *args: Any, **options: Any) -> None:
        is_trial, unreadable, waiting = options["check"], 0, 0
        done = "would be written anew" if is_trial else "written anew"
        for column in columns():
            with system_scope("keys"):
                found = reseal(column, is_trial=is_trial)
            unreadable, waiting = unreadable + found["unreadable"], waiting + found["written"]
            lost = f"; {found['unreadable']:,} that no key opens" if found["unreadable"] else ""
            self.stdout.write(f"{column!s:<36}{found['rows']:>9,} rows, {found['written']:,} {done}{lost}")
        if unreadable:
            raise CommandError(
                f"SALESINTEL_CREDENTIAL_KEYS lacks the key of {unreadable:,} of them:"
                " put it behind the others, or enter these credentials again."
            )
        self._sign(is_trial=is_trial)
        if not is_trial or not waiting:
            self.stdout.write("All of it is by the first key: the others can be dropped.")

    def _sign(self, *, is_trial: bool) -> None:
        """The audit log's end is signed with the same ring."""
        if is_trial:
            return
        try:
            chain.resign()
        except Forged as error:
            raise CommandError(f"The end of the audit log is not signed anew: {error}.") from error
        audit.record("rotate keys", "audit.Head")
        self.stdout.write("The end of the audit log is signed by the first key.")
