"""What answers say of their cost, where they came from and how old they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import Report, ResearchRequest
from tests import factories
from tests.api.conftest import BRIEF
from tests.api.test_waiting import wait_for_run
from tests.driving import drive_on

ASK = "/api/v1/customer/intelligence"
PROFILE = {"company": "acmecorp.com", "consumer": "profile"}


def ask(api_client, **more):
    return api_client.post("/api/v1/runs", PROFILE | more, format="json")


def test_who_starts_work_is_told_that_nothing_was_there(api_client, rules):
    answer = ask(api_client)

    assert answer.status_code == 202
    assert (answer["X-Cache"], answer["X-Cost-USD"]) == ("miss", "0.00")
    assert "Age" not in answer


def test_who_joins_is_told_so(api_client, rules):
    ask(api_client)

    assert ask(api_client)["X-Cache"] == "joined"


def test_what_was_paid_is_told_with_the_status(api_client, rules, user, clock):
    asked = factories.answered(user)
    Report.objects.update(generated_at=timezone.now() - timedelta(seconds=90))

    for path in ("analysis/status", "runs"):
        answer = api_client.get(f"/api/v1/{path}/{asked.pk}")
        assert (answer["X-Cache"], answer["X-Cost-USD"], answer["Age"]) == ("miss", "0.27", "90")


@pytest.mark.django_db(transaction=True)
def test_the_second_who_asks_gets_it_from_the_cache_for_nothing(api_client, rules, sandbox):
    api_client.post(ASK, BRIEF, format="json")
    drive_on()
    first = ResearchRequest.objects.get(parent=None)

    answer = api_client.post(ASK, BRIEF, format="json")

    assert answer.status_code == 200
    assert (answer["X-Cache"], answer["X-Cost-USD"]) == ("hit", "0.00")
    assert 0 <= int(answer["Age"]) < 60
    assert float(api_client.get(f"/api/v1/runs/{first.pk}")["X-Cost-USD"]) > 0


@pytest.mark.django_db(transaction=True)
def test_who_waited_is_told_what_it_came_to_in_the_end(http, rules, finish):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.post, ASK, json=BRIEF, headers={"Prefer": "wait=20"})
        run = wait_for_run()
        ResearchRequest.objects.update(spent="0.12")
        finish(run)
        answer = waiting.result()

    assert answer.status_code == 200
    assert answer.headers.get_list("X-Cost-USD") == ["0.12"]
    assert answer.headers["Age"] == "0"
    assert "Location" not in answer.headers
