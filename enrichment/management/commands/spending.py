"""`manage.py spending`: what is stopped; `manage.py spending stop|lift`: no further paid call, or again some."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from enrichment import spending
from enrichment.models import Provider, SpendingStop
from salesintel.commands import LeanCommand

LONGEST = 60 * 24 * 365  # minutes


def minutes(text: str) -> timedelta:
    """How long a stop shall hold: a whole number of minutes from 1 to a year's."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LONGEST:
        raise ArgumentTypeError(f"{text!r} is not a number of minutes from 1 to {LONGEST}")
    return timedelta(minutes=int(text))


class Command(LeanCommand):
    help = "Show what is stopped; stop paid calls, of everybody or to one provider; let them go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=("show", "stop", "lift"), default="show")
        parser.add_argument("--provider", help="slug of the one provider that it is about (default: all)")
        parser.add_argument("--why", default="", help="shown to whoever asks meanwhile")
        parser.add_argument("--minutes", type=minutes, help="over by itself after so many (default: when lifted)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "stop":
            until = timezone.now() + options["minutes"] if options["minutes"] else None
            spending.stop(_provider(options["provider"]), why=options["why"][:200], until=until)
        if options["action"] == "lift":
            self._lift(options["provider"])
        self._show()

    def _lift(self, slug: str | None) -> None:
        rows = SpendingStop.objects.active(timezone.now())
        provider = _provider(slug)
        lifted = [spending.lift(row) for row in (rows.filter(provider=provider) if provider else rows)]
        if not lifted:
            raise CommandError(f"Nothing is stopped{f' at {provider.label}' if provider else ''}.")

    def _show(self) -> None:
        words = spending.stops(timezone.now()).words.values()
        for line in words:
            self.stdout.write(line)
        if not words:
            self.stdout.write("Paid calls are made.")


def _provider(slug: str | None) -> Provider | None:
    if slug is None:
        return None
    found: Provider | None = Provider.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Provider.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no provider {slug!r}; there are {known}.", returncode=2)
    return found
