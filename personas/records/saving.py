"""What all writers share: what is refused, what became of a row, and how one row takes what was said of it."""

# Refused
# ├── IdTaken        a row of another contact has the id, and may not be moved
# ├── AddressTaken   another contact of the owner's has the address; carries it
# ├── Suppressed     the person was erased here, and is not to come back
# └── Gone           it was erased or deleted while somebody changed it

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.utils.text import slugify

from personas.models import Contact, File, Interaction
from personas.records.given import Given
from salesintel import audit
from salesintel.accounts.models import User

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")
LONGEST_ID = 200  # characters
BATCH = 500  # rows of one statement


class Refused(Exception):
    """What is given cannot be taken. `field` is the column; the text says what to write instead."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


class IdTaken(Refused):
    """A row of another contact's has that id. The text tells nothing of the row."""

    def __init__(self) -> None:
        super().__init__("external_id", "This id is taken; give another.")


class AddressTaken(Refused):
    """Another contact has that address: `contact` is its id."""

    def __init__(self, contact: UUID) -> None:
        super().__init__("email", f"Your contact {contact} has this address; change that one, or give another.")
        self.contact = contact


class Suppressed(Refused):
    """The person was erased from the owner's records. The text does not say by what they were recognised."""

    def __init__(self) -> None:
        super().__init__("email", "This person was erased from your records, and is not taken in again.")


class Gone(Refused):
    """What was to be changed went meanwhile."""

    def __init__(self) -> None:
        super().__init__("", "It has just been erased or deleted.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Generic[R]):
    """What became of one row. `before`: column → what it held, of those that changed.

    `added`: ids of rows of other tables that came to belong to it, of one that was there before.
    """

    row: R
    is_new: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)
    added: list[UUID] = field(default_factory=list)

    @property
    def change(self) -> str:
        """new, changed or unchanged."""
        return "new" if self.is_new else "changed" if self.before or self.added else "unchanged"


def only(found: Sequence[Saved[R] | Refused]) -> Saved[R]:
    """The one outcome. Raises it where it is a refusal."""
    [one] = found
    if isinstance(one, Refused):
        raise one
    return one


def hold(owner: User) -> None:
    """Let nobody else write this owner's records till the transaction ends: two who add the same must not both."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)


def reread(rows: "models.QuerySet[M]", pk: UUID) -> M:
    """The row as it is now that the owner is held; it may have gone since the caller read it. Raises `Gone`."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Gone
    return row


def by_key(model: type[M], owner: User, given: Sequence[Given]) -> dict[tuple[str, str], M]:
    """The owner's rows that other systems know by the same ids. One query."""
    keys = [each.key for each in given if each.key is not None]
    if not keys:
        return {}
    rows = model._default_manager.filter(
        owner=owner, external_source__in={source for source, _ in keys}, external_id__in={pk for _, pk in keys}
    )
    return {(row.external_source, row.external_id): row for row in rows}  # type: ignore[attr-defined]


def still_there(owner: User, contacts: Iterable[Contact | None]) -> set[UUID]:
    """Which of the contacts the owner still has: one may have been erased while a job held it. One query."""
    keys = {contact.pk for contact in contacts if contact is not None}
    return set(Contact.objects.filter(owner=owner, pk__in=keys).values_list("pk", flat=True)) if keys else set()


def check_stays(row: Interaction | File | None, contact: Contact | None, *, may_move: bool) -> None:
    """Raises `IdTaken` for a row found by its id that is another contact's, where it may not be moved."""
    if row is not None and not may_move and (contact is None or row.contact_id != contact.pk):
        raise IdTaken


def check_key(given: Given) -> None:
    """Raises `Refused` for a system or an id that cannot be kept."""
    source, pk = given.external_source, given.external_id
    if source != slugify(source) or len(source) > 50:
        raise Refused("external_source", "Give the system as one plain word of up to 50 letters, say hubspot.")
    if pk is not None and not (0 < len(pk) <= LONGEST_ID and pk.isprintable()):
        raise Refused("external_id", f"Give the system's id in 1 to {LONGEST_ID} characters, or none.")


def text(column: str, value: object, most: int) -> str:
    """The text as a database can hold it. Raises `Refused` where it is too long."""
    plain = str(value or "").replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if len(plain) > most:
        raise Refused(column, f"This is {len(plain)} characters long; at most {most} are kept.")
    return plain


def taken(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the columns; returns what those that changed held before."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    for name in before:
        setattr(row, name, values[name])
    return before


def store(model: type[M], saved: Sequence[Saved[M]]) -> None:
    """Write rows that are new or have changed, a few statements for all, with an entry in the audit log.

    A row that is there twice is written once.
    """
    new = {each.row.pk: each.row for each in saved if each.is_new}
    changed = {each.row.pk: each.row for each in saved if each.before and each.row.pk not in new}
    columns = sorted({name for each in saved for name in each.before} - {"pk"})
    model._default_manager.bulk_create(new.values(), batch_size=BATCH)
    if changed:
        model._default_manager.bulk_update(changed.values(), columns, batch_size=BATCH)
    _record(model, list(new.values()), list(changed.values()), columns)


def _record(model: type[M], new: Sequence[M], changed: Sequence[M], columns: Sequence[str]) -> None:
    """One entry for one row, and one with counts for many: the log outlives the rows, and says nothing of them."""
    if len(new) + len(changed) > 1:
        audit.record("write", model, counts={"new": len(new), "changed": len(changed)})
    elif new:
        audit.record("create", new[0])
    elif changed:
        audit.record("update", changed[0], fields=columns)
