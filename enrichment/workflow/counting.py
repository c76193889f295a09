"""The ledgers counted, line by line: the truth that rolled days must equal. Reads only.

Calls and costs are the ledgers', by the moment of the call. Savings are the answered requests', by the moment of the
answer: what others, or earlier requests, really paid for what was reused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from enrichment.models import CHAT_ANSWER, PERSONA, EngineCall, Origin, ResearchRequest, SourceCall
from enrichment.models.fields import usd
from enrichment.workflow.keys import report_type
from salesintel.accounts.models import User

NOTHING = Decimal(0)
SHARED_RUN = "SHARED_RUN"  # answered by a run that was already under way for somebody else
OF_OTHERS = Q(report__parts__payer=None) | ~Q(report__parts__payer=F("pk"))
Ledger = type[SourceCall] | type[EngineCall]
LEDGERS: tuple[tuple[Ledger, str], ...] = ((SourceCall, "source"), (EngineCall, "engine"))  # and who was called
# Of an engine's call that is of no request its own line says who paid, and for what.
PAYER: dict[str, Any] = {
    "payer": Coalesce("request__user", "user"), "bought_for": Coalesce("request__consumer", "consumer")
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which lines: of some spans of time (from, until), of one origin, one person's or (`whose` None) everybody's."""

    spans: Sequence[tuple[datetime, datetime]]
    origin: str
    whose: User | None = None

    def calls(self, ledger: Ledger) -> QuerySet[Any]:
        """What an engine wrote in a conversation, or of a contact, is of no run: it was paid for, so it is live."""
        of_origin = {"origin" if ledger is SourceCall else "run__origin": self.origin}
        chosen = self._within("started", **of_origin)
        if ledger is EngineCall and self.origin == Origin.LIVE:
            chosen |= self._within("started", run=None, request__consumer=CHAT_ANSWER)
            chosen |= self._within("started", run=None, request=None, consumer=PERSONA)
        rows = ledger.objects.filter(chosen).order_by()
        if ledger is EngineCall:
            rows = rows.annotate(**PAYER)
        return rows if self.whose is None else rows.filter(**{_of(ledger)["request__user"]: self.whose.pk})

    def answered(self) -> QuerySet[ResearchRequest]:
        """Answered requests; what was asked on behalf of others is part of those."""
        rows = ResearchRequest.objects.filter(self._within("answered", parent=None), report__origin=self.origin)
        return rows.order_by() if self.whose is None else rows.order_by().visible_to(self.whose)

    def _within(self, moment: str, **besides: Any) -> Q:
        """Each span with what else an index holds, so that the database can look each of them up."""
        found = Q(pk__in=[])
        for since, until in self.spans:
            found |= Q(**{f"{moment}__gte": since, f"{moment}__lt": until}, **besides)
        return found


def calls(where: Where, fields: Sequence[str], day: Combinable | None = None) -> Iterator[tuple[Any, ...]]:
    """`(*fields, calls, USD, unpriced)` for each combination that occurs; the field `source` is an engine's slug, too.

    `day` makes a field `day` of the call's moment. Two queries.
    """
    for ledger, called in LEDGERS:
        rows = where.calls(ledger) if day is None else where.calls(ledger).annotate(day=day)
        names = [_of(ledger).get(name, called if name == "source" else name) for name in fields]
        yield from rows.values_list(*names).annotate(
            calls=Count("pk"), paid=Coalesce(Sum("cost"), usd(0)), unpriced=Count("pk", filter=Q(cost=None))
        )


def _of(ledger: Ledger) -> dict[str, str]:
    """Where the ledger has who paid, and for what."""
    if ledger is EngineCall:
        return {"request__user": "payer", "request__consumer": "bought_for"}
    return {"request__user": "request__user", "request__consumer": "request__consumer"}


def requests(where: Where, fields: Sequence[str], day: Combinable | None = None) -> Iterator[tuple[Any, ...]]:
    """`(*fields, requests, USD saved)` for each combination that occurs. One query."""
    rows = where.answered() if day is None else where.answered().annotate(day=day)
    yield from rows.values_list(*fields).annotate(requests=Count("pk"), sum=Sum("saved"))


def saved_by_source(where: Where, fields: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
    """`(*fields, source, USD saved)` of what was reused, the unsaved left out. One query."""
    rows = where.answered().filter(saved__gt=usd(0)).values_list(*fields, "report__parts__source")
    for *keys, source, saved in rows.annotate(sum=Sum("report__parts__paid", filter=OF_OTHERS)):
        if source and saved:
            yield (*keys, source, saved)


def reuse(where: Where, fields: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
    """`(*fields, cache type, hits, misses, USD saved)`: what each request saved, once, where it was found.

    A report that was there; a run that was shared, which is no miss of anything; else the parts of what a run wrote.
    A cache type comes more than once. Two queries.
    """
    rows = where.answered().values_list(*fields, "consumer", "from_cache", "joined")
    for *keys, consumer, from_cache, joined, count, saved in rows.annotate(count=Count("pk"), sum=Sum("saved")):
        if from_cache:
            yield (*keys, report_type(consumer), count, 0, saved)
        elif joined:
            yield (*keys, SHARED_RUN, count, 0, saved)
        else:
            yield (*keys, report_type(consumer), 0, count, NOTHING)
    payers = where.answered().filter(from_cache=False, joined=False, report__parts__isnull=False)
    parts = payers.values_list(*fields, "report__parts__cache_type").annotate(
        hits=Count("report__parts", filter=Q(report__parts__found=True)),
        misses=Count("report__parts", filter=Q(report__parts__found=False)),
        sum=Coalesce(Sum("report__parts__paid", filter=OF_OTHERS), usd(0)),
    )
    yield from parts
