"""`manage.py create_api_key USER --name NAME`: a new API key, printed once."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from salesintel.accounts import keys
from salesintel.accounts.models import OF_STAFF, SCOPES, User
from salesintel.commands import LeanCommand

LONGEST = 3650  # days
LONGEST_NAME = 80  # characters, as the column has it


def days(text: str) -> int:
    """How long a key shall hold: a whole number of days from 1 to 3650."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LONGEST:
        raise ArgumentTypeError(f"{text!r} is not a number of days from 1 to {LONGEST}")
    return int(text)


def key_name(text: str) -> str:
    """What the key is for: 1 to 80 characters."""
    if not 1 <= len(text.strip()) <= LONGEST_NAME or "\0" in text:
        raise ArgumentTypeError(f"give a name of 1 to {LONGEST_NAME} characters")
    return text.strip()


class Command(LeanCommand):
    help = "Make an API key and print it alone on standard output. It is shown this once: only its digest is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="username of the person whom it acts for")
        parser.add_argument("--name", required=True, type=key_name, help="what it is for, say “CRM”")
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            choices=SCOPES,
            help="what it may do; may be repeated (default: read and enrich)",
        )
        parser.add_argument("--days", type=days, help="expires after so many days (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['user']!r}.")
        lasts = timedelta(days=options["days"]) if options["days"] else None
        scopes = list(dict.fromkeys(options["scopes"] or ("read", "enrich")))
        refused = OF_STAFF.intersection(scopes)
        if refused and not user.is_staff:
            words = f"{user.username} is not a member of the staff, whom the scope {', '.join(refused)} wants"
            raise CommandError(f"{words}: make them one in the admin, under Users, or leave the scope out.")
        try:
            row, key = keys.make(user=user, name=options["name"], scopes=scopes, lasts=lasts)
        except keys.KeyRefused as error:
            raise CommandError(str(error)) from error
        until = f"until {row.expires_at:%Y-%m-%d}" if row.expires_at else "until it is revoked"
        self.stderr.write(f"Key {row.prefix}… for {', '.join(scopes)}, valid {until}. It is not shown again:")
        self.stdout.write(key)
