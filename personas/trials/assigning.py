"""Which way of the running trial a contact's personas are made by: always the same one."""

import hashlib
from collections.abc import Sequence

from personas.models import Contact, PersonaArm, PersonaTrial


def arm_for(contact: Contact, *, writer: str) -> PersonaArm | None:
    """The contact's way for a persona of what happened; None where none runs, or it is not for such a wish.

    Nothing is sent to a vendor for a trial that its owner did not want sent: a trial with an engine among its ways
    takes those alone who asked for an engine, any other takes who did not. One query.
    """
    running = PersonaArm.objects.filter(trial__status=PersonaTrial.Status.RUNNING).select_related("trial")
    arms = list(running.order_by("place", "pk"))
    if not arms:
        return None
    has_engine = any(arm.writer == PersonaArm.Writer.ENGINE for arm in arms)
    wants_engine = writer == PersonaArm.Writer.ENGINE
    return drawn(arms, f"{arms[0].trial.salt}:{contact.pk}") if has_engine == wants_engine else None


def drawn(arms: Sequence[PersonaArm], key: str) -> PersonaArm:
    """One of the ways, in proportion to their shares and always the same for the same key."""
    total = sum(arm.share for arm in arms)
    lot = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % total
    for arm in arms:
        if lot < arm.share:
            return arm
        lot -= arm.share
    raise AssertionError("a lot is below the sum of the shares")
