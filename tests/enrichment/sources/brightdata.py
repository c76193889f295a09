"""What every job of Bright Data's must do: collections of its scrapers, parts of its stored data sets."""

import json
from typing import ClassVar

import pytest

from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    JobFailed,
    KeyRejected,
    LookUpSource,
    Pending,
    QuotaExhausted,
    Refused,
    Throttled,
    Unavailable,
)
from tests.enrichment.local_server import Answer, Asked, LocalServer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded, said

JOB = "s_m4x7enmven8djfqak"


def text(status: int, words: str) -> Answer:
    return Answer(status=status, body=words.encode())


class JobContract(JsonContract):
    """`starts` and `tells`: what of a path starts a job, or tells how far it is. Any other path is its records."""

    starts: ClassVar[str]
    tells: ClassVar[str]
    building: ClassVar[float]  # seconds until the next look, once it is ready
    empty = b"[]"
    credentials: ClassVar[dict[str, str]] = {"api_key": "k3y"}
    refusals: ClassVar[list[Refusal]] = [
        Refusal(text(401, "Invalid credentials"), KeyRejected),
        Refusal(text(402, "Not enough balance"), QuotaExhausted),
        Refusal(text(403, "Account is suspended"), QuotaExhausted),
        Refusal(text(404, "Snapshot does not exist"), Refused),
    ]

    def aside(self, asked: Asked) -> Answer | None:
        """The answer to a request that goes to somebody else than Bright Data."""
        return None

    def told(self, server: LocalServer, answer: Answer) -> None:
        """Every request to Bright Data is answered so."""
        server.told = lambda asked: self.aside(asked) or answer

    def asked(self, server: LocalServer) -> list[Asked]:
        """The requests to Bright Data."""
        return [asked for asked in server.asked if self.aside(asked) is None]

    def before(self, asked: Asked) -> Answer | None:
        aside = self.aside(asked)
        if aside is not None:
            return aside
        path = asked.path.partition("?")[0]
        if path.endswith(self.starts):
            return said(200, snapshot_id=JOB)
        return said(200, id=JOB, status="ready") if path.endswith(self.tells + JOB) else None

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
        self.told(server, answer)

        with pytest.raises(means):
            await self.source.start(ACME, http)

        assert len(self.asked(server)) == 1

    @pytest.mark.parametrize("state", ["starting", "running", "collecting", "digesting", "building", "something new"])
    async def test_every_state_but_ready_and_failed_is_under_way(self, http, server, state):
        self.told(server, said(200, snapshot_id=JOB, status=state))

        assert await self.source.poll(JOB, http) == Pending(after=1.0)

    async def test_a_snapshot_may_still_be_built_after_ready(self, http, server):
        self.tell(server, said(202, status="building", message="Snapshot is building, try again in 10s"))

        assert await self.source.poll(JOB, http) == Pending(after=self.building)

    @pytest.mark.parametrize(
        "answer",
        [
            said(200, status="failed", error_message="No data found in discovery"),
            text(200, "Snapshot is empty"),
        ],
    )
    async def test_a_collection_that_found_nothing_is_an_empty_answer(self, http, server, answer):
        self.told(server, answer)

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
        self.told(server, answer)

        with pytest.raises(means):
            await self.source.poll(JOB, http)

        assert len(self.asked(server)) == 1  # a second 429 within minutes would bring us nearer to a block

    async def test_a_trigger_without_an_answer_is_in_doubt(self, http, server):
        self.told(server, Answer(body=b"x" * 50, cut=5))

        with pytest.raises(Unavailable) as caught:
            await self.source.start(ACME, http)

        assert caught.value.in_doubt is True

    async def test_lines_are_read_as_records_too(self, http, server):
        lines = b"\n".join(json.dumps(record).encode() for record in json.loads(recorded(self.reply)))
        self.tell(server, Answer(body=lines))

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations

    async def test_a_stored_job_that_is_none_of_theirs_is_never_asked_for(self, http, server):
        with pytest.raises(JobFailed):
            await self.source.poll("../../account", http)

        assert self.asked(server) == []


class CollectionContract(JobContract):
    starts = "/v3/trigger"
    tells = "/progress/"
    building = 2.0


class FilteredContract(JobContract):
    starts = "/datasets/filter"
    tells = "/snapshots/"
    building = 1.0

    def test_a_lost_call_cannot_be_looked_up_for_nothing_lists_what_was_filtered(self):
        assert not isinstance(self.source, LookUpSource)

    async def test_a_company_without_a_domain_is_not_asked_for(self, http, server):
        with pytest.raises(Refused):
            await self.source.start(CompanyRef(name="Acme Robotics"), http)

        assert server.asked == []

    async def test_the_records_of_its_domain_are_asked_for_as_far_as_they_say_something(self, http, server):
        await answer_of(self.source, ACME, http)

        asked = json.loads(server.asked[0].body)
        assert asked["dataset_id"] == self.source.dataset
        assert asked["filter"] == {
            "operator": "and",
            "filters": [
                {"name": "website", "operator": "includes", "value": "acme.example"},
                {"name": self.source.field, "operator": "is_not_null"},
            ],
        }
        assert [asked.path for asked in server.asked[1:]] == [
            f"/api.brightdata.com/datasets/snapshots/{JOB}",
            f"/api.brightdata.com/datasets/snapshots/{JOB}/download?format=json",
        ]


class SearchContract(JsonContract):
    empty = b'{"hits": [], "total_hits": 0, "took": 3}'
    credentials: ClassVar[dict[str, str]] = {"api_key": "k3y"}
    refusals: ClassVar[list[Refusal]] = [
        Refusal(Answer(status=400, body=b'{"validation_errors": ["filter.name is required"]}'), Refused),
        Refusal(Answer(status=401, body=b"Invalid credentials"), KeyRejected),
        Refusal(Answer(status=402, body=b"Not enough balance"), QuotaExhausted),
        Refusal(Answer(status=404, body=b"Dataset not found"), Refused),
        Refusal(Answer(status=429, body=b"You have too many running jobs for this dataset"), Throttled),
        Refusal(Answer(status=200, body=b'{"message": "ok"}'), BadReply),
    ]

    async def test_a_search_without_an_answer_is_in_doubt(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), cut=10))

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.in_doubt is True
