"""CRM hooks: kept by their owners, and called by CRMs."""

import json
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import ValidationError
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from enrichment.api.base import JsonRenderer, Negotiation, ScopedView, StrictJsonParser, caller_of
from enrichment.api.throttle import counted_person, counted_stranger, refuse_too_many
from personas.api.hook_shapes import (
    CrmHookChangeIn,
    CrmHookIn,
    CrmHookOut,
    CrmHooksOut,
    CrmHookWithSecretOut,
    CrmMessageShape,
    CrmSecretIn,
    CrmTakenOut,
    hook_told,
)
from personas.api.reaching import CHANGES, READS, SCOPE, wire
from personas.hooks import keeping
from personas.hooks.events import Event, Message
from personas.hooks.signing import Message as Signed
from personas.hooks.signing import NotSigned, checked
from personas.hooks.taking import OtherBody, take
from personas.models import CrmHook
from salesintel.problems import Problem, invalid, problems
from salesintel.walls import owner_scope, system_scope

MOST_BYTES = 1024 * 1024
MOST_FAULTS = 20


class CrmHooksView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_crm_hooks", tags=["imports"], responses={200: CrmHooksOut, **problems(401, 403, 503)}
    )
    def get(self, request: Request) -> Response:
        """Your hooks, without their secrets. There are never more than a page of them."""
        rows = CrmHook.objects.visible_to(caller_of(request)).defer("secrets")
        return Response({"results": [hook_told(request, row) for row in rows], "next": None, "previous": None})

    @extend_schema(
        operation_id="make_crm_hook",
        tags=["imports"],
        request=CrmHookIn,
        responses={201: CrmHookWithSecretOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Make an address at which a CRM may write your records. Its secret is in this answer and nowhere else."""
        sent = CrmHookIn.parse(request.data).validated_data
        try:
            row, secret = keeping.make(owner=caller_of(request), **sent)
        except keeping.Refused as error:
            raise Problem(409, str(error)) from error
        told = {**hook_told(request, row), "secret": secret}
        return Response(told, status=201, headers={"Cache-Control": "no-store"})


class CrmHookView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="get_crm_hook", tags=["imports"], responses={200: CrmHookOut, **READS})
    def get(self, request: Request, hook_id: UUID) -> Response:
        """One hook, without its secret."""
        return Response(hook_told(request, _own(request, hook_id)))

    @extend_schema(
        operation_id="switch_crm_hook",
        tags=["imports"],
        request=CrmHookChangeIn,
        responses={200: CrmHookOut, **CHANGES},
    )
    def patch(self, request: Request, hook_id: UUID) -> Response:
        """Switch it off, or on. Switched off, its address is as one that there is not."""
        row, sent = _own(request, hook_id), CrmHookChangeIn.parse(request.data).validated_data
        keeping.switch(row, enabled=sent["enabled"])
        return Response(hook_told(request, row))

    @extend_schema(operation_id="delete_crm_hook", tags=["imports"], responses={204: None, **READS})
    def delete(self, request: Request, hook_id: UUID) -> Response:
        """Delete it; the records stay."""
        _own(request, hook_id).delete()
        return Response(status=204)


class CrmHookRotateView(ScopedView):
    required_scope = SCOPE

    @extend_schema(
        operation_id="rotate_crm_hook",
        tags=["imports"],
        request=CrmSecretIn,
        responses={200: CrmHookWithSecretOut, **CHANGES},
    )
    def post(self, request: Request, hook_id: UUID) -> Response:
        """Give it a new secret, told this once. For a day the old one is good as well."""
        row, sent = _own(request, hook_id), CrmSecretIn.parse(request.data or {}).validated_data
        try:
            secret = keeping.rotate(row, secret=sent.get("secret", ""))
        except keeping.Refused as error:
            raise Problem(409, str(error)) from error
        told = {**hook_told(request, _own(request, hook_id)), "secret": secret}
        return Response(told, headers={"Cache-Control": "no-store"})


class CrmInView(APIView):
    """Called by CRMs: no key and no session, but a signature."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (StrictJsonParser,)
    renderer_classes = (JsonRenderer,)
    content_negotiation_class = Negotiation

    @extend_schema(
        operation_id="crm_tells",
        tags=["imports"],
        auth=[],
        parameters=[
            OpenApiParameter("token", OpenApiTypes.STR, "path", description="As the hook's address has it."),
            OpenApiParameter("webhook-id", str, "header", description="The message's id: sent again it is taken once."),
            OpenApiParameter("webhook-timestamp", str, "header", description="Seconds since 1970."),
            OpenApiParameter("webhook-signature", str, "header", description="As Standard Webhooks has it."),
        ],
        request=CrmMessageShape,
        responses={200: CrmTakenOut, **problems(400, 401, 404, 409, 413, 415, 429, 503)},
    )
    def post(self, request: Request, token: str) -> Response:
        """Tell of contacts, interactions and deals of a CRM: up to 100 events, in the order in which they happened.

        Each message is taken once, by its id; what cannot be taken of it is told event by event, and the rest is.
        """
        usable = CrmHook.objects.filter(Q(enabled=True, owner__is_active=True), token=token)
        with system_scope("whose a hook is"):
            hook = usable.select_related("owner").first()
        if hook is None:
            refuse_too_many(counted_stranger(request))
            raise NotFound
        body = _body_of(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            name = checked(
                hook, Signed(address=request.build_absolute_uri(), headers=headers, body=body), at=timezone.now()
            )
        except NotSigned as error:
            refuse_too_many(counted_stranger(request))
            raise Problem(401, str(error)) from error
        refuse_too_many(counted_person(hook.owner_id, SCOPE))
        try:
            with owner_scope(hook.owner_id):
                taken = take(hook, name=name, body=body, events=_events(body))
        except OtherBody as error:
            raise Problem(409, "A message of this id came before, with another body.") from error
        lines = [
            {"change": line.change, "field": wire(line.field) if line.field else None, "why": line.why or None}
            for line in taken.lines
        ]
        return Response({**taken.counts, "repeated": taken.is_repeated, "results": lines})


def _own(request: Request, hook_id: UUID) -> CrmHook:
    return get_object_or_404(CrmHook.objects.visible_to(caller_of(request)), pk=hook_id)


def _body_of(request: Request) -> bytes:
    stream = request.stream
    body: bytes = stream.read(MOST_BYTES + 1) if stream is not None else b""
    if len(body) > MOST_BYTES:
        raise Problem(413, f"A message may have at most {MOST_BYTES} bytes.")
    return body


def _events(body: bytes) -> list[Event]:
    """The events of a message. Raises `Problem`; of the body nothing is repeated but names of fields."""
    try:
        read = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ParseError("This is not JSON.") from error
    try:
        return Message.model_validate(
            read if isinstance(read, dict) and "events" in read else {"events": [read]}
        ).events
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)[:MOST_FAULTS]
        raise invalid({".".join(str(part)[:60] for part in each["loc"]): [each["msg"]] for each in faults}) from error
