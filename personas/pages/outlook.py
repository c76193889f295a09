"""What is likely with a contact, as the page tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from personas.models import Contact
from personas.pages.calibration import Dot, dots
from personas.predicting.foretelling import Foretold, foretold
from personas.predicting.wording import Line, asked, lines, why_not
from personas.wording import plain
from salesintel.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A prediction of the page. `reason` is why there is none, else ""."""

    found: Foretold
    heading: str
    reason: str
    speaks_for: list[Line]
    against: list[Line]
    half_life: str
    dots: list[Dot]


def outlook(contact: Contact, user: User, now: datetime) -> dict[str, Any]:
    """The context of `_outlook.html`."""
    return {"outlooks": [_shown(each) for each in foretold(contact, user, now=now)]}


def _shown(found: Foretold) -> Shown:
    row, (speaks_for, against) = found.predictor, lines(found.factors)
    reason = ""
    if found.told is None:
        counts = {"cases": row.cases, "happened": row.happened} if row else {}
        reason = why_not(row.why if row else None, trial=found.trial, **counts)
    return Shown(
        found=found,
        heading=asked(found.question, found.days),
        reason=reason,
        speaks_for=speaks_for,
        against=against,
        half_life=plain(round(found.half_life)) if found.half_life else "",
        dots=dots(found.trial.bins) if found.trial else [],
    )
