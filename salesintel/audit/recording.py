"""The one way into the audit log."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Model

from salesintel.audit.context import circumstances

if TYPE_CHECKING:
    from salesintel.audit.models import Entry


def record(
    action: str,
    of: Model | type[Model] | str,
    *,
    pk: object = "",
    fields: Iterable[str] = (),
    counts: Mapping[str, int] | None = None,
    user: int | None = None,
) -> "Entry":
    """Write that something was done; in the transaction of the change, so that neither is there without the other.

    `action` is a verb of up to 40 characters (`cancel`, `rotate`, `merge`), `of` the row or its model or its label
    (`enrichment.Company`), `fields` the names of the columns that changed, `counts` whole numbers by word. Never a
    value of a row: the log outlives the people in it. `user` (an id) only where it is not whoever is logged in.

    Who, by which way, in which request and run is known from the circumstances.
    """
    known = of.pk if isinstance(of, Model) and pk == "" else pk
    return record_each(action, _label(of), [known], fields=fields, counts=counts, user=user)[0]


def record_each(
    action: str,
    of: type[Model] | str,
    pks: Sequence[object],
    *,
    fields: Iterable[str] = (),
    counts: Mapping[str, int] | None = None,
    user: int | None = None,
) -> "list[Entry]":
    """The same done to several rows of one table: an entry each, in one statement."""
    from salesintel.audit.models import Entry

    now, names = circumstances(), sorted(set(fields))
    entries = [
        Entry(
            action=action,
            model=_label(of),
            object_id=str(pk),
            fields=names,
            counts=dict(counts or {}),
            actor=user or now.user,
            key_prefix=now.key,
            via=now.via,
            run=now.run,
            request_id=now.request_id,
        )
        for pk in pks
    ]
    return Entry.objects.bulk_create(entries, batch_size=500)


def _label(of: Model | type[Model] | str) -> str:
    return of if isinstance(of, str) else of._meta.label
