"""Whom nobody has told that they are held here (GDPR, article 14): within a month, or with the first contact."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from personas.models import Contact
from salesintel import audit
from salesintel.accounts.models import User

WITHIN = timedelta(days=30)


def untold(owner: User) -> Any:
    """The owner's contacts who were never told, longest held first."""
    return Contact.objects.filter(owner=owner, notified=None).order_by("created", "pk")


@transaction.atomic
def mark_told(owner: User, contacts: Collection[UUID], *, at: datetime) -> int:
    """Note that these contacts of the owner's were told; how many of them had not been."""
    rows = Contact.objects.filter(owner=owner, pk__in=contacts, notified=None)
    told = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    Contact.objects.filter(pk__in=told).update(notified=at)
    audit.record_each("notify", Contact, told, fields=["notified"])
    return len(told)
