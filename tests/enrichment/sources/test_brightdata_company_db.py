"""Bright Data's company database: trigger, progress, snapshot, and whose record it is."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    JobFailed,
    KeyRejected,
    Pending,
    QuotaExhausted,
    Refused,
    Throttled,
    Unavailable,
)
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded

JOB = "s_m4x7enmven8djfqak"
KEYED = {"api_key": "k3y"}


def said(status: int, /, **content: object) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode())


def text(status: int, words: str) -> Answer:
    return Answer(status=status, body=words.encode())


STARTED = said(200, snapshot_id=JOB)


class TestBrightDataCompanyDb(JsonContract):
    slug = "brightdata_company_db"
    reply = "brightdata_company_db.json"
    empty = b"[]"
    credentials = KEYED
    refusals = [
        Refusal(text(401, "Invalid credentials"), KeyRejected),
        Refusal(text(402, "Not enough balance"), QuotaExhausted),
        Refusal(text(403, "Account is suspended"), QuotaExhausted),
        Refusal(text(404, "Snapshot does not exist"), Refused),
    ]

    def before(self, asked: Asked) -> Answer | None:
        if "/trigger" in asked.path:
            return STARTED
        return said(200, snapshot_id=JOB, status="ready") if "/progress/" in asked.path else None

    async def test_a_collection_is_started_by_the_companys_name(self, http, server):
        job = await self.source.start(ACME, http)

        asked = server.asked[0]
        assert job == JOB
        assert parse_qs(urlsplit(asked.path).query) == {
            "dataset_id": ["gd_l1vijqt9jfj7olije"],
            "include_errors": ["true"],
            "type": ["discover_new"],
            "discover_by": ["keyword"],
            "limit_per_input": ["5"],
        }
        assert json.loads(asked.body) == [{"keyword": "Acme Robotics"}]
        assert asked.headers["authorization"] == "Bearer k3y"

    @pytest.mark.parametrize(
        ("answer", "means"),
        [
            (said(400, error="Invalid input provided", code="validation_error"), Refused),
            (text(400, "No data to trigger"), Refused),
            (text(401, "Credentials are missing"), KeyRejected),
            (text(404, "Collector not found"), Refused),
            (text(429, "You have too many running jobs for this dataset"), Throttled),
            (said(200, snapshot_id="../x"), BadReply),
            (said(200), BadReply),
        ],
    )
    async def test_a_trigger_that_is_refused_is_told_apart(self, http, server, answer, means):
        server.told = lambda _: answer

        with pytest.raises(means):
            await self.source.start(ACME, http)

        assert len(server.asked) == 1

    @pytest.mark.parametrize("state", ["starting", "running", "collecting", "digesting", "building", "something new"])
    async def test_every_state_but_ready_and_failed_is_under_way(self, http, server, state):
        server.told = lambda _: said(200, snapshot_id=JOB, status=state)

        assert await self.source.poll(JOB, http) == Pending(after=1.0)

    async def test_a_snapshot_may_still_be_built_after_ready(self, http, server):
        self.tell(server, said(202, status="building", message="Snapshot is building, try again in 10s"))

        assert await self.source.poll(JOB, http) == Pending(after=2.0)

    @pytest.mark.parametrize(
        "answer",
        [
            said(200, status="failed", error_message="No data found in discovery"),
            text(200, "Snapshot is empty"),
        ],
    )
    async def test_a_collection_that_found_nothing_is_an_empty_answer(self, http, server, answer):
        server.told = lambda _: answer

        assert await self.source.poll(JOB, http) == b"[]"

    @pytest.mark.parametrize(
        ("answer", "means"),
        [
            (said(200, status="failed", error_message="crawler broke"), JobFailed),
            (said(200, status="failed", error_message="Account is suspended"), KeyRejected),
            (text(404, "Snapshot does not exist"), JobFailed),
            (text(429, "Too many requests"), Throttled),
        ],
    )
    async def test_a_collection_that_failed_is_told_apart(self, http, server, answer, means):
        server.told = lambda _: answer

        with pytest.raises(means):
            await self.source.poll(JOB, http)

        assert len(server.asked) == 1  # a second 429 within minutes would bring us nearer to a block

    async def test_a_trigger_without_an_answer_is_in_doubt(self, http, server):
        server.told = lambda _: Answer(body=b"x" * 50, cut=5)

        with pytest.raises(Unavailable) as caught:
            await self.source.start(ACME, http)

        assert caught.value.in_doubt is True

    async def test_lines_are_read_as_records_too(self, http, server):
        lines = b"\n".join(json.dumps(record).encode() for record in json.loads(recorded(self.reply)))
        self.tell(server, Answer(body=lines))

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).name == "Acme Robotics"

    def test_the_record_of_the_domain_is_the_companys(self):
        found = self.read(recorded(self.reply))

        assert (found.name, found.domain) == ("Acme Robotics", "acme.example")
        assert (found.records, found.dropped) == (2, 1)

    def test_no_record_of_the_domain_means_that_nothing_is_known(self):
        found = self.read(recorded(self.reply), CompanyRef(name="Acme Robotics", domain="other.example"))

        assert (found.observations, found.records, found.dropped) == ((), 2, 2)

    def test_without_a_domain_the_only_record_of_the_name_is_taken(self):
        assert self.read(recorded(self.reply), CompanyRef(name="ACME Robotics, Inc.")).domain == "acme.example"
        assert self.read(recorded(self.reply), CompanyRef(name="Acme")).observations == ()

    def test_the_record_says_who_the_company_is(self):
        values = {o.dataset: o.value for o in self.read(recorded(self.reply)).observations}

        assert values["industry"] == "Robotics"
        assert values["employee_count"] == {"low": 251, "high": 500}
        assert values["headquarters"] == "Boston, Massachusetts"
        assert values["competitors"] == "Beta Bots"
        assert values["purchase_intent"] == {"topic": "Warehouse Management", "score": 81, "weeks": 4}

    def test_technologies_are_named_with_their_group_and_what_is_dropped_is_not(self):
        found = [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == "tech_stack"]

        assert found == [
            {"name": "Salesforce", "group": "collaboration", "category": "CRM"},
            {"name": "PostgreSQL", "group": "backend", "category": "Database"},
            {"name": "Homegrown Thing", "category": "Widgets"},
            {"name": "Zendesk", "group": "collaboration", "category": "Customer support"},
        ]

    def test_money_comes_from_rounds_totals_and_spending(self):
        found = [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == "budget_indicators"]

        assert [record.get("amount_usd") for record in found] == [40_000_000, None, 52_000_000, 1_200_000]

    def test_only_a_recent_round_is_a_sign_of_growth(self):
        found = [
            o.value["headline"] for o in self.read(recorded(self.reply)).observations if o.dataset == "growth_signals"
        ]

        assert "Series B - Acme Robotics" in found
        assert "Series A - Acme Robotics" not in found

    def test_what_the_record_says_is_as_old_as_the_record(self):
        found = next(o for o in self.read(recorded(self.reply)).observations if o.dataset == "industry")

        assert found.observed_at == datetime(2026, 9, 15, 8, tzinfo=UTC)

    def test_every_word_of_a_value_is_in_its_evidence(self):
        for observation in self.read(recorded(self.reply)).observations:
            if isinstance(observation.value, str):
                assert observation.value in observation.evidence[0].text
