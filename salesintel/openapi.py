"""The OpenAPI document: what views say of themselves, and what holds for all of them, said once.

salesintel/document.py makes the document of it.
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from drf_spectacular.openapi import AutoSchema

from salesintel.accounts.permissions import scope_of
from salesintel.problems import CONTENT_TYPE, KINDS

EXAMPLES = Path(__file__).resolve().parent / "data" / "api_examples.json"
METHODS = ("get", "post", "put", "patch", "delete")
SENTENCE = re.compile(r"(.+?[.?!])(?:\s|$)", re.DOTALL)
JSON = "application/json"

PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}

Operation = dict[str, Any]

INFO = {
    "title": "Sales Intelligence",
    "version": "1.0.0",
    "summary": "Grounded briefs on companies, at the lowest cost that meets a stated quality.",
    "description": "Everything that the pages do, for programs. Work that takes longer than a moment is answered with"
    " 202 and an address to ask at; `Prefer: wait=30` waits. Errors are `application/problem+json` (RFC 9457).",
    "license": {"name": "MIT", "identifier": "MIT"},
}
TAGS = {
    "research": "Start work on a company, and read its answer.",
    "runs": "Work under way: state, trace, events, pausing, stopping; plans before anything is bought.",
    "companies": "Which companies there are, and what is known of them.",
    "bulk": "Lists of up to 1,000 companies, priced before they start.",
    "watches": "Companies to keep an eye on, and what changed there.",
    "webhooks": "Where your programs are told of what happened, signed.",
    "notices": "What the pages' bell tells.",
    "people": "Whom we know at companies, and their rights.",
    "money": "What it cost, and how it was judged.",
    "rules": "What is tried, and how sources do.",
    "account": "Your own keys.",
    "chat": "Conversations about a company.",
    "contacts": "Contacts, and what went on with them.",
    "deals": "Deals with contacts.",
    "imports": "Records from a CRM.",
    "personas": "What contacts are like, with the evidence.",
    "health": "Whether it works.",
}
# Any one of these will do.
SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}, {"apiKeyHeader": []}, {"session": []}]
# What any operation may answer: with a caller, with a body, and in any case.
WITH_A_CALLER = (401, 403, 429)
WITH_A_BODY = (400, 413, 415)
ALWAYS = (406, 414, 431, 503)


def _header(words: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"description": words, "schema": {"type": kind}, **more}


HEADERS = {
    "X-Request-ID": _header("Name of this HTTP request; yours, if you sent a plain word of 8 to 64 characters."),
    "RateLimit-Policy": _header('The limit: `"enrich";q=100;w=60` is 100 requests in 60 seconds of that scope.'),
    "RateLimit": _header('What is left: `"enrich";r=97;t=41` is 97, and the window ends in 41 seconds.'),
    "Retry-After": _header("Seconds after which to come back.", "integer"),
    "ETag": _header("Of the answer; send it back as `If-None-Match`."),
    "Location": _header("Where the answer will be."),
    "Preference-Applied": _header("Which preference was followed."),
    "X-Cost-USD": _header("USD that your request itself has cost so far, as a decimal."),
    "X-Cache": {"description": "Where the answer came from.", "schema": {"enum": ["hit", "joined", "miss"]}},
    "Age": _header("Seconds since the report was written; absent without one.", "integer"),
}
BEFORE_A_CALLER = (406, 414, 431)  # found before anybody asks who it is
TO_A_CALLER = ("RateLimit-Policy", "RateLimit")
OF_A_REQUEST = ("X-Cost-USD", "X-Cache", "Age")
ABOUT_REQUESTS = {"analysis_status", "run"}  # operations that tell of one, beside those that start one


class Schema(AutoSchema):
    """A view's operation: its first sentence as summary, the scope it wants, and whether it may cost money."""

    def get_summary(self) -> str | None:
        found = SENTENCE.match(self.get_description().replace("\n", " "))
        return found[1].rstrip(".") if found else None

    def get_extensions(self) -> dict[str, Any]:
        scope = scope_of(_Method(self.method), self.view)  # type: ignore[arg-type]
        body = None if self.method in ("GET", "DELETE") else self.get_request_serializer()
        body = body() if isinstance(body, type) else body
        spends = scope == "enrich" and "maxCost" in getattr(body, "fields", {})
        cost = {"spends": True, "cap": "maxCost", "told": "X-Cost-USD"} if spends else {"spends": False}
        reads = {"x-reads": True} if self.method == "GET" else {}
        return ({"x-scope": scope} if scope else {}) | reads | {"x-cost": cost}


class _Method:
    """As much of a request as `scope_of` looks at."""

    def __init__(self, method: str) -> None:
        self.method = method


def complete(result: dict[str, Any], generator: Any, **more: Any) -> dict[str, Any]:
    """drf-spectacular's last step: what all operations have in common, and their examples."""
    examples = json.loads(EXAMPLES.read_text())
    result["info"] = INFO
    result["servers"] = [{"url": "/", "description": "Where this document was had."}]
    for _, _, operation in operations(result):
        _complete(operation)
        _illustrate(operation, examples.get(operation["operationId"], []))
    used = {tag for _, _, operation in operations(result) for tag in operation.get("tags", [])}
    result["tags"] = [{"name": tag, "description": words} for tag, words in TAGS.items() if tag in used]
    result["components"]["headers"] = HEADERS
    result["components"]["responses"] = _used(_shared_problems(), result["paths"])
    return result


def _used(components: dict[str, Any], paths: Any) -> dict[str, Any]:
    """Of `components` those that something refers to."""
    text = json.dumps(paths, default=str)
    return {name: each for name, each in components.items() if f'/{name}"' in text}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """(method, path, operation) of each."""
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method, path, methods[method]


def _complete(operation: Operation) -> None:
    has_caller = bool(operation.get("security"))
    statuses = set(ALWAYS)
    if has_caller:
        operation["security"] = SECURITY
        statuses |= set(WITH_A_CALLER)
    if "requestBody" in operation:
        statuses |= set(WITH_A_BODY)
    responses = operation["responses"]
    for status in statuses:
        responses.setdefault(str(status), {"content": PROBLEM})
    if _is_read(operation) and has_caller:
        responses.setdefault("304", {"description": "You have it already: `If-None-Match` named its ETag."})
    operation["responses"] = {
        status: _response(operation, int(status), response, has_caller=has_caller)
        for status, response in sorted(responses.items())
    }
    operation.pop("x-reads", None)


def _response(operation: Operation, status: int, given: dict[str, Any], *, has_caller: bool) -> dict[str, Any]:
    """The response with what its header says; a problem like any other of its status refers to that one."""
    if given.get("content") == PROBLEM:
        return {"$ref": f"#/components/responses/{_name(status, has_caller=has_caller)}"}
    names = _headers(operation, status, has_caller=has_caller)
    return {"description": given.get("description") or _said(status), **_with_headers(names), **_content(given)}


def _content(given: dict[str, Any]) -> dict[str, Any]:
    return {"content": given["content"]} if "content" in given else {}


def _name(status: int, *, has_caller: bool) -> str:
    return f"Problem{status}" if has_caller else f"PublicProblem{status}"


def _shared_problems() -> dict[str, Any]:
    """Each status that is a problem, as a component, to a caller and to anybody."""
    return {
        _name(status, has_caller=has_caller): {
            "description": kind.title,
            **_with_headers(_headers_of_problem(status, has_caller=has_caller)),
            "content": PROBLEM,
        }
        for status, kind in KINDS.items()
        for has_caller in (True, False)
    }


def _with_headers(names: Iterable[str]) -> dict[str, Any]:
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _is_read(operation: Operation) -> bool:
    return bool(operation.get("x-reads"))


def _said(status: int) -> str:
    words = {200: "Done.", 201: "Made.", 202: "Under way.", 204: "Done; there is nothing to say."}
    return words.get(status) or KINDS[status].title


def _headers_of_problem(status: int, *, has_caller: bool) -> Iterator[str]:
    yield "X-Request-ID"
    if has_caller and status not in BEFORE_A_CALLER:
        yield from TO_A_CALLER
    if status in (429, 503):
        yield "Retry-After"


def _headers(operation: Operation, status: int, *, has_caller: bool) -> Iterator[str]:
    yield from _headers_of_problem(status, has_caller=has_caller)
    if status in (200, 304) and _is_read(operation) and has_caller:
        yield "ETag"
    starts = "202" in operation["responses"]
    if status in (200, 202) and (starts or operation["operationId"] in ABOUT_REQUESTS):
        yield from OF_A_REQUEST
    if status == 202:
        yield from ("Location", "Preference-Applied")


# --- Examples ---------------------------------------------------------------------------------------------------------


def _own(operation: Operation, status: str) -> dict[str, Any]:
    """The operation's response of that status, where it was but a reference as one of its own."""
    response: dict[str, Any] = operation["responses"].get(status, {})
    if "$ref" in response:
        shared = _shared_problems()[response["$ref"].rsplit("/", 1)[1]]
        response = operation["responses"][status] = copy.deepcopy(shared)
    return response


def _illustrate(operation: Operation, cases: list[dict[str, Any]]) -> None:
    """Put the recorded requests and answers where readers and tools look for them."""
    for case in cases:
        name, title = re.sub(r"\W+", "_", case["name"]).strip("_").lower(), case["name"]
        if "body" in case:
            content = operation["requestBody"]["content"][JSON]
            content.setdefault("examples", {})[name] = {"summary": title, "value": case["body"]}
        response = _own(operation, str(case["status"]))
        for content_type, content in response.get("content", {}).items():
            if content_type in (JSON, CONTENT_TYPE) and "answer" in case:
                content.setdefault("examples", {})[name] = {"summary": title, "value": case["answer"]}
        given = case.get("path", {}) | case.get("query", {}) | case.get("headers", {})
        for parameter in operation.get("parameters", []):
            if parameter["name"] in given:
                parameter.setdefault("example", sample(given[parameter["name"]]))


def sample(value: Any) -> Any:
    """A parameter as it is shown: `@brief` stands for the id of a request, which in the document is always the same."""
    return str(uuid5(NAMESPACE_URL, value)) if str(value).startswith("@") else value
