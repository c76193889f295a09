"""Works a batch off, one contact after the other; several workers may be at one batch.

A line is taken, and its worst price held, under the lock of its batch; it ends, and gives back what it did not spend,
under the same lock. So what is held and spent never passes the budget. A line's id is its persona's: whoever takes up
a line whose worker died finds what that one made, or that its call may have been charged, and pays nothing twice.
"""

import logging
import time
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from enrichment import door
from enrichment.hop import is_away
from enrichment.killpoints import reach
from enrichment.models.fields import usd
from personas.generating.making import UnderWay, Wish, make
from personas.models import Contact, ContactPersona, PersonaBatch, PersonaBatchLine
from salesintel.logs import told

logger = logging.getLogger(__name__)

SPELL = 30.0  # seconds that a worker goes on before others have their turn; the last persona may take a minute more
LEFT = timedelta(minutes=3)  # after which a line's worker counts as dead
MOST_ATTEMPTS = 3
BROKEN = "Something went wrong on our side, three times; make it by itself, or in another batch."
Status, State = PersonaBatch.Status, PersonaBatchLine.State


def work(batch_id: UUID, *, seconds: float) -> bool:
    """Go on with the batch for about `seconds`; whether somebody should go on with it at once."""
    until = time.monotonic() + seconds
    while (line := _taken(batch_id)) is not None:
        reach("after_take")
        try:
            _made(line)
        except UnderWay:
            continue  # whoever is at it ends it, or is dead by the time that it is taken again
        except Exception as error:
            if is_away(error):
                raise
            logger.error("line %s of batch %s failed: %s", line.pk, batch_id, told(error))
            _put_back(line)
        if time.monotonic() > until:
            return PersonaBatch.objects.filter(pk=batch_id, status=Status.RUNNING).exists()
    return False


@transaction.atomic
def _taken(batch_id: UUID) -> PersonaBatchLine | None:
    """The next line, with money held for it; None where there is none now, and the batch ends where none will be."""
    batch = PersonaBatch.objects.select_for_update(no_key=True).filter(pk=batch_id, status=Status.RUNNING).first()
    if batch is None:
        return None
    now = timezone.now()
    dead = Q(state=State.WORKING, begun__lt=now - LEFT)
    batch.lines.filter(dead, attempts__gte=MOST_ATTEMPTS).update(state=State.FAILED, reason=BROKEN, held=0, ended=now)
    line: PersonaBatchLine | None = batch.lines.filter(Q(state=State.READY) | dead).order_by("place").first()
    others = batch.lines.filter(state=State.WORKING).exclude(pk=line.pk if line else None)
    if line is not None and not line.held:
        left = batch.left()
        if batch.each > left and others.exists():
            return None  # which give back what they do not spend
        if batch.each > left:
            batch.lines.filter(state=State.READY).update(
                state=State.SKIPPED, reason=f"{left:f} USD of the budget are left.", ended=now
            )
            line = None
    if line is None:
        if not others.exists():
            PersonaBatch.objects.filter(pk=batch.pk).update(status=Status.DONE, finished=now, moved=now)
        return None
    line.state, line.begun, line.held, line.attempts = State.WORKING, now, batch.each, line.attempts + 1
    line.save(update_fields=["state", "begun", "held", "attempts"])
    PersonaBatch.objects.filter(pk=batch.pk).update(moved=now)
    return line


def _made(line: PersonaBatchLine) -> None:
    batch = PersonaBatch.objects.get(pk=line.batch_id)
    contact = Contact.objects.select_related("owner", "company").filter(pk=line.contact_id).first()
    if contact is None:
        return  # erased, and its line with it
    wish = Wish(writer=batch.writer, cap=line.held, payer=batch.owner_id)
    persona = make(contact, method=batch.method, why=ContactPersona.Why.BULK, wish=wish, work=line.pk)
    reach("after_make")
    _ended(line, persona)


@transaction.atomic
def _ended(line: PersonaBatchLine, persona: ContactPersona | None) -> None:
    """It ends, once: what it cost is booked, and the rest of what was held is free."""
    PersonaBatch.objects.select_for_update(no_key=True).get(pk=line.batch_id)
    cost: Decimal = door.spent_on(line.pk)
    rows = PersonaBatchLine.objects.filter(pk=line.pk, state=State.WORKING)
    reason = "" if persona is None else persona.no_engine or persona.fell_back
    state = State.FAILED if persona is None else State.DONE
    if rows.update(state=state, persona=persona, reason=reason[:300], held=0, cost=cost, ended=timezone.now()):
        PersonaBatch.objects.filter(pk=line.batch_id).update(spent=F("spent") + usd(cost), moved=timezone.now())


@transaction.atomic
def _put_back(line: PersonaBatchLine) -> None:
    """It waits for another try; after the last one it has failed."""
    PersonaBatch.objects.select_for_update(no_key=True).get(pk=line.batch_id)
    rows = PersonaBatchLine.objects.filter(pk=line.pk, state=State.WORKING)
    if line.attempts < MOST_ATTEMPTS:
        rows.update(state=State.READY)
        return
    cost = door.spent_on(line.pk)
    if rows.update(state=State.FAILED, reason=BROKEN, held=0, cost=cost, ended=timezone.now()):
        PersonaBatch.objects.filter(pk=line.batch_id).update(spent=F("spent") + usd(cost))
