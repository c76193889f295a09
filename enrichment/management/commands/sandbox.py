"""`manage.py sandbox`: the stand-in for every provider."""

from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandError

from enrichment.sandbox.app import build
from enrichment.sandbox.faults import BadFault, rules_from
from enrichment.sandbox.server import configuration


class Command(BaseCommand):
    help = "Run the provider sandbox: every provider's wire format over one invented world."
    requires_system_checks: tuple[str, ...] = ()  # it needs neither database nor settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8100, help="port to listen on (8100)")
        parser.add_argument(
            "--latency", type=float, default=1.0, help="scales the latencies of 0.3-1.5 s; 0 for none (1.0)"
        )
        parser.add_argument("--faults", default="", metavar="SPEC", help="say serpapi.com=503*2,api.snov.io/v2/=429@30")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            faults = rules_from(options["faults"])
        except BadFault as error:
            raise CommandError(str(error)) from error
        sandbox = build(latency=options["latency"], faults=faults)
        self.stdout.write(f"Sandbox: http://{options['host']}:{options['port']}")
        uvicorn.Server(configuration(sandbox, host=options["host"], port=options["port"])).run()
