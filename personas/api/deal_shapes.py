"""The shapes of deals on the wire."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.api.contact_shapes import External, plain
from personas.models import Deal

COLUMNS = {
    "name": "name",
    "company": "company_name",
    "companyDomain": "company_domain",
    "amount": "amount",
    "currency": "currency",
    "status": "status",
    "stage": "stage",
    "stageAt": "stage_at",
    "openedAt": "opened_at",
    "closedAt": "closed_at",
    "externalSource": "external_source",
    "externalId": "external_id",
}

STATUSES = Deal.Status.values


class PartyIn(Input):
    id = serializers.UUIDField(help_text="Of the contact.")
    role = plain(60, "Say decision maker.")


class StageIn(Input):
    stage = serializers.CharField(max_length=80)
    enteredAt = serializers.DateTimeField()


class DealChangeIn(Input):
    """What is left out stays as it is; of contacts and products all are named, or none of them changes."""

    name = serializers.CharField(max_length=200, required=False)
    company = plain(200)
    companyDomain = plain(253)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)
    currency = plain(3, "ISO 4217, say EUR.")
    status = serializers.ChoiceField(STATUSES, required=False)
    stage = plain(80, "In your system's own words; one that it was not at yet is added to its history.")
    stageAt = serializers.DateTimeField(required=False, help_text="When it came there; now, unless you say.")
    openedAt = serializers.DateTimeField(required=False)
    closedAt = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When it was won or lost; now, unless you say."
    )
    contacts = serializers.ListField(child=PartyIn(), required=False, max_length=200)
    products = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=200)
    stages = serializers.ListField(
        child=StageIn(), required=False, max_length=200, help_text="Where it was before; added to what is known."
    )


class DealIn(External, DealChangeIn):
    """A deal."""

    name = serializers.CharField(max_length=200)


class DealsIn(Input):
    """Which of them."""

    status = serializers.ChoiceField(STATUSES, required=False)
    contactId = serializers.UUIDField(required=False)
    q = serializers.CharField(max_length=200, required=False)


class PartyOut(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField(allow_blank=True)


class StageOut(Shape):
    stage = serializers.CharField()
    enteredAt = serializers.DateTimeField()


class DealOut(Shape):
    """A deal with the contacts on it that you may see."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    companyId = serializers.IntegerField(allow_null=True)
    companyDomain = serializers.CharField(allow_null=True)
    amount = serializers.FloatField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(STATUSES)
    stage = serializers.CharField(allow_blank=True)
    openedAt = serializers.DateTimeField()
    closedAt = serializers.DateTimeField(allow_null=True)
    contacts = PartyOut(many=True)
    products = serializers.ListField(child=serializers.CharField())
    stages = StageOut(many=True, help_text="The earliest first.")
    owner = serializers.CharField()
    externalSource = serializers.CharField(allow_blank=True)
    externalId = serializers.CharField(allow_null=True)


class DealsOut(Shape):
    results = DealOut(many=True, help_text="Opened last first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def deal_told(row: Deal, visible: Collection[UUID]) -> dict[str, Any]:
    """A deal as JSON; owner and company are selected, parties, stages and products prefetched. `visible`: contacts."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "companyId": row.company_id,
        "companyDomain": row.company.domain if row.company else None,
        "amount": None if row.amount is None else float(row.amount),
        "currency": row.currency,
        "status": row.status,
        "stage": row.stage,
        "openedAt": row.opened_at,
        "closedAt": row.closed_at,
        "contacts": [
            {"id": str(each.contact_id), "name": each.contact.name, "role": each.role}
            for each in row.parties.all()
            if each.contact_id in visible
        ],
        "products": sorted(product.name for product in row.products.all()),
        "stages": [{"stage": each.stage, "enteredAt": each.entered_at} for each in row.stages.all()],
        "owner": row.owner.get_username(),
        "externalSource": row.external_source,
        "externalId": row.external_id,
    }
