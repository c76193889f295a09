"""What a contact is like, by an engine: whether one may write it, what it is asked, what it costs, and who pays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from enrichment.analysis.model import EvidenceItem
from enrichment.analysis.portraits.asking import PURPOSE
from enrichment.analysis.withholding import reasons
from enrichment.models import PERSONA, EngineCall, PromptVersion
from enrichment.workflow.engine_ledger import Errand
from enrichment.workflow.portraying import Asked, Portrait, Unwritten, asked_for, portray, worst_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """What a sentence on a contact may rest on; names, addresses and numbers are taken out by whoever gives it.

    `id` begins with p (the contact's own words), m (a figure), c (their post) or u (what is usual in such a post).
    """

    id: str
    text: str
    at: datetime | None = None


def portrait_asked(clues: Sequence[Clue], *, company: str, at: datetime, version: int | None = None) -> Asked:
    """What an engine would be sent, with the active prompt or that version of it. Reads only."""
    return asked_for([_item(clue) for clue in clues], company=company, at=at, version=version)


def portrait_price(asked: Asked) -> Decimal | None:
    """USD that it costs at most; None where the first engine's price is unknown, 0 where there is none."""
    return worst_of(asked)


def write_portrait(
    asked: Asked,
    *,
    work: UUID,
    user: int,
    cap: Decimal,
    day_cap: Decimal,
    is_wanted: Callable[[], bool],
    keep: Callable[[Portrait], Any],
) -> Portrait | Unwritten:
    """Have it written and paid by `user`, within both caps and once for the same `work`; `keep` stores it."""
    errand = Errand(user=user, consumer=PERSONA, work=work, cap=cap, day_cap=day_cap)
    return portray(asked, errand, is_wanted=is_wanted, keep=keep)


def portrait_payer(work: UUID) -> int | None:
    """The id of the person who paid for it; None where no call for it is known."""
    return EngineCall.objects.filter(work=work).order_by("-started").values_list("user", flat=True).first()


def portrait_withheld(portrait: Portrait) -> list[dict[str, object]]:
    """Why sentences were left out, counted: [{"why": …, "count": 2}], most first."""
    return reasons({"why": each.why} for each in portrait.withheld)


def portrait_prompts() -> list[int]:
    """The versions of the prompt that there are, the newest first."""
    rows = PromptVersion.objects.filter(purpose=PURPOSE).order_by("-version")
    return list(rows.values_list("version", flat=True))


def _item(clue: Clue) -> EvidenceItem:
    kind = "message" if clue.id.startswith("p") else "record"
    return EvidenceItem(id=clue.id, source="contact", kind=kind, text=clue.text, published_at=clue.at)
