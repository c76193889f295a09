"""Erases a contact from its owner's records, and keeps the person from coming back into them.

What is left is an entry of the audit log and keyed digests. Whoever writes a record of theirs at the same time waits
for the owner's lock, and then finds no contact (`records.interactions`, `records.deals`).

What the engine collected of the same person is everybody's: it goes only where nobody else has them as a contact and
the one who erases holds the right to erase people. A rep who could wipe shared evidence by making and erasing a contact
would decide for all the others.
"""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from enrichment.door import forget_person
from personas.models import Contact, ContactPersona, Deal, Grant, Import, Thread
from personas.privacy.suppression import suppress
from personas.privacy.uploads import forget_changes, forget_files
from salesintel import audit
from salesintel.accounts.models import User
from salesintel.walls import system_scope

RIGHT = "enrichment.erase_person"


def erase(contact: Contact, *, by: User | None = None, keeps_out: bool = True) -> Counter[str]:
    """Forget the person; how many rows went, by table. Twice is once.

    Without `keeps_out` the records go, and the person may come back. `by`: who may have the right to erase people.
    """
    counts = _erase(contact, keeps_out=keeps_out)
    if counts and keeps_out and by is not None and by.has_perm(RIGHT) and not is_anyones(contact):
        # The engine's own erasure: in its own transactions, and finished by the watchdog where runs go on.
        forget_person(
            name=contact.name,
            email=contact.email,
            company=contact.company.reference if contact.company else contact.company_name,
            by=by,
        )
    return counts


@transaction.atomic
def _erase(contact: Contact, *, keeps_out: bool) -> Counter[str]:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=contact.owner_id)
    held = Contact.objects.filter(pk=contact.pk).first()
    if held is None:
        return Counter()
    if keeps_out:
        suppress(held)
    forget_changes(held)
    counts = _deleted(_deals_of_nobody_else(held)) + _deleted(Contact.objects.filter(pk=held.pk))
    counts += Counter({"uploads": number}) if (number := forget_files(held.owner_id)) else Counter()
    counts += _deleted(Thread.objects.filter(owner=held.owner_id, interactions=None))
    audit.record("erase" if keeps_out else "delete", Contact, pk=contact.pk, counts=counts)
    return counts


def would_erase(contact: Contact) -> dict[str, int]:
    """How many rows would go with the contact, as its owner knows them: `interactions`, `deals`, `personas`, …"""
    return {
        "interactions": contact.interactions.count(),
        "deals": _deals_of_nobody_else(contact).count(),
        "personas": ContactPersona.objects.filter(contact=contact).count(),
        "files": contact.files.count(),
        "uploads": Import.objects.filter(owner=contact.owner_id, file_gone=None).count(),
        "grants": Grant.objects.filter(contact=contact).count(),
    }


def _deals_of_nobody_else(contact: Contact) -> Any:
    """Deals that name nobody but the contact. Those with others on them stay, with the others."""
    own = Deal.objects.filter(parties__contact=contact).values("pk")
    return Deal.objects.filter(pk__in=own).annotate(people=Count("parties")).filter(people=1)


def _deleted(rows: Any) -> Counter[str]:
    _, by_table = rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
    return Counter({label.rpartition(".")[2].lower(): number for label, number in by_table.items() if number})


def is_anyones(contact: Contact) -> bool:
    """Whether anybody (else, once it is erased) has this person as a contact: the address, or the name there."""
    return is_contact(
        digests={contact.email_digest} - {""},
        names={contact.name},
        companies=set() if contact.company_id is None else {contact.company_id},
    )


def is_contact(*, digests: set[str], names: set[str], companies: set[int]) -> bool:
    """Whether somebody has a contact with one of these digests of addresses, or of these names at these companies."""
    named = Q(pk__in=[])
    for name in names:
        named |= Q(name__iexact=name, company__in=companies)
    with system_scope("whether somebody is anyone's contact"):
        return Contact.objects.filter(Q(email_digest__in=digests) | named).exists()
