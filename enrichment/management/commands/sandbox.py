"""`manage.py sandbox`: the stand-in for every provider."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandError

from enrichment.sandbox.app import build
from enrichment.sandbox.archive import BadHar, exchanges_in
from enrichment.sandbox.faults import BadFault, rules_from
from enrichment.sandbox.replay import Replay
from enrichment.sandbox.server import configuration
from enrichment.sandbox.world import LAST_CHAPTER


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise ArgumentTypeError(f"{text!r} is no port from 1 to 65535")
    return int(text)


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0 <= scale <= 1000:
        raise ArgumentTypeError(f"{text!r} is no number from 0 to 1000")
    return scale


def _chapter(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_CHAPTER:
        raise ArgumentTypeError(f"{text!r} is no chapter from 1 to {LAST_CHAPTER}")
    return int(text)


class Command(BaseCommand):
    help = "Run the provider sandbox: every provider's wire format over one invented world, or a recording."
    requires_system_checks: tuple[str, ...] = ()  # it needs neither database nor settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=_port, default=8100, help="port to listen on (8100)")
        parser.add_argument(
            "--latency", type=_scale, default=1.0, help="scales the latencies of 0.3-1.5 s; 0 for none (1.0)"
        )
        parser.add_argument("--faults", default="", metavar="SPEC", help="say serpapi.com=503*2,api.snov.io/v2/=429@30")
        parser.add_argument(
            "--chapter", type=_chapter, default=1, help=f"of the world to begin with, 1 to {LAST_CHAPTER} (1)"
        )
        parser.add_argument(
            "--replay",
            type=Path,
            metavar="FILE.har",
            help="serve these recorded exchanges instead of the world; `manage.py research --record` writes them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["replay"]:
            self._replay(options["replay"], options)
        else:
            self._play(options)

    def _replay(self, path: Path, options: dict[str, Any]) -> None:
        try:
            replay = Replay(exchanges_in(path), tell=self.stderr.write)
        except BadHar as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Replay of {len(replay.exchanges)} exchanges: http://{options['host']}:{options['port']}")
        uvicorn.Server(configuration(replay, host=options["host"], port=options["port"])).run()

    def _play(self, options: dict[str, Any]) -> None:
        try:
            faults = rules_from(options["faults"])
        except BadFault as error:
            raise CommandError(str(error)) from error
        sandbox = build(latency=options["latency"], faults=faults, chapter=options["chapter"])
        self.stdout.write(f"Sandbox: http://{options['host']}:{options['port']}")
        uvicorn.Server(configuration(sandbox, host=options["host"], port=options["port"])).run()
