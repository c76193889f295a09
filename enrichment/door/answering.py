"""Answers of an engine to a question: whether one may be asked, what it is asked, and who pays."""

from collections.abc import Sequence

from django.utils import timezone

from enrichment.analysis.withholding import reasons
from enrichment.door.reading import task_of
from enrichment.models import Company
from enrichment.workflow.asks import Seller
from enrichment.workflow.replying import Asked, Reply, asked_of, tellers


def may_an_engine_answer() -> bool:
    """Whether an engine other than the built-in one is switched on and lacks nothing. One query."""
    return bool(tellers())


def asked_about(
    company: Company,
    question: str,
    *,
    vendor: Company | None,
    seller: Seller,
    known: Sequence[tuple[str, Sequence[str]]],
    datasets: Sequence[str],
) -> Asked | None:
    """The question as an engine is asked it; None where no evidence could answer it. Reads only.

    `known` is what is said without an engine, each sentence with the ids of its evidence.
    """
    task = task_of(company, vendor, seller, at=timezone.now())
    return asked_of(task, question, known, datasets)


def why_withheld(reply: Reply) -> list[dict[str, object]]:
    """Why sentences of the reply are not told, counted: [{"why": …, "count": 2}], most first."""
    return reasons({"why": each.why} for each in reply.withheld)
