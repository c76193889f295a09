"""A trigger whose answer was lost: which of the account's snapshots it began."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.egress import Egress
from enrichment.sources.base import BadReply, Lost, Pending, Unavailable, registry
from tests.enrichment.local_server import Answer, Asked, LocalServer
from tests.enrichment.sources.contract import ACME

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORD = {"name": "Acme Corp", "website": "https://acmecorp.com"}


def account(*snapshots: tuple[str, str, str], keyword: str | None = ACME.name):
    """An account with snapshots of (id, created, status), each with one record that was found by `keyword`."""

    def told(asked: Asked) -> Answer:
        if "/snapshots" in asked.path:
            listed = [{"id": name, "created": created, "status": status} for name, created, status in snapshots]
            return Answer(body=json.dumps(listed).encode())
        name = urlsplit(asked.path).path.rpartition("/")[2]
        status = next(status for listed, _, status in snapshots if listed == name)
        if "/progress/" in asked.path:
            return Answer(body=json.dumps({"snapshot_id": name, "status": status}).encode())
        found_by = {} if keyword is None else {"discovery_input": {"keyword": keyword}}
        return Answer(body=json.dumps([RECORD | found_by]).encode())

    return told


@pytest.fixture
async def server():
    async with LocalServer() as server:
        yield server


@pytest.fixture
async def found(server):
    """Looks the lost trigger up in an account; what came of it."""
    async with Egress(user_agent="salesintel/0.1") as egress:
        http = egress.client(
            provider="brightdata", base_url=server.base_url, trusted=True, credentials={"api_key": "k"}
        )

        async def found(told, source="brightdata_company_db", **lost):
            server.told = told
            return await registry.sources[source].find(ACME, Lost(at=AT, **lost), http)

        yield found


async def test_the_snapshot_that_was_asked_for_the_company_is_found(found, server):
    assert await found(account(("s_1", "2026-11-21T12:00:01.000Z", "ready"))) == "s_1"


async def test_it_is_listed_by_data_set_and_day(found, server):
    await found(account())

    assert parse_qs(urlsplit(server.asked[0].path).query) == {
        "dataset_id": ["gd_l1vijqt9jfj7olije"],
        "from_date": ["2026-11-21"],
        "limit": ["5000"],
    }


@pytest.mark.parametrize("created", ["2026-11-21T11:50:00Z", "2026-11-21T12:30:00Z", "", "soon"])
async def test_one_of_another_time_is_none(found, created):
    assert await found(account(("s_1", created, "ready"))) is None


async def test_one_that_another_call_began_is_none(found, server):
    told = account(("s_1", "2026-11-21T12:00:01Z", "ready"))

    assert await found(told, others=frozenset({"s_1"})) is None


async def test_one_for_another_company_is_none(found, server):
    told = account(("s_1", "2026-11-21T12:00:01Z", "ready"), keyword="Globex")

    assert await found(told) is None


async def test_one_that_failed_is_none_for_it_cost_nothing(found, server):
    assert await found(account(("s_1", "2026-11-21T12:00:01Z", "failed"))) is None


async def test_one_that_runs_may_be_it(found, server):
    answer = await found(account(("s_1", "2026-11-21T12:00:01Z", "running")))

    assert isinstance(answer, Pending)


async def test_records_that_do_not_say_what_was_asked_prove_nothing(found, server):
    with pytest.raises(BadReply):
        await found(account(("s_1", "2026-11-21T12:00:01Z", "ready"), keyword=None))


async def test_too_many_at_one_time_are_not_looked_through(found, server):
    told = account(*((f"s_{n}", "2026-11-21T12:00:01Z", "ready") for n in range(51)))

    with pytest.raises(Unavailable):
        await found(told)

    assert len(server.asked) == 1


async def test_a_collection_of_posts_is_looked_for_among_those_of_its_own_data_set(found, server):
    told = account(("s_1", "2026-11-21T12:00:01Z", "ready"))

    assert await found(told, "brightdata_linkedin_jobs") == "s_1"
    assert parse_qs(urlsplit(server.asked[0].path).query)["dataset_id"] == ["gd_lpfll7v5hcqtkxl6l"]
