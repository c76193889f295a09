"""What Prometheus reads at /metrics, and who may."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from enrichment.models import EngineCall, Provider, ProviderState, SourceCall, StepRun
from enrichment.workflow.figures import within
from enrichment.workflow.requests import Ask, Seller, request_research
from tests.driving import drive_on

HERE = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}


def samples(answer) -> dict[str, list]:
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    found: dict[str, list] = {}
    for family in families:
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def scraped(client) -> dict[str, list]:
    return samples(client.get("/metrics", **HERE))


# --- What is told -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_runs_calls_money_and_steps_are_those_of_the_rows(client, rules, sandbox, user):
    jane = Seller(name="Jane Roe", role="AE")
    ask = Ask(consumer="customer_intelligence", company="acmecorp.com", vendor="okta.com", seller=jane)
    request_research(ask, user=user)
    waiting = scraped(client)
    drive_on()
    request_research(ask, user=user)

    found = scraped(client)

    assert waiting["salesintel_runs_active"] == [
        ({"status": "queued"}, 1.0),
        ({"status": "running"}, 0.0),
        ({"status": "parked"}, 0.0),
    ]
    assert waiting["salesintel_queue_due"] == [({}, 1.0)]
    assert sum(n for _, n in found["salesintel_source_calls_today"]) == SourceCall.objects.count()
    paid = sum(float(call.cost) for call in SourceCall.objects.all())
    assert sum(usd for _, usd in found["salesintel_source_cost_usd_today"]) == pytest.approx(paid)
    assert sum(usd for _, usd in found["salesintel_consumer_cost_usd_today"]) == pytest.approx(paid)
    assert sum(n for _, n in found["salesintel_engine_calls_today"]) == EngineCall.objects.count()
    hits = {labels["type"]: n for labels, n in found["salesintel_cache_reads_today"] if labels["result"] == "hit"}
    assert hits["CUSTOMER_INTELLIGENCE_ENRICHMENT"] == 1
    steps = {labels["step"]: n for labels, n in found["salesintel_step_seconds_lasthour_count"]}
    assert steps["collect"] == StepRun.objects.filter(name="collect", finished__isnull=False).count() > 0
    assert "Jane" not in str(found)
    assert "acme" not in str(found).lower()


@pytest.mark.once
def test_a_provider_that_rests_is_told(client, rules):
    ProviderState.objects.update_or_create(
        provider=Provider.objects.get(slug="serpapi"), defaults={"open_until": timezone.now() + timedelta(minutes=1)}
    )

    found = scraped(client)

    assert ({"provider": "serpapi"}, 1.0) in found["salesintel_provider_breaker_open"]
    assert ({"provider": "serpapi"}, 0.0) in found["salesintel_provider_paused"]


@pytest.mark.once
def test_answers_are_measured_by_route_and_never_by_address(client, rules):
    client.get("/api/v1/runs/11111111-1111-1111-1111-111111111111")
    client.get("/nowhere/jane.roe")
    client.generic("BREW", "/health")

    found = scraped(client)

    counted = {
        (labels["method"], labels["route"], labels["status"]) for labels, _ in found["salesintel_http_seconds_count"]
    }
    assert ("GET", "api/v1/runs/<uuid:request_id>", "401") in counted
    assert ("GET", "(none)", "404") in counted
    assert "BREW" not in str(found)
    assert "jane" not in str(found)
    assert "11111111" not in str(found)


@pytest.mark.once
def test_a_look_costs_few_queries(client, rules, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        scraped(client)


def test_a_histogram_counts_up():
    assert within([0.05, 0.2, 0.2, 1000])[:3] == [("0.1", 1.0), ("0.25", 3.0), ("0.5", 3.0)]
    assert within([0.05, 0.2, 0.2, 1000])[-2:] == [("300.0", 3.0), ("+Inf", 4.0)]


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("asks", "status"),
    [
        (HERE, 200),
        ({**HERE, "REMOTE_ADDR": "10.0.0.7"}, 403),
        ({**HERE, "HTTP_X_FORWARDED_FOR": "203.0.113.7"}, 403),
        ({**HERE, "SERVER_NAME": "testserver"}, 403),
    ],
)
def test_without_a_token_programs_of_this_machine_may(client, rules, asks, status):
    assert client.get("/metrics", **asks).status_code == status


@pytest.mark.once
@pytest.mark.parametrize(
    ("given", "status"), [("Bearer s3cret", 200), ("Bearer wrong", 403), ("", 403), ("Basic s3cret", 403)]
)
def test_with_a_token_its_bearer_may_and_nobody_else(client, rules, settings, given, status):
    settings.METRICS_TOKEN = "s3cret"

    answer = client.get("/metrics", **HERE, headers={"Authorization": given} if given else {})

    assert answer.status_code == status
