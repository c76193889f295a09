"""Every example of the OpenAPI document is true: it is sent, and what comes back is what the document says."""

import json
import os
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from jsonschema import Draft202012Validator

from salesintel.document import document
from salesintel.openapi import EXAMPLES, operations, sample
from tests import seeding
from tests.api.record import CASES, DRIVE
from tests.driving import drive_on

OPERATIONS = {operation["operationId"]: (method, path, operation) for method, path, operation in operations(document())}
RECORDING = os.environ.get("SALESINTEL_RECORD_EXAMPLES") == "1"
LONG = 160  # characters of a text that is shown
FREE = {"statements", "evidence", "rawData"}  # mappings of any length


class Sent:
    """A case with what came back."""

    def __init__(self, case: dict[str, Any], answer: Any, ids: dict[str, str]) -> None:
        self.case, self.status = case, answer.status_code
        self.body = answer.json() if answer.content else None
        text = json.dumps(shortened(self.body))
        for name, known in ids.items():
            text = text.replace(known, sample(f"@{name}"))
        self.shown = json.loads(text)
        self.asked = replaced(case["body"], sample) if "body" in case else None


@pytest.fixture
def sent(api_client, rules, sandbox) -> list[Sent]:
    """All of them, one after the other, to a product with the demo's companies."""
    seeding.demo_companies()
    ids: dict[str, str] = {}
    found = []
    for case in CASES:
        if case == DRIVE:
            drive_on()
            continue
        method, path, _ = OPERATIONS[case["operation"]]
        names = {name: quote(live(value, ids), safe="") for name, value in case.get("path", {}).items()}
        body, content_type = content(case, ids)
        answer = api_client.generic(
            method.upper(),
            path.format(**names),
            body,
            content_type=content_type,
            query_params=replaced(case.get("query", {}), partial(live, ids=ids)),
            headers=case.get("headers", {}),
        )
        if "as_" in case:
            made = answer.json()
            ids[case["as_"]] = made.get("requestId") or made.get("id", "")
        found.append(Sent(case, answer, ids))
    return found


def live(value: str, ids: dict[str, str]) -> str:
    return ids[value[1:]] if value.startswith("@") else value


def content(case: dict[str, Any], ids: dict[str, str]) -> tuple[bytes | str, str]:
    """What is sent, and of what type: JSON, or a form whose `file` is sent as one."""
    if "form" in case:
        file = SimpleUploadedFile("contacts.csv", case["form"]["file"].encode(), "text/csv")
        return encode_multipart(BOUNDARY, {**case["form"], "file": file}), MULTIPART_CONTENT
    body = replaced(case["body"], partial(live, ids=ids)) if "body" in case else None
    return "" if body is None else json.dumps(body), "application/json"


def replaced(value: Any, what: Callable[[str], Any]) -> Any:
    """The value with each text in it replaced."""
    if isinstance(value, dict):
        return {name: replaced(inner, what) for name, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, what) for inner in value]
    return what(value) if isinstance(value, str) else value


def shortened(value: Any, name: str = "") -> Any:
    """The value with one item of each list, two of each mapping of any length, and no long text."""
    if isinstance(value, dict):
        pairs = list(value.items())[: 2 if name in FREE else None]
        return {key: shortened(inner, key) for key, inner in pairs}
    if isinstance(value, list):
        return [shortened(inner) for inner in value[:1]]
    if isinstance(value, str) and len(value) > LONG:
        return value[: LONG - 1] + "…"
    return value


def trouble(case: dict[str, Any], told: Any) -> list[str]:
    """Where `told` is not what the document says that this operation answers."""
    _, _, operation = OPERATIONS[case["operation"]]
    response = operation["responses"][str(case["status"])]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    if "content" not in response:
        return [] if told is None else ["There should be no body."]
    [schema] = [each["schema"] for kind, each in response["content"].items() if "json" in kind]
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator({**schema, "components": document()["components"]}).iter_errors(told)
    ]


def recorded() -> list[dict[str, Any]]:
    return [
        {"operation": operation, **case}
        for operation, cases in json.loads(EXAMPLES.read_text()).items()
        for case in cases
    ]


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_what_comes_back_is_what_the_document_says_and_shows(sent):
    if RECORDING:
        record(sent)
    shown = {(case["operation"], case["name"]): case.get("answer") for case in recorded()}

    assert {each.case["name"]: (each.status, each.body) for each in sent if each.status != each.case["status"]} == {}
    assert {each.case["name"]: found for each in sent if (found := trouble(each.case, each.body))} == {}
    for each in sent:
        assert outline(each.body) == outline(shown[each.case["operation"], each.case["name"]]), each.case["name"]


def outline(value: Any) -> Any:
    """The names that an answer always has."""
    return sorted(value) if isinstance(value, dict) else type(value).__name__


def test_what_is_shown_is_what_the_document_says():
    wrong = {case["name"]: found for case in recorded() if (found := trouble(case, case.get("answer")))}

    assert wrong == {}


def test_every_example_is_of_a_request_that_is_sent():
    sent = {(case["operation"], case["name"]) for case in CASES if isinstance(case, dict)}

    assert {(case["operation"], case["name"]) for case in recorded()} == sent


def test_an_id_in_an_example_is_an_id():
    assert sample("@brief") == str(uuid5(NAMESPACE_URL, "@brief"))
    assert re.fullmatch(r"[0-9a-f-]{36}", sample("@brief"))
    assert sample("acmecorp.com") == "acmecorp.com"


def record(sent: list[Sent]) -> None:
    """Write the cases and their answers to where the document has them from."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in sent:
        case = {name: value for name, value in each.case.items() if name not in ("operation", "as_", "form")}
        case |= {} if each.asked is None else {"body": each.asked}
        answer = {} if each.body is None else {"answer": each.shown}
        found.setdefault(each.case["operation"], []).append({**case, **answer})
    EXAMPLES.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
