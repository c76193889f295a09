"""Announces that a bulk is worked off, to whom it belongs. In the caller's transaction."""

from datetime import datetime

from django.db.models import Count

from enrichment.announcing import announce
from enrichment.models import Bulk, BulkLine, Origin

State = BulkLine.State
ENDED = (State.DONE, State.PARTIAL, State.FAILED, State.SKIPPED, State.CANCELLED)
REFUSED = (State.AMBIGUOUS, State.INVALID, State.DUPLICATE)  # they can be mended
NEVER = (*REFUSED, State.DROPPED)  # begun


def completed(bulk: Bulk, *, at: datetime) -> None:
    """What became of its lines; one that is tried again and ends anew is told again. Three queries of its own."""
    counts = dict(bulk.lines.order_by().values_list("state").annotate(Count("pk")))
    where = f"/api/v1/bulk/{bulk.pk}"
    announce(
        bulk.user,
        "bulk.completed",
        {
            "bulkId": str(bulk.pk),
            "label": bulk.label,
            "consumer": bulk.consumer,
            "lines": sum(counts.values()),
            **{str(state): counts.get(state, 0) for state in ENDED},
            "refused": sum(counts.get(state, 0) for state in NEVER),
            "totalCost": float(bulk.spent),
            "sandbox": bulk.lines.filter(request__report__origin=Origin.SANDBOX).exists(),
            "statusEndpoint": where,
            "resultsEndpoint": f"{where}/results",
        },
        once=f"bulk:{bulk.pk}:{at.isoformat()}",
    )
