"""Has the engine forget a person, for an app whose records of them are gone; and lets it be asked whether it may."""

from collections.abc import Iterable
from typing import Any

from enrichment.models import Erasure
from enrichment.people.claims import ask_also
from enrichment.people.optouts import Marks, NoMark
from enrichment.workflow import erasing

__all__ = ["ask_also", "forget_person"]


def forget_person(*, name: str, email: str, company: str, by: Any) -> Iterable[Erasure]:
    """Erase whoever has these marks from what everybody reads, and never collect them again.

    Empty where none of the marks tells anybody apart: a name without a company.
    """
    try:
        return erasing.opt_out(Marks.given(name=name if company else "", email=email, company=company), by=by)
    except NoMark:
        return []
