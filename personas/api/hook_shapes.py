"""The shapes of CRM hooks on the wire."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.hooks.events import MOST
from personas.models import CrmHook
from salesintel.declared import Declared


class CrmHookIn(Input):
    system = serializers.SlugField(max_length=50, help_text="The CRM, say hubspot: part of its records' ids.")
    form = serializers.ChoiceField(
        CrmHook.Form.values,
        required=False,
        default="standard",
        help_text="How it shows who it is: a Standard Webhooks signature, HubSpot's version 3, or a bearer token.",
    )
    secret = serializers.CharField(
        max_length=200, required=False, help_text="HubSpot: its app's client secret. Bearer: one of yours, if you like."
    )


class CrmHookChangeIn(Input):
    enabled = serializers.BooleanField()


class CrmSecretIn(Input):
    secret = serializers.CharField(max_length=200, required=False, help_text="As when it was made.")


class CrmHookOut(Shape):
    id = serializers.UUIDField()
    url = serializers.CharField(help_text="Where the CRM posts.")
    system = serializers.CharField()
    form = serializers.ChoiceField(CrmHook.Form.values)
    enabled = serializers.BooleanField()
    createdAt = serializers.DateTimeField()
    lastUsedAt = serializers.DateTimeField(allow_null=True)
    previousSecretUntil = serializers.DateTimeField(allow_null=True)


class CrmHookWithSecretOut(CrmHookOut):
    secret = serializers.CharField(help_text="Told this once.")


class CrmHooksOut(Shape):
    results = CrmHookOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CrmEventShape(Shape):
    """One event; fields of `data` as of the API, ids as the CRM has them."""

    type = serializers.ChoiceField(
        [f"{kind}.{what}" for kind in ("contact", "interaction", "deal") for what in ("created", "updated", "deleted")]
        + ["contact.erased"]
    )
    timestamp = serializers.DateTimeField(required=False)
    data: Declared = serializers.DictField()


class CrmMessageShape(Shape):
    events = serializers.ListField(child=CrmEventShape(), min_length=1, max_length=MOST)


class CrmLineOut(Shape):
    change = serializers.ChoiceField(("new", "changed", "unchanged", "deleted", "refused"))
    field = serializers.CharField(allow_null=True)
    why = serializers.CharField(allow_null=True)


class CrmTakenOut(Shape):
    """What became of the events."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    deleted = serializers.IntegerField()
    refused = serializers.IntegerField()
    repeated = serializers.BooleanField(help_text="The message had come before: nothing was done again.")
    results = CrmLineOut(many=True, help_text="By event; empty where it had come before.")


def hook_told(request: Request, row: CrmHook) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "url": request.build_absolute_uri(reverse("crm-hook", args=[row.token])),
        "system": row.system,
        "form": row.form,
        "enabled": row.enabled,
        "createdAt": row.created,
        "lastUsedAt": row.last_used,
        "previousSecretUntil": row.previous_until,
    }
