"""The shapes of contacts on the wire."""

from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.models import Contact

COLUMNS = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "title": "title",
    "company": "company_name",
    "companyDomain": "company_domain",
    "industry": "industry",
    "employees": "employees",
    "timeZone": "time_zone",
    "lawfulBasis": "lawful_basis",
    "externalSource": "external_source",
    "externalId": "external_id",
}
BASES = ["", *Contact.Basis.values]


def plain(most: int, help_text: str = "") -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True, help_text=help_text)


class External(Input):
    externalSource = serializers.SlugField(
        max_length=50, required=False, allow_blank=True, help_text="The system that you have it from, say hubspot."
    )
    externalId = serializers.CharField(
        max_length=200,
        required=False,
        allow_null=True,
        help_text="What that system calls it: sent again it is the same.",
    )


class ContactChangeIn(Input):
    """What is left out stays as it is."""

    name = plain(200)
    email = plain(320)
    phone = plain(60)
    title = plain(200)
    company = plain(200, "As you write it; it stays with this contact.")
    companyDomain = plain(253, "Settles which company it is.")
    industry = plain(60, "The company's.")
    employees = serializers.IntegerField(
        min_value=1, max_value=10_000_000, required=False, allow_null=True, help_text="The company's."
    )
    timeZone = plain(60, "Theirs, say Europe/Berlin.")
    lawfulBasis = serializers.ChoiceField(
        BASES, required=False, allow_blank=True, help_text="Empty: legitimate interest, as of all contacts."
    )


class ContactIn(External, ContactChangeIn):
    """A contact. It needs a name or an address."""


class ContactsIn(Input):
    """Which of them."""

    q = serializers.CharField(
        max_length=320, required=False, help_text="A part of the name or of the company's, or the whole e-mail address."
    )
    email = serializers.CharField(max_length=320, required=False, help_text="The whole address.")
    companyId = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    externalSource = serializers.SlugField(max_length=50, required=False)
    externalId = serializers.CharField(max_length=200, required=False)
    whose = serializers.ChoiceField(("all", "mine", "shared"), required=False, default="all")


class ContactOut(Shape):
    """A contact, as its owner knows it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True, help_text="As it was written.")
    companyDomain = serializers.CharField(allow_null=True)
    companyId = serializers.IntegerField(allow_null=True)
    industry = serializers.CharField(allow_blank=True)
    employees = serializers.IntegerField(allow_null=True)
    timeZone = serializers.CharField(allow_blank=True)
    lawfulBasis = serializers.ChoiceField(BASES, allow_blank=True)
    externalSource = serializers.CharField(allow_blank=True)
    externalId = serializers.CharField(allow_null=True)
    cameBy = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(help_text="User name of whose contact it is.")
    notifiedAt = serializers.DateTimeField(allow_null=True, help_text="When they were told that this is held.")
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class ContactsOut(Shape):
    results = ContactOut(many=True, help_text="By name.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def contact_told(row: Contact) -> dict[str, Any]:
    """A contact as JSON; its owner and company are selected with it."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "title": row.title,
        "company": row.company_name,
        "companyDomain": row.company.domain if row.company else None,
        "companyId": row.company_id,
        "industry": row.industry,
        "employees": row.employees,
        "timeZone": row.time_zone,
        "lawfulBasis": row.lawful_basis,
        "externalSource": row.external_source,
        "externalId": row.external_id,
        "cameBy": row.came_by,
        "owner": row.owner.get_username(),
        "notifiedAt": row.notified,
        "createdAt": row.created,
        "updatedAt": row.updated,
    }
