"""A2 and A4 as whole runs: engines that fail give way to the next, one that obeys everything does no harm."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrichment import terminal
from enrichment.models import AnalysisEngine, EngineCall, StepRun
from enrichment.sandbox.hostility import INJECTIONS
from enrichment.workflow import answers
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

MARKS = ("COMPROMISED", "evil.sandbox.example", "<script", "onerror", "cmd|", "](javascript")


def engine(slug: str, kind: str, *, priority: int, **values: Any) -> None:
    AnalysisEngine.objects.create(
        slug=slug, kind=kind, priority=priority, price_in=Decimal(1), price_out=Decimal(2), **values
    )


def test_engines_that_refuse_or_break_off_give_way_to_the_next_and_are_paid(desk: Desk) -> None:
    engine("refusing", "fake", priority=1, model="refuses")
    engine("cut", "fake", priority=2, model="truncates")
    engine("slow", "fake", priority=3, model="slow", timeout=timedelta(seconds=0.05))
    engine("writing", "fake", priority=4)

    request = desk.research("Acme Corp", vendor=None)

    calls = {call.engine: call for call in EngineCall.objects.filter(run=request.run)}
    assert request.report is not None
    assert request.report.engine == "writing"
    assert (calls["refusing"].status, calls["refusing"].error) == (EngineCall.Status.FAILED, "refused to answer")
    assert calls["cut"].error == "broke off in mid-answer"
    assert calls["slow"].status == EngineCall.Status.IN_DOUBT
    assert calls["slow"].cost == calls["slow"].reserved > 0
    assert all(0 < (calls[slug].cost or 0) <= calls[slug].reserved for slug in ("refusing", "cut", "writing"))
    failures = StepRun.objects.get(run=request.run, name="analyse").result["failures"]
    assert [failure.partition(":")[0] for failure in failures] == ["refusing", "cut", "slow"]
    paid = sum((call.cost or Decimal(0) for call in calls.values()), Decimal(0))
    assert request.spent == paid + Decimal("0.27")


def test_a_run_whose_every_answer_is_hostile_and_whose_engine_obeys_says_nothing_of_it(desk: Desk) -> None:
    engine("obeying", "worst_case", priority=1)
    desk.sandbox.fault("hostile")

    request = desk.research("Acme Corp")
    client = Client()
    client.force_login(desk.user)
    page = client.get(reverse("brief", args=[request.pk])).content.decode()
    answer = answers.envelope(request)

    assert request.report is not None
    assert request.report.engine == "obeying"
    said = json.dumps(request.report.body, ensure_ascii=False)
    assert [mark for mark in MARKS if mark in said] == []
    assert answer["grounding"]["withheld"] > 0
    assert answer["grounding"]["withheldReasons"][0]["count"] > 0
    assert answer["grounding"]["setAside"]
    assert "orders to machines" in page
    assert [mark for mark in ("<img src=x", "<script>document", 'href="javascript') if mark in page] == []
    assert not any(injection in json.dumps(list(answers.events(request))) for injection in INJECTIONS)
    brief = terminal.brief(answer).partition("Sources")[0]
    assert "COMPROMISED" not in brief
