"""`manage.py plan "Acme Corp" --consumer customer_intelligence`: the plan and why; buys nothing.

With `--rules FILE` by edited rules that are saved nowhere; with `--replay N` what those would have meant for past runs.
"""

import json
import tomllib
from argparse import ArgumentParser
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime

from enrichment import terminal
from enrichment.companies import AmbiguousCompany, IdentityError
from enrichment.management.commands.research import add_ask_arguments, ambiguous, ask_from
from enrichment.rules.edits import InvalidEdit
from enrichment.workflow.explaining import explain
from enrichment.workflow.past import MOST, Past
from enrichment.workflow.requests import RequestError
from enrichment.workflow.whatif import what_if
from enrichment.workflow.whatif_json import effect_to_json
from salesintel.commands import LeanCommand

CONSUMER = "customer_intelligence"


class Command(LeanCommand):
    """Explain the plan for one company, or try edited rules on past runs."""

    help = "Show what would be asked for a company, what would be reused, and why. Buys nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_ask_arguments(parser, company="?")
        parser.add_argument("--consumer", help=f"Who needs it; {CONSUMER}, or with --replay all, where left out.")
        parser.add_argument("--rules", type=Path, help="A file of edited rows, TOML or JSON; they are not saved.")
        parser.add_argument("--replay", type=int, metavar="N", help="Try the rules on the last N runs instead.")
        parser.add_argument("--from", dest="since", metavar="WHEN", help="With --replay: runs begun then or later.")
        parser.add_argument("--to", dest="until", metavar="WHEN", help="With --replay: runs begun before.")

    def handle(self, *args: Any, **options: Any) -> None:
        edits = None if options["rules"] is None else _rows(options["rules"])
        try:
            if options["replay"] is not None:
                self._replay(edits or {}, _past(options), options)
            else:
                self._explain(edits, options)
        except InvalidEdit as error:
            raise CommandError(str(error), returncode=2) from error

    def _replay(self, edits: dict[str, Any], past: Past, options: dict[str, Any]) -> None:
        if options["company"] is not None:
            raise CommandError("--replay is about past runs of every company: leave the company out.", returncode=2)
        told = effect_to_json(what_if(edits, past))
        self.stdout.write(json.dumps(told, indent=2) if options["json"] else terminal.what_if(told))

    def _explain(self, edits: dict[str, Any] | None, options: dict[str, Any]) -> None:
        if options["company"] is None:
            raise CommandError("Name a company, or say --replay N.", returncode=2)
        try:
            explained = explain(ask_from(options, options["consumer"] or CONSUMER), edits=edits)
        except AmbiguousCompany as error:
            raise ambiguous(error) from error
        except (RequestError, IdentityError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(explained, indent=2) if options["json"] else terminal.plan(explained))


def _rows(path: Path) -> dict[str, Any]:
    """The edited rows of a file, as TOML where its name says so, else as JSON."""
    try:
        text = path.read_text("utf-8")
        rows = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise CommandError(f"--rules {path} cannot be read: {error}", returncode=2) from error
    if not isinstance(rows, dict):
        raise CommandError(f"--rules {path} holds no object of sections, such as sources and matrix.", returncode=2)
    return rows


def _past(options: dict[str, Any]) -> Past:
    if not 1 <= options["replay"] <= MOST:
        raise CommandError(f"--replay {options['replay']} is not between 1 and {MOST}.", returncode=2)
    since, until = _moment("--from", options["since"]), _moment("--to", options["until"])
    return Past(last=options["replay"], since=since, until=until, consumer=options["consumer"])


def _moment(name: str, text: str | None) -> datetime | None:
    """A date or a moment; UTC where it does not say."""
    if text is None:
        return None
    try:
        found = parse_datetime(text if "T" in text or " " in text else f"{text}T00:00")
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"{name} {text} is no date such as 2026-11-01 or 2026-11-01T09:00Z.", returncode=2)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
