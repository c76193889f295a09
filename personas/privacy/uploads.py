"""Deletes files of records: they may name anybody, so an erasure takes all of its owner's."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from personas.models import Contact, Import, ImportChange, ImportFault, ImportPiece

ERASED = "Somebody was erased from your records meanwhile, and this file with them; send it again."
ERASED_SINCE = "Who it held was erased since."
Status = Import.Status


@transaction.atomic
def forget_files(owner_id: int) -> int:
    """Delete every file that this owner's imports keep; how many. Imports under way end, what is in stays.

    Whoever calls it holds the owner's lock, as whoever writes an import's rows does.
    """
    rows = list(Import.objects.select_for_update(no_key=True).filter(owner=owner_id, file_gone=None))
    for row in rows:
        delete_file(row, ERASED)
    return len(rows)


def forget_changes(contact: Contact) -> int:
    """Empty what imports remember of records that once held this person's address or name; how many.

    What is remembered of the contact itself goes with it; this is of others, who had the address before.
    """
    changes = ImportChange.objects.filter(parent__owner=contact.owner_id, what=ImportChange.What.CONTACT, is_new=False)
    named = [
        change.pk
        for change in changes.exclude(contact=contact).iterator(500)
        if _names(change.before, contact) or _names(change.after, contact)
    ]
    for start in range(0, len(named), 500):
        rows = ImportChange.objects.filter(pk__in=named[start : start + 500])
        rows.update(before={}, after={}, kept=ERASED_SINCE)
    return len(named)


def _names(columns: dict[str, Any], contact: Contact) -> bool:
    same = {"email_digest": contact.email_digest, "email": contact.email, "name": contact.name}
    return any(held and str(columns.get(name, "")).casefold() == held.casefold() for name, held in same.items())


def delete_file(row: Import, why: str) -> None:
    """Delete the rows that are kept of it, in the caller's transaction; one that is not done ends, saying why."""
    ImportPiece.objects.filter(parent=row).delete()
    ImportFault.objects.filter(parent=row).delete()
    row.file_gone, row.found = timezone.now(), {}
    if row.status in (Status.CHECKING, Status.READY, Status.RUNNING):
        row.status, row.error, row.finished = Status.CANCELLED, why, timezone.now()
    row.save(update_fields=["file_gone", "found", "status", "error", "finished"])
