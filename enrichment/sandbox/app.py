"""The ASGI application: the first part of the path names the host, whose provider answers, with a fault on demand."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from enrichment.sandbox.anthropic import Anthropic
from enrichment.sandbox.apollo import Apollo
from enrichment.sandbox.brightdata import BrightData
from enrichment.sandbox.builtwith import BuiltWith
from enrichment.sandbox.clearbit import Clearbit
from enrichment.sandbox.control import Control
from enrichment.sandbox.crunchbase import Crunchbase
from enrichment.sandbox.delivery import BREAKING, Send, deliver
from enrichment.sandbox.faults import BadFault, Faults, Rule
from enrichment.sandbox.gdelt import Gdelt
from enrichment.sandbox.github import Github
from enrichment.sandbox.gleif import Gleif
from enrichment.sandbox.google_entities import GoogleEntities
from enrichment.sandbox.google_news import GoogleNews
from enrichment.sandbox.hacker_news import HackerNews
from enrichment.sandbox.job_boards import HOSTS, JobBoards
from enrichment.sandbox.messages import Moment, Reply, Request, Responder, json_reply, text_reply
from enrichment.sandbox.meter import Meter
from enrichment.sandbox.openai import OpenAI
from enrichment.sandbox.pacing import Pacing
from enrichment.sandbox.receiving import Receive, Scope, request_of
from enrichment.sandbox.sec import Sec
from enrichment.sandbox.serpapi import SerpApi
from enrichment.sandbox.sites import Sites
from enrichment.sandbox.snov import Snov
from enrichment.sandbox.spoiling import spoiled
from enrichment.sandbox.wikidata import Wikidata
from enrichment.sandbox.world import World, load

WELCOME = "The provider sandbox. Ask /{host}/{path}, say /serpapi.com/search.json; see /_control/calls.\n"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sandbox:
    """All providers over one world."""

    world: World
    pacing: Pacing
    faults: Faults
    clock: Callable[[], datetime] = now
    chapter: int = 1
    meter: Meter = field(default_factory=Meter)
    providers: Mapping[str, Responder] = field(
        default_factory=lambda: {
            "serpapi.com": SerpApi(),
            "api.snov.io": Snov(),
            "api.brightdata.com": BrightData(),
            "kgsearch.googleapis.com": GoogleEntities(),
            "api.gdeltproject.org": Gdelt(),
            "news.google.com": GoogleNews(),
            "consent.google.com": GoogleNews(),
            "api.apollo.io": Apollo(),
            "api.builtwith.com": BuiltWith(),
            "api.crunchbase.com": Crunchbase(),
            "company.clearbit.com": Clearbit(),
            "www.sec.gov": Sec(),
            "data.sec.gov": Sec(),
            "www.wikidata.org": Wikidata(),
            "api.gleif.org": Gleif(),
            "hn.algolia.com": HackerNews(),
            "api.github.com": Github(),
            "api.anthropic.com": Anthropic(),
            "api.openai.com": OpenAI(),
            **dict.fromkeys(HOSTS, JobBoards()),
        }
    )
    sites: Sites = field(default_factory=Sites)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await request_of(scope, receive)
        if request.host == "_control":
            await deliver(Control(self).answer(request), send)
        elif not request.host:
            await deliver(text_reply(WELCOME), send)
        else:
            await while_connected(self.serve(request, scope, send), receive)

    async def serve(self, request: Request, scope: Scope, send: Send) -> None:
        """Answer for a provider: the work is done and noted at once, the reply leaves after the provider's latency."""
        try:
            rule = self.faults.take(request)
        except BadFault as error:
            await deliver(json_reply({"error": str(error)}, 400), send)
            return
        reply = self.reply_to(request, rule)
        kind = self.responder(request).kind_of(request)
        call = self.meter.note(request, reply, kind=kind, at=self.clock(), fault=rule.kind if rule else "")
        await asyncio.sleep(self.pacing.seconds(request.host, reply.takes))
        await deliver(reply, send, rule=rule, abort=scope.get("state", {}).get("abort"))
        call.answered = rule is None or rule.kind not in BREAKING

    def responder(self, request: Request) -> Responder:
        """Who answers for the host, or for all hosts of its domain; else it is some company's web site."""
        of_domain = self.providers.get(f"*.{request.host.partition('.')[2]}", self.sites)
        return self.providers.get(request.host, of_domain)

    def reply_to(self, request: Request, rule: Rule | None) -> Reply:
        responder = self.responder(request)
        if rule is not None and rule.status is not None:
            return refused(responder, rule, rule.status)
        world = self.world.in_chapter(self.chapter)
        world = world.liar if rule is not None and rule.kind == "lie" else world
        fault = rule.kind if rule is not None else ""
        reply = responder.answer(request, Moment(at=self.clock(), world=world, fault=fault))
        return spoiled(reply, request, rule) if rule is not None else reply

    def reset(self) -> None:
        """Forget every call, job, token, fault and changed latency; the world is as it was at first."""
        self.chapter = 1
        for provider in self.providers.values():
            provider.reset()
        self.meter.reset()
        self.faults.rules.clear()
        self.pacing.reset()


def refused(responder: Responder, rule: Rule, status: int) -> Reply:
    """The provider's own form of an error; no work is done for it and nothing is charged."""
    reply = responder.refuse(status)
    if rule.retry_after is None:
        return reply
    retry = ("retry-after", f"{rule.retry_after:g}")
    return replace(reply, headers=(*reply.headers, retry))


async def while_connected(work: Coroutine[Any, Any, None], receive: Receive) -> None:
    """Do `work` until it is done or the client has gone: a hanging or dripping answer must not outlive its reader."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(disconnected(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        working.cancel()
    if working.done() and not working.cancelled():
        working.result()


async def disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def build(
    world: World | None = None,
    *,
    latency: float = 1.0,
    faults: list[Rule] | None = None,
    clock: Callable[[], datetime] = now,
    chapter: int = 1,
) -> Sandbox:
    """A sandbox. `latency` scales the providers' own latencies of 0.3 to 1.5 s; 0 answers at once."""
    return Sandbox(world or load(), Pacing(factor=latency), Faults(list(faults or ())), clock, chapter)


application = build()
