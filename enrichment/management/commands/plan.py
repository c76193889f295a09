"""`manage.py plan "Acme Corp" --consumer customer_intelligence`: the plan and why; buys nothing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enrichment import terminal
from enrichment.companies import AmbiguousCompany, IdentityError
from enrichment.management.commands.research import add_ask_arguments, ambiguous, ask_from
from enrichment.workflow.explaining import explain
from enrichment.workflow.requests import RequestError


class Command(BaseCommand):
    """Explain the plan for one company."""

    help = "Show what would be asked for a company, what would be reused, and why. Buys nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_ask_arguments(parser)
        parser.add_argument("--consumer", default="customer_intelligence", help="Who needs it; see the admin.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            explained = explain(ask_from(options, options["consumer"]))
        except AmbiguousCompany as error:
            raise ambiguous(error) from error
        except (RequestError, IdentityError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(explained, indent=2) if options["json"] else terminal.plan(explained))
