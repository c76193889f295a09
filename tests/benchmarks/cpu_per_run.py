"""A child process that spends CPU in two ways and prints how much, in seconds a run, as JSON.

`product`: research as the product does it. `bare`: the same exchanges by a script of httpx and nothing else, and the
same rows stored by one bulk insert a table in one transaction. Both on the database and sandbox of the parent.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesintel.settings")

import django

django.setup()

import httpx
from django.apps import apps
from django.db import models, transaction

from enrichment.sandbox.world import DemoCompany
from enrichment.workflow.driver import drive
from salesintel.accounts.models import User
from tests.benchmarks.stage import Sandbox, Stage, pairs

RUNS = 8
CERTIFICATES = httpx.create_ssl_context(trust_env=False)  # which a long-lived script reads once, as the product does
Rows = list[models.Model]


def main() -> None:
    """Print the CPU seconds of each run, of both kinds, the first of each left out."""
    sandbox = Sandbox(os.environ["SALESINTEL_SANDBOX_URL"], latency=0.02)
    stage = Stage(sandbox, User.objects.get(username="rep"), key="")
    product, bare = [], []
    for prospect, vendor in pairs(RUNS + 1):
        sandbox.reset()
        seen = all_ids()
        product.append(spent(lambda p=prospect, v=vendor: research(stage, p, v)))
        calls, made = sandbox.calls(), rows_since(seen)
        forget(made)
        sandbox.reset()
        bare.append(spent(lambda c=calls, m=made, p=prospect, v=vendor: script(sandbox.url, c, m, (p, v))))
    json.dump({"product": product[1:], "bare": bare[1:]}, sys.stdout)


def spent(work: Callable[[], None]) -> float:
    """CPU seconds of `work`, all threads together."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def research(stage: Stage, prospect: DemoCompany, vendor: DemoCompany) -> None:
    stage.ask(prospect, vendor)
    drive()


# --- Rows -------------------------------------------------------------------------------------------------------------


def tables() -> list[type[models.Model]]:
    found = apps.get_app_config("enrichment").get_models(include_auto_created=True)
    return [table for table in found if not table._meta.proxy]


def all_ids() -> dict[type[models.Model], set[Any]]:
    return {table: set(table._base_manager.values_list("pk", flat=True)) for table in tables()}


def rows_since(seen: dict[type[models.Model], set[Any]]) -> dict[type[models.Model], Rows]:
    """The rows that were made since, by table."""
    found = {table: [row for row in table._base_manager.all() if row.pk not in seen[table]] for table in tables()}
    return {table: rows for table, rows in found.items() if rows}


@transaction.atomic
def forget(made: dict[type[models.Model], Rows]) -> None:
    """Take the rows away; what refers to what is checked at the end."""
    for table, rows in made.items():
        table._base_manager.filter(pk__in=[row.pk for row in rows])._raw_delete("default")


@transaction.atomic
def store(made: dict[type[models.Model], Rows]) -> None:
    for table, rows in made.items():
        table._base_manager.bulk_create(rows)


# --- Calls ------------------------------------------------------------------------------------------------------------


def script(
    url: str, calls: Sequence[dict[str, Any]], made: dict[type[models.Model], Rows], asked: tuple[DemoCompany, ...]
) -> None:
    """Make the calls again, one chain a host at once with the others, and store the rows."""
    asyncio.run(exchange(url, calls, asked))
    store(made)


async def exchange(url: str, calls: Sequence[dict[str, Any]], asked: tuple[DemoCompany, ...]) -> None:
    hosts: dict[str, list[dict[str, Any]]] = {}
    for call in calls:
        hosts.setdefault(call["host"], []).append(call)
    async with httpx.AsyncClient(trust_env=False, verify=CERTIFICATES) as client, asyncio.TaskGroup() as group:
        for chain in hosts.values():
            group.create_task(follow(client, url, chain, iter(asked)))


async def follow(client: httpx.AsyncClient, url: str, chain: Sequence[dict[str, Any]], asked: Any) -> None:
    """One host's calls in their order; a job that is started again has another name."""
    token, renamed = "key", {}
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
    for call in chain:
        path = call["path"]
        for old, new in renamed.items():
            path = path.replace(old, new)
        body: dict[str, Any] = {}
        if call["kind"] == "snov_token":
            body = {"data": form}
        elif call["kind"] == "brightdata_company_db":
            body = {"json": [{"keyword": next(asked).name}]}
        answer = await client.request(
            call["method"],
            f"{url}/{call['host']}{path}",
            params=[*map(tuple, call["query"]), ("api_key", "key")],
            headers={"Authorization": f"Bearer {token}"},
            **body,
        )
        if call["kind"] == "snov_token":
            token = answer.json()["access_token"]
        elif call["method"] == "POST":
            told = answer.json()
            renamed[next(iter(call["ids"].values()))] = told.get("snapshot_id") or told["meta"]["task_hash"]


if __name__ == "__main__":
    main()
