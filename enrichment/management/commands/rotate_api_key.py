"""`manage.py rotate_api_key PREFIX`: a new key in the place of an old one, which goes on for a while."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from salesintel.accounts import keys
from salesintel.accounts.models import ApiKey
from salesintel.commands import LeanCommand

LONGEST = int(keys.LONGEST_OVERLAP.total_seconds() // 3600)


def hours(text: str) -> timedelta:
    """For how long both keys hold: whole hours from 0 to 720."""
    if not text.isascii() or not text.isdigit() or int(text[:9]) > LONGEST:
        raise ArgumentTypeError(f"{text[:100]!r} is not a number of hours from 0 to {LONGEST}")
    return timedelta(hours=int(text))


class Command(LeanCommand):
    help = "Replace an API key: print a new one alone on standard output, and let the old one expire after an overlap."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", metavar="PREFIX", help="the part of the key that lists show, say si_1a2b3c4d")
        parser.add_argument(
            "--overlap", type=hours, default=keys.OVERLAP, metavar="HOURS",
            help="for so many hours the old key goes on (default: 24; 0: it ends at once)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(ApiKey.objects.filter(prefix=options["prefix"]).select_related("user")[:2])
        if len(found) != 1:
            raise CommandError(f"There is no API key {options['prefix'][:20]!r}: give a prefix as the admin lists it.")
        try:
            row, plain = keys.rotate(found[0].pk, user=found[0].user, overlap=options["overlap"])
        except keys.KeyRefused as error:
            raise CommandError(str(error)) from error
        found[0].refresh_from_db()
        self.stderr.write(
            f"{found[0].prefix}… ends at {found[0].expires_at:%Y-%m-%d %H:%M} UTC. The new key {row.prefix}…"
        )
        self.stderr.write("is not shown again:")
        self.stdout.write(plain)
