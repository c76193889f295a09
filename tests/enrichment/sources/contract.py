"""What every source must do, whatever its provider answers. Each adapter's tests inherit `SourceContract`."""

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import enrichment.sources  # noqa: F401 - the sources register themselves
from enrichment.egress import MAX_BYTES, Egress, ProviderClient
from enrichment.sources.base import (
    AnySource,
    BadReply,
    CompanyRef,
    Extraction,
    JobSource,
    Pending,
    Refused,
    Reply,
    SourceError,
    Throttled,
    Unavailable,
    registry,
)
from tests.enrichment.local_server import Answer, Asked, LocalServer

RECORDED = Path(__file__).parent / "recorded"
LONGEST_MULTIPLIED = 5_000  # characters: what was multiplied before, multiplied again, would fill the memory
MUTATIONS = int(os.environ.get("SALESINTEL_MUTATIONS", "25"))  # per source; `make chaos` asks for more
ACME = CompanyRef(name="Acme Robotics", domain="acme.example")
AT = datetime(2026, 10, 3, 15, tzinfo=UTC)

JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1e308, 10**30, "", " ", "\x00", "a\x00b", "\ud800", "\u202eevil", "x" * 5_000),
    *([], {}, [[]], [None], {"": ""}, [{"@type": 1}], "<script>alert(1)</script>", "2026-13-45", "javascript:x", "NaN"),
]


@dataclass(frozen=True)
class Refusal:
    """A documented error of the provider's, and what it means."""

    answer: Answer
    means: type[SourceError]


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def said(status: int, /, **content: object) -> Answer:
    """An answer that is a JSON object."""
    return Answer(status=status, body=json.dumps(content).encode())


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


async def answer_of(source: AnySource, company: CompanyRef, http: ProviderClient) -> bytes:
    """The whole protocol of a source: one exchange, or a job polled to its end."""
    if not isinstance(source, JobSource):
        return await source.fetch(company, http)
    job = await source.start(company, http)
    for _ in range(20):
        found = await source.poll(job, http)
        if not isinstance(found, Pending):
            return found
        await asyncio.sleep(0)
    raise AssertionError("The job never ended.")


class SourceContract:
    """`before` answers what comes before the exchange that brings the reply; None: this is that exchange."""

    slug: ClassVar[str]
    reply: ClassVar[str]  # recorded file
    empty: ClassVar[bytes]  # a reply that knows nothing
    refusals: ClassVar[list[Refusal]] = []
    credentials: ClassVar[dict[str, str]] = {}
    reply_type: ClassVar[str] = "application/json"

    def before(self, asked: Asked) -> Answer | None:
        return None

    @property
    def source(self) -> AnySource:
        return registry.sources[self.slug]

    @pytest.fixture
    async def server(self) -> AsyncIterator[LocalServer]:
        async with LocalServer() as server:
            self.tell(server, Answer(body=recorded(self.reply)))
            yield server

    @pytest.fixture
    async def http(self, server: LocalServer) -> AsyncIterator[ProviderClient]:
        async with Egress(user_agent="salesintel/0.1") as egress:
            yield egress.client(
                provider=self.source.provider,
                base_url=server.base_url,
                trusted=True,
                credentials=self.credentials,
                deadline=1.5,
            )

    def tell(self, server: LocalServer, answer: Answer) -> None:
        typed = Answer(
            status=answer.status,
            body=answer.body,
            headers={"Content-Type": self.reply_type} | answer.headers,
            cut=answer.cut,
            drip=answer.drip,
            wait=answer.wait,
        )
        server.told = lambda asked: self.before(asked) or typed

    def read(self, body: bytes, company: CompanyRef = ACME) -> Extraction:
        return self.source.extract(Reply(body=body, fetched_at=AT), company)

    def hostile(self) -> bytes:
        """The recorded reply with NUL, a lone surrogate and a mark of direction in every text."""
        tree = json.loads(recorded(self.reply))
        return json.dumps(with_every_text(tree, lambda text: f"{text}\x00\ud800\u202e")).encode()

    def mutated(self, dice: random.Random, changes: int) -> bytes:
        return mutated(recorded(self.reply), dice, changes)

    async def test_a_full_reply_arrives_and_says_something(self, http):
        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations

    def test_every_observation_is_of_a_dataset_that_the_source_gives(self):
        found = {observation.dataset for observation in self.read(recorded(self.reply)).observations}

        assert found == set(self.source.gives)

    def test_every_observation_has_evidence_that_can_be_shown(self):
        for observation in self.read(recorded(self.reply)).observations:
            for item in observation.evidence:
                assert item.title or item.text
                assert len(item.text) <= 2_000
                assert item.url == "" or item.url.startswith(("http://", "https://"))
            assert observation.evidence

    def test_every_value_is_json_without_what_is_unknown(self):
        for observation in self.read(recorded(self.reply)).observations:
            json.dumps(observation.value, allow_nan=False)
            assert observation.value not in (None, "", [], {})

    def test_dates_are_aware(self):
        for observation in self.read(recorded(self.reply)).observations:
            for at in (observation.observed_at, *(item.published_at for item in observation.evidence)):
                assert at is None or at.utcoffset() is not None

    def test_a_reply_that_knows_nothing_is_no_error(self):
        assert self.read(self.empty).observations == ()

    async def test_throttling_says_how_long_to_wait(self, http, server):
        self.tell(server, Answer(status=429, body=b"slow down", headers={"Retry-After": "86400"}))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.retry_after == 86400
        assert caught.value.retryable is True

    async def test_documented_errors_are_told_apart(self, http, server):
        for refusal in self.refusals:
            self.tell(server, refusal.answer)

            with pytest.raises(SourceError) as caught:
                await answer_of(self.source, ACME, http)

            assert type(caught.value) is refusal.means, refusal

    @pytest.mark.parametrize("status", [500, 502, 503])
    async def test_a_provider_that_is_down_may_be_asked_again(self, http, server, status):
        self.tell(server, Answer(status=status, body=b"<html>oops</html>"))

        with pytest.raises(Unavailable):
            await answer_of(self.source, ACME, http)

    async def test_a_reply_that_breaks_off_is_not_taken(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), cut=100))

        with pytest.raises(Unavailable):
            await answer_of(self.source, ACME, http)

    async def test_a_reply_that_drips_is_cut_at_the_deadline(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), drip=0.05))
        began = time.monotonic()

        with pytest.raises(Unavailable):
            await answer_of(self.source, ACME, http)

        assert time.monotonic() - began < 15  # of the minutes that it would take

    async def test_a_huge_reply_is_not_read(self, http, server):
        self.tell(server, Answer(body=b" " * (MAX_BYTES + 1)))

        with pytest.raises(BadReply):
            await answer_of(self.source, ACME, http)

    def test_no_value_holds_what_a_database_refuses(self):
        found = json.dumps([o.value for o in self.read(self.hostile()).observations], ensure_ascii=False)

        assert "\x00" not in found
        assert "\\u0000" not in found
        found.encode("utf-8")

    @settings(max_examples=MUTATIONS, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(seed=st.integers(min_value=0, max_value=2**32), changes=st.integers(min_value=1, max_value=5))
    def test_no_mutation_of_a_reply_is_an_unhandled_error(self, seed, changes):
        body = self.mutated(random.Random(seed), changes)

        try:
            found = self.read(body)
        except BadReply:
            return

        assert len(found.observations) < 5_000


class JsonContract(SourceContract):
    """A source whose provider answers JSON; a web site may answer anything."""

    @pytest.mark.parametrize(
        "body", [b"", b"<html>hello</html>", b"{", b"\xff\xfe\x00", b"42", b'"text"', nested(100_000)]
    )
    async def test_what_is_not_the_providers_format_is_refused(self, http, server, body):
        self.tell(server, Answer(body=body))

        with pytest.raises(BadReply):
            await answer_of(self.source, ACME, http)


class DomainContract(JsonContract):
    """A source that is asked by domain alone, and whose answer is paid for."""

    async def test_without_a_domain_nothing_is_asked(self, http, server):
        with pytest.raises(Refused):
            await answer_of(self.source, CompanyRef(name="Acme"), http)

        assert server.asked == []

    async def test_a_lost_answer_is_in_doubt(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), cut=10))

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.in_doubt is True


class BundleContract(JsonContract):
    """A source that makes a bundle of several exchanges; the recorded reply is such a bundle.

    `parts`: what of a path tells the exchange → what the recorded bundle leads to its answer by, "submissions" or
    "documents.0.html"; "" is an answer of `given`. The first one is the exchange whose failure is the source's.
    """

    parts: ClassVar[dict[str, str]]
    given: ClassVar[dict[str, Any]] = {}

    def part(self, asked: Asked, *, main: bool) -> Answer | None:
        """The recorded answer; None for the main exchange unless `main`; 404 for what was not recorded."""
        for number, (mark, place) in enumerate(self.parts.items()):
            if mark in asked.path:
                return None if number == 0 and not main else self._answer(place, mark)
        return Answer(status=404)

    def _answer(self, place: str, mark: str) -> Answer:
        found: Any = self.given.get(mark)
        if found is None:
            found = json.loads(recorded(self.reply))
            for key in place.split("."):
                found = found[int(key) if key.isdigit() else key]
        return Answer(body=found.encode() if isinstance(found, str) else json.dumps(found).encode())

    def before(self, asked: Asked) -> Answer | None:
        return self.part(asked, main=False)

    async def test_a_full_reply_arrives_and_says_something(self, http, server):
        server.told = lambda asked: self.part(asked, main=True)

        body = await answer_of(self.source, ACME, http)

        assert json.loads(body) == json.loads(recorded(self.reply))
        assert self.read(body).observations


def with_every_text(tree: Any, change: Any) -> Any:
    match tree:
        case dict():
            return {key: with_every_text(value, change) for key, value in tree.items()}
        case list():
            return [with_every_text(value, change) for value in tree]
        case str() if not tree.startswith(("http", "completed", "Success", "using")) and tree not in KINDS:
            return change(tree)
    return tree


KINDS = {"home", "about", "careers", "news", "products"}


def mutated(body: bytes, dice: random.Random, changes: int) -> bytes:
    """The reply with some values replaced by junk, and at times some bytes too."""
    tree = json.loads(body)
    for _ in range(changes):
        _spoil(tree, dice)
    spoilt = bytearray(json.dumps(tree).encode())
    if dice.random() < 0.4:
        for _ in range(changes):
            at = dice.randrange(len(spoilt))
            spoilt[at : at + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
    if dice.random() < 0.1:
        del spoilt[dice.randrange(len(spoilt)) :]
    if dice.random() < 0.1:
        spoilt[:] = spoilt.replace(b"null", nested(dice.choice([30, 60, 2_000])), 1)
    return bytes(spoilt)


def _spoil(tree: Any, dice: random.Random) -> None:
    """Replace one value somewhere in the tree, by junk, by its sibling or by many of it."""
    while isinstance(tree, dict | list) and tree:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        key = dice.choice(keys)
        if dice.random() < 0.35 or not isinstance(tree[key], dict | list) or not tree[key]:
            choice = dice.random()
            if choice < 0.1 and len(json.dumps(tree[key])) <= LONGEST_MULTIPLIED:
                tree[key] = [deepcopy(tree[key]) for _ in range(400)]
            elif choice < 0.3 and isinstance(tree[key], str):
                tree[key] = _cut(tree[key], dice)
            elif choice < 0.4:
                tree[key] = deepcopy(tree[dice.choice(keys)])
            else:
                tree[key] = deepcopy(dice.choice(JUNK))
            return
        tree = tree[key]


def _cut(text: str, dice: random.Random) -> str:
    """A text that ends, or begins, anywhere, with something odd put in."""
    at = dice.randrange(len(text) + 1)
    return (
        text[:at]
        + dice.choice(["", "<", "&#0;", "\x00", '"', "<script>", "]]>", "<!--", "\ud800"])
        + text[at + dice.randrange(9) :]
    )
