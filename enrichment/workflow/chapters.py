"""The course of time in the sandbox, turned by whoever tries the product: its world has chapters, see `/_control/`.

The engine asks nobody here. Where providers are real, time passes by itself.
"""

import asyncio
import json
from dataclasses import dataclass

from django.conf import settings

from enrichment.egress import Egress, EgressError
from enrichment.models import Origin
from enrichment.rules import live

PATIENCE = 5.0  # seconds


class NoChapter(Exception):
    """There is no sandbox whose time could pass; says why."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """In which chapter the sandbox is; after the last one nothing happens any more."""

    number: int
    last: int


def turn() -> Chapter:
    """Let time pass in the sandbox: news, people and technologies change everywhere. Raises `NoChapter`."""
    if live.origin() != Origin.SANDBOX:
        raise NoChapter("Providers are real here: time passes by itself.")
    try:
        body = asyncio.run(_turned())
        told = json.loads(body)
        return Chapter(int(told["chapter"]), int(told["last"]))
    except EgressError as error:
        raise NoChapter(f"The sandbox at {settings.SANDBOX_URL} does not answer: start it with the product.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NoChapter(f"What answers at {settings.SANDBOX_URL} is no sandbox of this version.") from error


async def _turned() -> bytes:
    async with Egress(user_agent=settings.USER_AGENT) as egress:
        base = settings.SANDBOX_URL + "/_control"
        client = egress.client(provider="sandbox", base_url=base, trusted=True, deadline=PATIENCE)
        return (await client.post("https://sandbox.dev/chapter", json={})).body  # the base alone decides who is asked
