"""Takes an import back, the last change first: what it made goes, what it changed is as it was.

What somebody changed since, and a contact that has come to have other records, is left as it is, and told.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, Model, OuterRef

from enrichment import door
from personas.importing.outcomes import plain
from personas.models import Contact, Deal, DealContact, DealStage, File, Import, ImportChange, Interaction
from personas.privacy.suppression import suppressed
from personas.privacy.uploads import ERASED_SINCE
from personas.retrieval.forgetting import changes_words, forget_vectors

SOME = 500
SINCE = "It was changed since."
IN_USE = "It has records that came otherwise."
TAKEN = "What it held belongs to another by now."
What = ImportChange.What
MODELS: dict[str, type[Model]] = {  # what hangs on others first
    What.INTERACTION: Interaction,
    What.FILE: File,
    What.DEAL: Deal,
    What.CONTACT: Contact,
}


def some(row: Import) -> bool:
    """Take back up to 500 changes, in the caller's transaction; whether there were any."""
    uses = set[int]()
    todo = list(row.importchanges.filter(kept="").order_by("-pk")[:SOME])
    for change in [each for each in todo if not each.is_new]:
        _restore(row, change, uses)
    kept = {each.pk for each in todo if each.kept}
    for what, model in MODELS.items():
        made = {each.record: each for each in todo if each.is_new and each.what == what}
        if made:
            kept |= _remove(row, model, made, uses)
    row.counts = {
        **row.counts,
        "undone": row.counts.get("undone", 0) + len(todo) - len(kept),
        "kept": row.counts.get("kept", 0) + len(kept),
    }
    row.importchanges.filter(pk__in=[each.pk for each in todo if each.pk not in kept]).delete()
    door.forget_unused(uses, by=row.owner, since=row.created)
    return bool(todo)


def _remove(row: Import, model: type[Model], made: dict[UUID, ImportChange], uses: set[int]) -> set[int]:
    """Delete what it made, and note the companies `uses`; returns the changes that stay."""
    rows = model._default_manager.filter(owner=row.owner_id, pk__in=made)
    left: Collection[UUID] = ()
    if model is Contact:
        others = [Exists(each.objects.filter(contact=OuterRef("pk"))) for each in (Interaction, File, DealContact)]
        left = set(rows.filter(others[0] | others[1] | others[2]).values_list("pk", flat=True))
        for pk in left:
            made[pk].kept = IN_USE
        ImportChange.objects.bulk_update([made[pk] for pk in left], ["kept"])
    gone = rows.exclude(pk__in=left)
    if model in (Contact, Deal):
        uses |= set(gone.exclude(company=None).values_list("company", flat=True))
    gone.delete()
    return {made[pk].pk for pk in left}


def _restore(row: Import, change: ImportChange, uses: set[int]) -> None:
    """Give a record back what it held, unless it holds something new by now; note the company `uses` that it had."""
    model = MODELS[change.what]
    held = model._default_manager.filter(owner=row.owner_id, pk=change.record).first()
    if held is None:
        return  # it is gone, and with it what was done to it
    after: dict[str, Any] = change.after or {}
    if any(plain(getattr(held, name)) != value for name, value in after.items()):
        _keep(change, SINCE)
        return
    fields = {each.attname: each for each in model._meta.concrete_fields}
    if company := getattr(held, "company_id", None):
        uses.add(company)
    for name, value in (change.before or {}).items():
        setattr(held, name, fields[name].to_python(value))
    if isinstance(held, Contact) and suppressed(row.owner, [held])[0]:
        _keep(change, ERASED_SINCE)
        return
    try:
        with transaction.atomic():
            held.save(update_fields=list(change.before or {}))
            if isinstance(held, Interaction) and changes_words(change.before or {}):
                forget_vectors([held.pk])
    except IntegrityError:
        _keep(change, TAKEN)
        return
    if isinstance(held, Deal):
        for belonging in (DealStage, DealContact):
            belonging.objects.filter(deal=held, pk__in=change.added).delete()


def _keep(change: ImportChange, why: str) -> None:
    change.kept = why
    if why == ERASED_SINCE:
        change.before, change.after = {}, {}
    change.save(update_fields=["kept", "before", "after"])
