"""What monitors and load balancers are told."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import AnalysisEngine, Company, Provider, ProviderState, RuleSet, WorkflowRun
from enrichment.models.clock import database_now

ASK = """
import django; django.setup()
from django.test import Client
for path in ("/health", "/api/v1/health/ready"):
    answer = Client(SERVER_NAME="127.0.0.1").get(path)
    print(answer.status_code, answer["Content-Type"], answer.get("Retry-After"), answer.content.decode())
"""


def ask_elsewhere(database: str) -> list[tuple[str, str, str, dict]]:
    """Both answers of a process that is pointed at another database."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "salesintel.settings", "DATABASE_URL": database}
    run = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    parts = [line.split(" ", 3) for line in run.stdout.splitlines()]
    return [(status, kind, retry, json.loads(body)) for status, kind, retry, body in parts]


@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_all_is_well(client, rules, path):
    answer = client.get(path)

    body = answer.json()
    assert answer.status_code == 200
    assert body["status"] == "healthy"
    assert body["services"] == dict.fromkeys(["database", "cache", "ai", "queue", "providers"], "operational")
    assert set(body) == {"status", "timestamp", "services"}


def test_no_engine_at_all_is_degraded(client, rules):
    AnalysisEngine.objects.update(enabled=False)

    body = client.get("/health").json()

    assert (body["status"], body["services"]["ai"]) == ("degraded", "down")


def test_a_run_that_nobody_takes_is_a_degraded_queue(client, rules):
    company = Company.objects.create(name="Acme")
    rule_set = RuleSet.objects.create(digest="0" * 64, body={})
    late = database_now() - timedelta(minutes=2)
    WorkflowRun.objects.create(consumer="profile", company=company, rule_set=rule_set, origin="live", wake_at=late)

    body = client.get("/health").json()

    assert (body["status"], body["services"]["queue"]) == ("degraded", "degraded")


def test_ready_when_every_table_is_there(client, rules):
    answer = client.get("/health/ready")

    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "ready")
    names = ["database", "cache", "ai", "queue", "providers", "migrations"]
    assert (body["services"], body["queueAgeSeconds"]) == (dict.fromkeys(names, "operational"), 0)


@pytest.mark.parametrize(("resting", "state"), [(["serpapi"], "degraded"), (None, "down")])
def test_providers_that_rest_are_told_and_we_stay_ready(client, rules, resting, state):
    late = timezone.now() + timedelta(minutes=1)
    for provider in Provider.objects.filter(**({"slug__in": resting} if resting else {})):
        ProviderState.objects.update_or_create(provider=provider, defaults={"paused_until": late})

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["services"]["providers"]) == (200, state)


def test_without_a_database_both_are_a_problem_that_says_when_to_come_back():
    health, ready = ask_elsewhere("sqlite:////nonexistent/db.sqlite3")

    assert health[:3] == ("503", "application/problem+json", "5")
    assert health[3]["services"]["database"] == "down"
    assert ready[:3] == ("503", "application/problem+json", "5")


def test_a_database_without_its_tables_is_not_ready(tmp_path):
    _, ready = ask_elsewhere(f"sqlite:///{tmp_path}/empty.sqlite3")

    assert ready[0] == "503"
    assert "migrat" in ready[3]["detail"]


def test_health_asks_for_no_credentials_and_few_queries(client, rules, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        answer = client.get("/health", headers={"Authorization": "Bearer nonsense"})

    assert answer.status_code == 200
