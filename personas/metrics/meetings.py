"""Meetings, calls and files: what of the arranged takes place, what of the shared is read."""

from collections import Counter

import numpy as np

from personas.history import Moment, Terms
from personas.metrics import intervals
from personas.metrics.mails import share
from personas.metrics.model import HOURS, Measured, counted, estimated
from personas.metrics.sorting import SETTLES, Sorted

_ARRANGED = ("held", "cancelled", "no_show")
_REACHED = frozenset({"connected", "held", "done"})
_MISSED = frozenset({"no_answer", "voicemail", "no_show", "cancelled"})


def meetings(found: Sorted, terms: Terms) -> dict[str, Measured]:
    """Of the meetings that were held, cancelled or to which nobody came, the share of each. Moved ones are neither."""
    arranged = [each for each in found.moments if each.type == "meeting" and each.outcome in _ARRANGED]
    at = [each.at for each in arranged]
    names = {"held": "meetingHeldRate", "cancelled": "meetingCancelledRate", "no_show": "meetingNoShowRate"}
    rates = {name: share([each.outcome == outcome for each in arranged], at, terms) for outcome, name in names.items()}
    return {"meetings": counted(sum(each.type == "meeting" for each in found.moments)), **rates}


def calls(found: Sorted, terms: Terms) -> dict[str, Measured]:
    """Of our calls of which it is known, the share that reached them. One that lasted and has no outcome did."""
    ours = [each for each in found.moments if each.type == "call" and each.direction != "in"]
    known = [(each, _is_reached(each)) for each in ours]
    told = [(each, reached) for each, reached in known if reached is not None]
    rate = share([reached for _, reached in told], [each.at for each, _ in told], terms)
    return {"calls": counted(sum(each.type == "call" for each in found.moments)), "callCompletionRate": rate}


def _is_reached(call: Moment) -> bool | None:
    if call.outcome in _REACHED or call.outcome in _MISSED:
        return call.outcome in _REACHED
    return True if call.seconds else None


def documents(found: Sorted, terms: Terms) -> dict[str, Measured]:
    """Of the files that we shared a day ago or earlier: the share that was viewed, views of each, time to the first.

    A view belongs to the latest sharing of that file, or of any in its thread, before it.
    """
    old = [each for each in found.shared if terms.now - each.moment.at >= SETTLES]
    views = np.array([len(each.views) for each in old], dtype=float)
    waits = np.array(
        [(each.views[0] - each.moment.at).total_seconds() / 3600 for each in found.shared if each.views], dtype=float
    )
    median, within = intervals.quantile(waits, 0.5)
    return {
        "documentsShared": counted(len(found.shared)),
        "documentViewRate": share([bool(each.views) for each in old], [each.moment.at for each in old], terms),
        "documentViewsPerShare": estimated(
            float(views.mean()) if len(views) else None,
            intervals.mean(views, least=0.0),
            n=len(views),
            unit="per document",
            terms=terms,
        ),
        "medianTimeToViewHours": estimated(
            median, within, n=len(waits), unit=HOURS, terms=terms, waiting=sum(not each.views for each in found.shared)
        ),
    }


def by(moments: tuple[Moment, ...]) -> dict[str, dict[str, int]]:
    """How many interactions of each type, direction and outcome; "" for none of them is "neither" or "none"."""
    return {
        "type": dict(Counter(each.type for each in moments)),
        "direction": dict(Counter(each.direction or "neither" for each in moments)),
        "outcome": dict(Counter(each.outcome or "none" for each in moments)),
    }
