"""`manage.py unlock NAME`: let somebody who typed too many wrong passwords try again at once."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from salesintel.accounts.addresses import network_of
from salesintel.accounts.lockout import unlock_address, unlock_name
from salesintel.commands import LeanCommand


def address(text: str) -> str:
    """An IP address, as an access log has it."""
    if not network_of(text):
        raise ArgumentTypeError(f"{text[:100]!r} is not an IP address")
    return text


class Command(LeanCommand):
    help = "Forget the wrong passwords of a name from wherever, or those from an address of whatever names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("name", metavar="NAME", nargs="?", help="the username that was typed, to the letter")
        which.add_argument("--address", type=address, metavar="ADDRESS", help="an IP address, say 203.0.113.9")

    def handle(self, *args: Any, **options: Any) -> None:
        name, place = options["name"], options["address"]
        freed = unlock_address(place) if place else unlock_name(name)
        if not freed:
            whose = f"from {place}" if place else f"of {name!r}"
            raise CommandError(f"No wrong password {whose} is counted: nobody is locked out by that.")
        self.stdout.write("Unlocked.")
