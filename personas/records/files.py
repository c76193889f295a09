"""Writes what is known of files that are shared with a contact."""

from typing import Any

from django.db import transaction

from personas.models import File
from personas.records.given import FileGiven
from personas.records.saving import (
    Refused,
    Saved,
    by_key,
    check_key,
    check_stays,
    hold,
    still_there,
    store,
    taken,
    text,
)
from salesintel.accounts.models import User
from salesintel.walls import acting_for

LONGEST = {"name": 255, "media_type": 100, "text": 500_000}
MOST_BYTES = 2**40


@acting_for("owner")
@transaction.atomic
def save_file(*, owner: User, given: FileGiven, may_move: bool = True) -> Saved[File]:
    """Write one file. Raises `Refused`; without `may_move` also for an id that a file of another contact has."""
    hold(owner)
    check_key(given)
    held = by_key(File, owner, [given]).get(given.key or ("", ""))
    check_stays(held, given.contact, may_move=may_move)
    row, values = held or File(owner=owner), _values(given, owner)
    if held is None and given.key:
        values |= {"external_source": given.external_source, "external_id": given.external_id}
    before = taken(row, values)
    if not row.name:
        raise Refused("name", "A file has a name.")
    saved = Saved(row=row, is_new=held is None, before={} if held is None else before)
    store(File, [saved])
    return saved


def _values(given: FileGiven, owner: User) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: text(name, value, LONGEST[name]) for name, value in given.said(*LONGEST).items()
    } | given.said("size")
    size = values.get("size")
    if size is not None and not 0 <= size <= MOST_BYTES:
        raise Refused("size", "Give the size in bytes, or none.")
    if given.contact is not None:
        if given.contact.pk not in still_there(owner, [given.contact]):
            raise Refused("contact", "There is no such contact.")
        values["contact_id"] = given.contact.pk
    return values
