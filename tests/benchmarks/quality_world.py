"""What every source says of every company of the sandbox's world: asked over HTTP, read by the product's adapters."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.conf import settings

import enrichment.sources  # noqa: F401 - the sources register themselves
from enrichment.egress import Egress
from enrichment.models import Provider
from enrichment.models.sources import Route
from enrichment.sandbox.world import Company
from enrichment.sources.base import (
    AnySource,
    CompanyRef,
    Extraction,
    JobSource,
    Pending,
    ProviderClient,
    Reply,
    SourceError,
    registry,
)

AT_ONCE = 24  # companies that are asked about at the same time
PATIENCE = 30.0  # seconds that one source may take

Heard = dict[tuple[str, str], Extraction]  # by domain and source; who failed is absent


def heard(companies: Iterable[Company], now: datetime | None = None) -> Heard:
    """Ask every source of the product about each company. `now` is when the answers count as fetched."""
    routes = {row.slug: route for row in Provider.objects.all() if (route := row.route("sandbox")) is not None}
    return asyncio.run(_all(list(companies), routes, now or datetime.now(UTC)))


async def _all(companies: list[Company], routes: Mapping[str, Route], now: datetime) -> Heard:
    found: Heard = {}
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(egress: Egress, company: Company) -> None:
        ref = CompanyRef(name=company.name, domain=company.domain, aliases=company.aliases)
        async with turns:
            for slug, source in registry.sources.items():
                route = routes[source.provider]
                client = egress.client(
                    provider=source.provider,
                    base_url=route.base_url,
                    trusted=route.trusted,
                    credentials=route.secrets,
                    deadline=PATIENCE,
                    concurrency=AT_ONCE,
                )
                try:
                    body = await _answer(source, ref, client)
                    found[company.domain, slug] = source.extract(Reply(body=body, fetched_at=now), ref)
                except SourceError:
                    continue  # as in life: it has nothing, or its site is down

    async with Egress(user_agent=settings.USER_AGENT) as egress, asyncio.TaskGroup() as group:
        for company in companies:
            group.create_task(one(egress, company))
    return found


async def _answer(source: AnySource, company: CompanyRef, client: ProviderClient) -> bytes:
    """One exchange, or a job polled to its end."""
    if not isinstance(source, JobSource):
        return await source.fetch(company, client)
    job = await source.start(company, client)
    found = await source.poll(job, client)
    while isinstance(found, Pending):
        await asyncio.sleep(min(found.after, 0.2))
        found = await source.poll(job, client)
    return found
