"""Makes personas anew where enough has happened since: by the policy's rule, a few at a time."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enrichment import door
from enrichment.hop import is_away
from personas.generating.making import BUILTIN, UnderWay, Wish, Writer, make
from personas.models import ContactPersona, Interaction, PersonaPolicy
from salesintel.logs import told

logger = logging.getLogger(__name__)

PIECE = 20  # personas in one go, each some 0.1 s
SPELL = 30.0  # seconds after which the next one waits for its turn: an engine takes some ten


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
    """Make a few of those that are due; how many were made. One that fails keeps no other from its turn.

    An engine writes those that their owner had one write before. Whoever comes second makes the very same, so it is
    paid once.
    """
    until, made = time.monotonic() + SPELL, 0
    rows = due(now).select_related("contact__owner", "contact__company")
    for row in rows[:PIECE]:
        if time.monotonic() > until:
            break
        made += _renewed(row, now)
    return made


def _writer(row: ContactPersona) -> Writer:
    """An engine only where its owner had it written: what a colleague once paid for costs the owner nothing later."""
    if row.engine == BUILTIN or door.portrait_payer(row.pk) not in (None, row.owner_id):
        return Writer.BUILTIN
    return Writer.ENGINE


def _renewed(row: ContactPersona, now: datetime) -> bool:
    why, wish, work = ContactPersona.Why.NEW, Wish(writer=_writer(row)), uuid5(row.pk, "the next")
    try:
        made = make(row.contact, method=ContactPersona.Method.RAG, why=why, wish=wish, work=work, now=now)
    except UnderWay:
        return False
    except Exception as error:
        if is_away(error):
            raise
        logger.error("a persona of contact %s failed, and is tried again: %s", row.contact_id, told(error))
        return False
    return made is not None
