"""What every view of the API stands on: who may call it, and how the bytes of a body are read."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import IO, Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotAcceptable, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.api.caching import tell_caches, unless_unchanged
from enrichment.api.throttle import counted, counted_stranger, refuse_too_many, tell_allowance
from enrichment.api.wording import reworded
from enrichment.throttling import Allowance
from enrichment.workflow.rendering import Json
from salesintel.accounts.authentication import ApiKeyAuthentication, SessionOrThisMachine
from salesintel.accounts.models import User
from salesintel.accounts.permissions import HasScope, scope_of
from salesintel.narrowed import certain
from salesintel.problems import Problem

DEEPEST = 32  # levels of a body
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)  # one that has no end goes to the end: no second look
BRACKETS = re.compile(rb"[\[\]{}]")


class StrictJsonParser(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no name twice in an object, no absurd depth, and bounded in bytes.

    The bound is `DATA_UPLOAD_MAX_MEMORY_SIZE`. Whatever charset the header names is not looked at: some names make
    Python decompress.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise Problem(413, f"A request may have at most {limit} bytes.")
        if _depth(raw) > DEEPEST:
            raise ParseError(f"This is not JSON that we read: it is nested deeper than {DEEPEST} levels.")
        try:
            return json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_each_once)
        except ValueError as error:  # also bytes that are no UTF-8, and numbers of thousands of digits
            raise ParseError(f"This is not JSON: {_fault(error)}.") from error


def _fault(error: ValueError) -> str:
    """Where, and what is wrong there; nothing of the body is repeated."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, at line {error.lineno}, column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is no UTF-8"
    return "it holds NaN, Infinity or a number of too many digits"


def _depth(raw: bytes) -> int:
    """How deep arrays and objects are nested in the JSON `raw`; of what is no JSON, any number."""
    deepest = depth = 0
    for bracket in BRACKETS.findall(STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object. Programs differ in which of two values they take: which `maxCost` was meant must not be a guess."""
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ParseError(f"“{shown(twice)}” is there twice in one object.")
    return found


class JsonRenderer(JSONRenderer):
    """JSON; what the workflow rendered already goes out as it is."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        content: bytes = data if isinstance(data, Json) else super().render(data, accepted_media_type, renderer_context)
        return content


class Negotiation(DefaultContentNegotiation):
    """The form of the answer by `Accept` or `?format=`; one that there is not is 406, by either way."""

    def filter_renderers(self, renderers: Any, wanted: Any) -> Any:
        try:
            return super().filter_renderers(renderers, wanted)
        except Http404:
            raise NotAcceptable from None


class ScopedView(APIView):
    """A view that callers with `required_scope` may use: with a key, a session, or from this machine (see accounts).

    Every such view counts its requests against their limits (throttle.py), and answers a GET with an ETag and 304
    where the caller has the answer already (caching.py).
    """

    required_scope: ClassVar[str]
    cache_control: ClassVar[str] = "private, no-cache"  # of what a GET gives; "private, no-store" for what is personal
    authentication_classes = (ApiKeyAuthentication, SessionOrThisMachine)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    parser_classes: Sequence[type[BaseParser]] = (StrictJsonParser,)
    content_negotiation_class = Negotiation
    renderer_classes: Sequence[type[BaseRenderer]] = (JsonRenderer,)
    allowance: Allowance | None = None  # of this request, once it was counted

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return unless_unchanged(request, super().dispatch(request, *args, **kwargs))

    def perform_authentication(self, request: Request) -> None:
        """Before anything is looked at: who it is, and whether they may ask once more."""
        try:
            super().perform_authentication(request)
        except APIException:
            self.allowance = counted_stranger(request)
            refuse_too_many(self.allowance)
            raise
        self.allowance = counted(request, scope_of(request, self))
        refuse_too_many(self.allowance)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        tell_allowance(final, self.allowance)
        tell_caches(request, final, self.cache_control)
        return final


def caller_of(request: Request) -> User:
    """The person whom the caller acts for."""
    return certain(request.user, User)


class Input(serializers.Serializer[Any]):
    """A body. Unknown fields are refused: a misspelt `maxCost` must not be a run without a cap."""

    @classmethod
    def parse(cls, data: Any) -> Self:
        """The body, checked. Raises `ValidationError`."""
        body = cls(data=data)
        if not body.is_valid():
            raise serializers.ValidationError(reworded(body.errors, body, data))
        return body

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            allowed = f"Unknown field; there are {', '.join(self.fields)}."
            raise serializers.ValidationError({shown(name): [allowed] for name in unknown[:20]})
        return super().to_internal_value(data)


def shown(name: str) -> str:
    """A caller's own field name as it may be repeated: short, and something that can be encoded."""
    return name[:60].encode("utf-8", "replace").decode() or "(empty)"
