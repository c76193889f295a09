"""The OpenAPI document: valid, complete, committed as it is, and true to what it promised before."""

import re

import pytest
from django.core.management import CommandError, call_command
from drf_spectacular.validation import validate_schema

from salesintel import document
from salesintel.openapi import TAGS, operations

OPERATIONS = list(operations(document.document()))
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)


def test_it_is_valid():
    validate_schema(document.document())


def test_it_is_committed_as_it_is():
    call_command("openapi", "--check")


def test_nothing_that_was_promised_is_gone():
    assert document.lost() == set()


def test_a_field_that_is_gone_is_told_and_nothing_is_written(tmp_path, monkeypatch):
    before = document.PROMISED.read_text()
    monkeypatch.setattr(document, "PROMISED", tmp_path / "fields.txt")
    document.PROMISED.write_text(before + "GET /api/v1/usage 200 formerly\n")

    with pytest.raises(CommandError, match="rely on GET /api/v1/usage 200 formerly"):
        call_command("openapi", "--check")


def test_a_new_major_version_begins_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "PROMISED", tmp_path / "fields.txt")
    document.PROMISED.write_text("version 0\nGET /api/v1/usage 200 formerly\n")

    lost = document.lost()
    document.promise()

    assert lost == set()
    assert document.promised() == ("version 1", document.fields())


def test_a_change_that_nobody_announced_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(document, "COMMITTED", tmp_path / "openapi.yaml")
    document.COMMITTED.write_text("openapi: 3.1.0\n")

    with pytest.raises(CommandError, match="make openapi"):
        call_command("openapi", "--check")


def test_names_are_found_below_references_and_in_lists():
    assert {
        "POST /api/v1/runs body company",
        "POST /api/v1/runs 202 statusEndpoint",
        "POST /api/v1/runs 200 data.metrics.totalCost",
        "GET /api/v1/company/{domain}/lookup 200 companies[].freshness.ageSeconds",
        "GET /api/v1/usage ?by",
    } <= document.fields()


def test_every_name_of_an_operation_is_given_once():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]

    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_]+", name)] == []


@each_operation
def test_an_operation_says_what_it_does_and_where_it_belongs(method, path, operation):
    assert len(operation["tags"]) == 1
    assert set(operation["tags"]) <= set(TAGS), "add the tag to TAGS in salesintel/openapi.py"
    assert 8 <= len(operation["summary"]) <= 160, "the first sentence of the method's docstring"


@each_operation
def test_an_operation_names_every_refusal_that_it_may_meet(method, path, operation):
    wanted = {"406", "414", "431", "503"}
    if operation.get("security"):
        wanted |= {"401", "403", "429"}
        assert operation["security"] == [{"apiKey": []}, {"apiKeyHeader": []}, {"session": []}]
        assert operation["x-scope"] in ("read", "enrich", "personas", "admin")
        assert ("304" in operation["responses"]) is (method == "get")
    if "requestBody" in operation:
        wanted |= {"400", "413", "415"}

    assert wanted <= set(operation["responses"])


def test_only_what_takes_a_cap_may_cost_money():
    spending = {path for _, path, operation in OPERATIONS if operation["x-cost"]["spends"]}

    assert {"/api/v1/customer/intelligence", "/api/v1/runs", "/api/v1/vendor/enrich"} <= spending
    assert "/api/v1/plans" not in spending


@pytest.mark.parametrize("form", ["application/vnd.oai.openapi+json", "application/vnd.oai.openapi"])
def test_it_is_served_as_it_is_and_not_sent_twice(client, form):
    first = client.get("/api/schema/", headers={"Accept": form})
    again = client.get("/api/schema/", headers={"Accept": form, "If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert b"customer_intelligence" in first.content
