"""Problem details (RFC 9457): the one form in which every error leaves the API.

`type` is a short word that programs may switch on (a relative reference, as the RFC allows); `detail` is for people.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from salesintel.declared import Declared
from salesintel.logs import request_id
from salesintel.refused import NO_ADDRESS, NOT_ALLOWED, NOT_YOURS, sentence_of, words_of

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds; how long a database usually needs to come back
API_PATHS = ("/api/", "/customer/", "/company/", "/vendor/", "/analysis/", "/health", "/ws/", "/mcp", "/metrics")
BODY = "body"  # the field that an error of the whole body is filed under


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem and its title."""

    type: str
    title: str


KINDS = {
    400: Kind("invalid", "The request is not valid."),
    401: Kind("unauthenticated", "Say who you are."),
    403: Kind("forbidden", "You may not do this."),
    404: Kind("not-found", "There is nothing here."),
    405: Kind("method-not-allowed", "This address does not take that method."),
    406: Kind("not-acceptable", "The answer cannot be given in that form."),
    409: Kind("conflict", "The request conflicts with another."),
    413: Kind("too-large", "The request is too large."),
    414: Kind("address-too-long", "The address is too long."),
    415: Kind("unsupported-media-type", "Send JSON."),
    422: Kind("impossible", "The request cannot be met."),
    429: Kind("throttled", "Too many requests."),
    431: Kind("header-too-large", "The header of the request is too large."),
    500: Kind("internal-error", "Something went wrong on our side."),
    503: Kind("unavailable", "We cannot answer right now."),
}


class Problem(exceptions.APIException):
    """An error with a type of its own: raise it anywhere below an API view.

    `members` are added to the body, say `candidates`; `headers` to the response.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        kind: Kind | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status_code = status
        self.text = detail
        self.kind = kind
        self.headers = dict(headers or {})
        self.members = members | ({"errors": {field: list(texts) for field, texts in errors.items()}} if errors else {})


def invalid(errors: Mapping[str, Sequence[str]]) -> Problem:
    """400: what is wrong by field, and in `detail` the first few in words; `BODY` is the field of the whole."""
    return Problem(400, sentence_of(errors, BODY), errors=errors)


def body(status: int, detail: str, *, kind: Kind | None = None, **members: Any) -> dict[str, Any]:
    """The JSON of a problem: type, title, status, detail, requestId, and `members`."""
    kind = kind or KINDS.get(status) or Kind("about:blank", HTTPStatus(status).phrase)
    return {
        "type": kind.type,
        "title": kind.title,
        "status": status,
        "detail": detail,
        "requestId": request_id.get(),
        **members,
    }


def problem_response(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """What the API answers to an exception in a view; None for a fault of ours, which Django then logs as such.

    A database that cannot be reached is 503 with `Retry-After`, not a fault.
    """
    problem = _as_problem(exc, context)
    if problem is None:
        return None
    set_rollback()
    return Response(
        body(problem.status_code, problem.text, kind=problem.kind, **problem.members),
        status=problem.status_code,
        headers=problem.headers,
        content_type=CONTENT_TYPE,
    )


def _as_problem(exc: Exception, context: Mapping[str, Any]) -> Problem | None:
    match exc:
        case Problem():
            return exc
        case exceptions.ValidationError():
            return invalid(dict(_flat(exc.detail)))
        case exceptions.APIException():
            return Problem(exc.status_code, _sentence(exc, context), headers=_headers(exc))
        case Http404():
            return Problem(404, NOT_YOURS)
        case PermissionDenied():
            return Problem(403, str(exc) or NOT_ALLOWED)
        case OperationalError() | InterfaceError():
            # Its first line says which: locked, full, unreachable. Values of rows stand only in the lines below that.
            log.warning("The database did not answer: %s", (str(exc).strip() or type(exc).__name__).splitlines()[0])
            return Problem(503, "The database does not answer; try again.", headers={"Retry-After": str(RETRY_AFTER)})
    return None


def _sentence(exc: exceptions.APIException, context: Mapping[str, Any]) -> str:
    return words_of(exc, context) or KINDS.get(exc.status_code, KINDS[400]).title


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    found = {"WWW-Authenticate": getattr(exc, "auth_header", None), "Retry-After": getattr(exc, "wait", None)}
    return {name: str(value) for name, value in found.items() if value}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """The errors of a serializer by dotted path: `userPersona.role`, `require.0`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # An error of an object as a whole is filed under the object.
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".strip("."))
    elif isinstance(detail, Sequence) and not isinstance(detail, str) and any(isinstance(d, Mapping) for d in detail):
        for place, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{place}".strip("."))
    else:
        texts = [detail] if isinstance(detail, str) else list(detail)
        if texts:
            yield path or BODY, [str(text) for text in texts]


# --- For the OpenAPI document -----------------------------------------------------------------------------------------


class ProblemOut(serializers.Serializer[Any]):
    """An error: `type` is for programs, `detail` for people, `requestId` for whoever asks us about it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    requestId = serializers.CharField()
    errors: Declared = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By field, in 400."
    )
    left = serializers.FloatField(required=False, help_text="USD that a budget leaves, in 429 budget-spent.")
    resetsAt = serializers.DateTimeField(required=False, help_text="When it is whole again.")
    needed = serializers.FloatField(
        required=False, help_text="USD that the cheapest useful plan costs, in 422 unaffordable."
    )
    candidates = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Companies to choose from, in 409 ambiguous-company: each as look-up shows it, with `reason` (why it"
        " may be meant) and `apart` (in what it differs from the others).",
    )


def problems(*statuses: int) -> dict[tuple[int, str], type[ProblemOut]]:
    """The `responses` of an operation that may end in these."""
    return {(status, CONTENT_TYPE): ProblemOut for status in statuses}


# --- Errors that never reach a view: an unknown address, a broken host header, a fault of ours ------------------------


def speaks_json(request: HttpRequest) -> bool:
    """Whether the address belongs to the API, so that even an error there is JSON."""
    return request.path_info.startswith(API_PATHS)


def plain(status: int, detail: str, **members: Any) -> JsonResponse:
    """A problem as a plain Django response, for where no view of the API was reached."""
    return JsonResponse(body(status, detail, **members), status=status, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if speaks_json(request):
        return plain(400, "The request could not be read.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if speaks_json(request):
        return plain(403, NOT_ALLOWED)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if speaks_json(request):
        return plain(404, NO_ADDRESS)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: the log has it under the request's id, the caller gets the id and no more."""
    if speaks_json(request):
        return plain(500, "This was logged under the requestId.")
    return defaults.server_error(request)
