"""Announces what happened with a person's contacts, to their owner's webhooks. In the transaction of the fact.

Told are ids, the method, the score and counts: nothing of whom it is about, nor of what anybody said.
"""

from typing import Any

from django.db import transaction

from enrichment import door
from personas.models import Contact, ContactPersona, Import

COUNTS = ("new", "changed", "unchanged", "refused", "repeated", "suppressed")


def generated(row: ContactPersona) -> None:
    """There is a new persona. Under the bell it would be noise: they are made anew by themselves."""
    door.announce(
        row.owner,
        "persona.generated",
        {
            "personaId": str(row.pk),
            "contactId": str(row.contact_id),
            "method": str(row.method),
            "dataQuality": float(row.quality),
            "statusEndpoint": f"/api/v1/personas/{row.pk}",
        },
        once=f"persona:{row.pk}",
        quietly=True,
    )


def failed(contact: Contact, *, method: str, day: str) -> None:
    """None could be made, for a fault of ours. At most once a day of each contact, however often it is tried."""
    with transaction.atomic():
        if not Contact.objects.filter(pk=contact.pk).exists():
            return  # it went meanwhile, and nobody is to hear of it
        data = {
            "contactId": str(contact.pk),
            "method": str(method),
            "statusEndpoint": f"/api/v1/contacts/{contact.pk}/personas",
        }
        door.announce(contact.owner, "persona.failed", data, once=f"persona-failed:{contact.pk}:{day}", quietly=True)


def import_over(row: Import) -> None:
    """What became of its rows; of one that broke off, of those that came before. One begun again is told again."""
    data: dict[str, Any] = {
        "importId": str(row.pk),
        "kind": str(row.kind),
        "status": str(row.status),
        "rows": row.rows,
        **{name: int(row.counts.get(name, 0)) for name in COUNTS},
        "statusEndpoint": f"/api/v1/imports/{row.pk}",
    }
    at = row.finished.isoformat() if row.finished else ""
    door.announce(row.owner, "import.completed", data, once=f"import:{row.pk}:{at}")
