"""`manage.py mcp`: the MCP server on standard input and output, for a client that starts it itself."""

import asyncio
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from enrichment.mcp.acting import Acting, NotAllowed, Who, by_key, by_name
from salesintel.commands import LeanCommand

KEY = "SALESINTEL_API_KEY"


class Command(LeanCommand):
    help = (
        "Speak MCP on standard input and output, for an agent on this machine. Acts for --user, or for whom the API key"
        f" in {KEY} belongs to; a revoked key ends it. Logs go to standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help=f"username of whom it acts for (default: the owner of the key in {KEY})")

    def handle(self, *args: Any, **options: Any) -> None:
        who = _who(options["user"])
        try:
            who()
        except NotAllowed as refused:
            raise CommandError(str(refused)) from refused
        asyncio.run(_serve(who))


def _who(username: str | None) -> Who:
    """Looked at again for every call."""
    key = settings.MCP_API_KEY
    if username:
        return partial(by_name, username)
    if not key:
        raise CommandError(f"Say whom it acts for: --user NAME, or an API key in {KEY}.")
    return partial(by_key, key)


async def _serve(who: Who) -> None:
    from mcp.server.stdio import stdio_server

    from enrichment.mcp.server import Context, make_server, work

    async def acting(_ctx: Context) -> Acting:
        return await work(who)

    server = make_server(acting)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
