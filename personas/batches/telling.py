"""A batch on the wire and on its page: how many, how far, for how much."""

from typing import Any

from django.db.models import Count

from personas.models import PersonaBatch, PersonaBatchLine

State = PersonaBatchLine.State
ENDED = (State.DONE, State.FAILED, State.SKIPPED, State.CANCELLED)


def told(batches: list[PersonaBatch]) -> list[dict[str, Any]]:
    """The batches, with one query for the counts of all of them."""
    counts: dict[Any, dict[str, int]] = {}
    rows = PersonaBatchLine.objects.filter(batch__in=batches).order_by().values_list("batch", "state")
    for batch, state, count in rows.annotate(count=Count("pk")):
        counts.setdefault(batch, {})[state] = count
    return [_told(batch, counts.get(batch.pk, {})) for batch in batches]


def _told(batch: PersonaBatch, counts: dict[str, int]) -> dict[str, Any]:
    total, ended = sum(counts.values()), sum(counts.get(state, 0) for state in ENDED)
    return {
        "id": str(batch.pk),
        "status": batch.status,
        "method": batch.method,
        "writer": batch.writer,
        "contacts": total,
        "counts": {state: counts.get(state, 0) for state in State.values},
        "progress": 100 if not total else int(100 * ended / total),
        "eachAtMost": float(batch.each),
        "maxCost": float(batch.cap),
        "cost": float(batch.spent),
        "createdAt": batch.created,
        "startedAt": batch.started,
        "finishedAt": batch.finished,
    }


def line_told(line: PersonaBatchLine) -> dict[str, Any]:
    """What became of one contact; its `contact` is loaded."""
    return {
        "place": line.place,
        "contactId": str(line.contact_id),
        "name": line.contact.name,
        "state": line.state,
        "reason": line.reason,
        "personaId": str(line.persona_id) if line.persona_id else None,
        "cost": float(line.cost),
    }
