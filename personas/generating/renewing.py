"""Makes personas anew where enough has happened since: by the policy's rule, a few at a time."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enrichment.hop import is_away
from personas.generating.making import make
from personas.models import Contact, ContactPersona, Interaction, PersonaPolicy
from salesintel.logs import told

logger = logging.getLogger(__name__)

PIECE = 20  # personas in one go, each some 0.1 s


def due(now: datetime, *, policy: PersonaPolicy | None = None) -> "QuerySet[ContactPersona]":
    """The latest personas of contacts of whom enough is new: many interactions, or any after many days.

    New is what came in after the persona was made, whenever it happened: an import of old mails counts. A persona that
    was asked for by the fields alone stays as it is.
    """
    held = policy or PersonaPolicy.now()
    latest = ContactPersona.objects.filter(contact=OuterRef("contact")).order_by("-made", "-pk").values("pk")[:1]
    since = Interaction.objects.filter(contact=OuterRef("contact"), created__gt=OuterRef("made")).order_by()
    counted = Subquery(since.values("contact").annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows: Any = ContactPersona.objects.annotate(latest_of=Subquery(latest), newer=Coalesce(counted, 0))
    is_old = Q(made__lt=now - timedelta(days=held.regenerate_days), newer__gte=1)
    found: QuerySet[ContactPersona] = rows.filter(
        is_old | Q(newer__gte=held.regenerate_after), pk=F("latest_of"), asked=ContactPersona.Method.RAG
    )
    return found.order_by("made", "pk")


def renew_some(now: datetime) -> int:
    """Make a few of those that are due; how many were made. One that fails keeps no other from its turn."""
    contacts = list(due(now).values_list("contact", flat=True)[:PIECE])
    rows = Contact.objects.filter(pk__in=contacts).select_related("owner", "company")
    return sum(_renewed(contact, now) for contact in rows)


def _renewed(contact: Contact, now: datetime) -> bool:
    try:
        return make(contact, method=ContactPersona.Method.RAG, why=ContactPersona.Why.NEW, now=now) is not None
    except Exception as error:
        if is_away(error):
            raise
        logger.error("a persona of contact %s failed, and is tried again: %s", contact.pk, told(error))
        return False
