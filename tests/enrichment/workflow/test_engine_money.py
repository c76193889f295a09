"""What an analysis by a paid engine is held and booked for."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment.models import AnalysisEngine, EngineCall, StepRun
from enrichment.sandbox import keys
from enrichment.workflow import answers
from enrichment.workflow.engine_ledger import worst_price
from enrichment.workflow.engines import engine_from
from tests.enrichment.analysis.model_servers import preload
from tests.enrichment.analysis.worlds import acme, evidence, with_evidence
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes what it is sent and never answers."""
    preload()  # which takes longer than the engine is given
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def engine(**values: object) -> AnalysisEngine:
    row = AnalysisEngine.objects.get(slug="anthropic")
    row.credentials, row.price_in, row.price_out = {"api_key": "none"}, Decimal("0.1"), Decimal("0.5")
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def test_an_analysis_that_was_cut_off_counts_as_spent(desk: Desk, silent: str) -> None:
    engine(base_url=silent, timeout=timedelta(seconds=1))

    request = desk.research("Acme Corp", vendor=None)

    call = EngineCall.objects.get(engine="anthropic")
    assert call.status == EngineCall.Status.IN_DOUBT
    assert call.cost == call.reserved > 0
    assert request.spent == call.cost + Decimal("0.27")


def test_a_report_of_the_next_engine_says_why_the_one_before_did_not_write_it(desk: Desk, silent: str) -> None:
    engine(base_url=silent, timeout=timedelta(seconds=1))

    metadata = answers.envelope(desk.research("Acme Corp", vendor=None))["data"]["workflowMetadata"]

    assert metadata["engine"] == "builtin"
    assert len(metadata["engineFailures"]) == 1
    assert metadata["engineFailures"][0].startswith("anthropic: ")


def test_what_is_held_covers_a_prompt_in_any_script_and_its_repair(rules: None) -> None:
    row = engine()
    texts = [evidence(f"e{place}", text="東" * 690) for place in range(60)]
    task = with_evidence(acme(), *texts)

    held = worst_price(row, task)

    assert held is not None
    assert held >= 2 * 60 * 690 * Decimal("0.1") / 10**6 + 2 * row.max_tokens * Decimal("0.5") / 10**6
    assert held == engine_from(row).worst_cost(task)


def test_nothing_is_held_for_what_an_engine_leaves_to_the_built_in_one(desk: Desk) -> None:
    engine(price_out=Decimal(100))

    profile = desk.research("Acme Corp", consumer="profile")

    assert profile.report is not None
    assert profile.report.entry is not None


def at_the_sandbox(desk: Desk, key: str = "good") -> AnalysisEngine:
    return engine(base_url=f"{desk.sandbox.url}/api.anthropic.com", credentials={"api_key": key})


def test_a_model_writes_a_report_from_end_to_end_and_its_price_is_the_requests(desk: Desk) -> None:
    at_the_sandbox(desk)

    request = desk.research("Acme Corp", vendor=None)

    call = EngineCall.objects.get()
    assert request.report is not None
    assert request.report.engine == "anthropic"
    assert call.status == EngineCall.Status.OK
    assert call.cost == (call.tokens_in * Decimal("0.1") + call.tokens_out * Decimal("0.5")) / 10**6
    assert request.spent == Decimal("0.27") + call.cost
    assert request.reserved == 0


def test_an_engine_whose_key_is_refused_is_left_alone_by_the_next_run(desk: Desk) -> None:
    at_the_sandbox(desk, key=keys.WRONG)

    first = desk.research("Acme Corp", vendor=None)
    second = desk.research("Initech", vendor=None)

    asked = EngineCall.objects.filter(engine="anthropic")
    assert [call.error for call in asked] == ["answered 401 (authentication_error)"]
    assert first.report is not None
    assert second.report is not None
    assert {first.report.engine, second.report.engine} == {"builtin"}
    (why,) = StepRun.objects.get(run=second.run, name="analyse").result["failures"]
    assert why.startswith("anthropic: It is left alone until ")
    assert why.endswith(": It answered 401 (authentication_error).")
