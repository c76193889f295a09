"""What became of the rows of one piece."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from personas.importing.model import Fault
from personas.models import Contact, Import, ImportChange
from personas.records import Saved

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
REFUSED, REPEATED, SUPPRESSED = "refused", "repeated", "suppressed"
COUNTED = (NEW, CHANGED, UNCHANGED, REFUSED, REPEATED, SUPPRESSED)
_UNTOLD = frozenset({"updated"})  # moves with every change


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that is not taken. `place`: among the rows of its piece."""

    row: int
    place: int
    faults: tuple[Fault, ...]
    is_repeat: bool = False


@dataclass(slots=True)
class Outcome:
    """Filled row by row. `keys`: of each row its number and what it is known by. `found`: who is no contact."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    keys: list[list[Any]] = field(default_factory=list)
    changes: list[ImportChange] = field(default_factory=list)
    found: dict[str, list[Any]] = field(default_factory=dict)  # address → name, mails to them, mails from them

    def refuse(self, row: int, place: int, *faults: Fault) -> None:
        self.counts[REFUSED] += 1
        self.refused.append(Refusal(row=row, place=place, faults=faults))

    def repeat(self, row: int, place: int, first: int) -> None:
        self.counts[REPEATED] += 1
        fault = Fault("", "", f"The same as row {first}, which is taken; leave this one out, or make them one.")
        self.refused.append(Refusal(row=row, place=place, faults=(fault,), is_repeat=True))

    def saved(self, saved: Saved[Any], row: int, what: str, contact: UUID | None) -> None:
        """Note what was done to one record."""
        if saved.change == UNCHANGED:
            return
        columns = [name for name in saved.before if name not in _UNTOLD]
        self.changes.append(
            ImportChange(
                what=what,
                record=saved.row.pk,
                contact_id=contact,
                row=row,
                is_new=saved.is_new,
                before={} if saved.is_new else {name: plain(saved.before[name]) for name in columns},
                added=[str(pk) for pk in saved.added],
                after={} if saved.is_new else {name: plain(getattr(saved.row, name)) for name in columns},
            )
        )

    def store_changes(self, parent: Import) -> None:
        for change in self.changes:
            change.parent = parent
        ImportChange.objects.bulk_create(self.changes, batch_size=500)

    def joined(self, before: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Who was found in the pieces before, and in this one."""
        both = {address: list(each) for address, each in (before or {}).items()}
        for address, (name, sent, received) in self.found.items():
            held = both.setdefault(address, ["", 0, 0])
            both[address] = [held[0] or name, held[1] + sent, held[2] + received]
        return both


def plain(value: Any) -> Any:
    """A value of a column as JSON has it."""
    if isinstance(value, str | int | float | bool | None):
        return value
    return DjangoJSONEncoder().default(value)


def whose(row: Model) -> UUID | None:
    """The contact that a record is about."""
    return row.pk if isinstance(row, Contact) else getattr(row, "contact_id", None)
