"""`manage.py trace REQUEST_ID`: what a request's run did, when, for how long and for how much."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from enrichment import terminal
from enrichment.models import ResearchRequest
from enrichment.workflow import answers
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """Print a trace."""

    help = "Print a request's trace as a tree: times, waits, costs, outcomes, and who was asked when a source failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("request_id", type=UUID, help="As the API, the page's address and `research` give it.")
        parser.add_argument("--json", action="store_true", help="Print the API's answer instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        request = ResearchRequest.objects.filter(pk=options["request_id"]).first()
        if request is None:
            raise CommandError(f"There is no request {options['request_id']}.")
        found = answers.trace(request)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        elif not found["children"]:
            self.stdout.write(f"{found['label']}: {found['status']}. {found['detail'] or 'Its steps were pruned.'}")
        else:
            self.stdout.write(terminal.trace(found))
