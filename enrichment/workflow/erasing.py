"""Erases a person: they go on the list of whom not to collect, and then out of every row that names them.

First the list, in a transaction of its own that holds the company's row: whatever is recorded from then on is recorded
without them. Then row after row, each in its transaction, so that an erasure that was cut off goes on where it was. A
run that was under way may still write what it had read before; so a person is looked for once more when those runs have
ended, by the watchdog (`Eraser`).
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q

from enrichment import facts, rules
from enrichment.hop import is_away, is_outage
from enrichment.models import CacheEntry, Company, Erasure, Evidence, Fact, Observation, WorkflowRun
from enrichment.models.clock import database_now
from enrichment.people import known, optouts
from enrichment.people.known import Person
from enrichment.people.optouts import Marks, Why
from enrichment.workflow.mentions import Mention, Search, tables, value_of
from salesintel.logs import told
from salesintel.narrowed import certain
from salesintel.privacy.registry import OnErasure, Personal

logger = logging.getLogger(__name__)

KEPT = (Fact, Observation)  # by origin, of each company
EVERY = 30.0  # seconds between two looks for erasures that are under way


def erase(person: Person, *, by: Any = None) -> Erasure:
    """Forget a person, and never collect them again. Returns the line that is left of it."""
    return _erase(person.marks(), person.company, why=Why.ERASED, by=by, known_as=person.id)


def opt_out(person: Marks, *, by: Any = None) -> list[Erasure]:
    """Never collect whoever has these marks, and forget them with all that they are known by. Raises `NoMark`."""
    optouts.add(person, why=Why.ASKED, by=by)
    companies = known.companies_of(person)
    found = [erase(each, by=by) for each in known.like(person, among=companies)]
    done = {each.company_id for each in found}
    rest: list[Company | None] = [company for company in companies if company.pk not in done]
    if not companies:
        rest = [None]
    return found + [_erase(person, company, why=Why.ASKED, by=by) for company in rest]


def _erase(person: Marks, company: Company | None, *, why: str, by: Any, known_as: str = "") -> Erasure:
    begun = _begin(person, company, why, by, known_as)
    purge(begun)
    return begun


@transaction.atomic
def _begin(person: Marks, company: Company | None, why: str, by: Any, known_as: str) -> Erasure:
    if company is not None:  # whoever records an answer about it has read the list before this, or will after it
        Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    optouts.keep(person, why=why, by=by)
    return Erasure.objects.create(
        person=known_as, company=company, identifiers=json.dumps(asdict(person)), by=by, began=database_now()
    )


def purge(erasure: Erasure) -> Counter[str]:
    """Take the person out of every row that names them; rows by table. Ends the erasure when nobody can write them."""
    person = Marks(**{name: tuple(texts) for name, texts in json.loads(erasure.identifiers).items()})
    search = Search(erasure.company_id, person)
    is_last = not _under_way(search, erasure)
    found = forget(search)
    counts = Counter(erasure.counts)
    counts.update(found)
    changed: dict[str, Any] = {"counts": dict(counts)}
    if is_last:
        changed |= {"finished": database_now(), "identifiers": ""}
    Erasure.objects.filter(pk=erasure.pk).update(**changed)
    erasure.refresh_from_db()
    return found


def forget(search: Search, *, among: Iterable[list[Personal]] | None = None) -> Counter[str]:
    """Take whoever is searched for out of every row; rows by table. It does not keep them from coming back.

    `among`: only out of these tables.
    """
    counts: Counter[str] = Counter()
    touched = set(search.companies)
    for columns in tables() if among is None else among:
        for mention in search.rows(columns):
            with transaction.atomic():
                touched |= _forget(search, mention, columns)
            counts[columns[0].model] += 1
    remerge(touched)
    return counts


def _under_way(search: Search, erasure: Erasure) -> bool:
    """Whether runs go on that may have read the person before they were on the list."""
    runs = WorkflowRun.objects.active().filter(created__lte=erasure.began)
    return runs.filter(Q(company__in=search.companies) | Q(vendor__in=search.companies)).exists()


# --- Rows -------------------------------------------------------------------------------------------------------------


def _forget(search: Search, mention: Mention, columns: list[Personal]) -> set[int]:
    """Do what the registry says, to the row as it is by now; returns the companies whose facts are to be made anew."""
    rows = type(mention.row)._base_manager.filter(pk=mention.row.pk)
    row = rows.select_for_update(no_key=True).first()
    if row is None:
        return set()
    changed: dict[str, Any] = {}
    for column in mention.columns:
        match column.on_erasure:
            case OnErasure.ROW:
                return _deleted(row)
            case OnErasure.REMADE:
                return _remade(row)
            case OnErasure.BODY:
                return _emptied(row)
            case OnErasure.ITEM:
                changed[column.field] = mention.blocked.without(value_of(row, column))
            case _:
                changed[column.field] = mention.blocked.redacted(value_of(row, column))
    rows.update(**changed)
    return set()


def _deleted(row: Model) -> set[int]:
    """Delete it; what an item of evidence alone bore goes with it."""
    companies = {getattr(row, "company_id")}  # noqa: B009 - whatever table it is of
    if isinstance(row, Evidence):
        left = Evidence.objects.filter(observations=OuterRef("pk")).exclude(pk=row.pk)
        Observation.objects.filter(evidence=row).exclude(Exists(left)).delete()
    row.delete()
    return companies


def _remade(row: Model) -> set[int]:
    """A fact: made anew from what is left, with the others of its company; one of no dataset any more goes at once."""
    row = certain(row, Fact)
    if row.dataset not in rules.current().rules.datasets:
        row.delete()
    return {row.company_id}


def _emptied(row: Model) -> set[int]:
    """What else a response says stays known, and is not bought again; something derived is made anew when asked for."""
    row = certain(row, CacheEntry)
    if row.source:
        CacheEntry.objects.filter(pk=row.pk).update(body=b"")
    else:
        row.delete()
    return set()


def remerge(companies: Iterable[int]) -> None:
    """Make every fact of these companies anew."""
    today, now = rules.current().rules, database_now()
    for company in sorted(companies):
        held = [set(rows.objects.filter(company=company).values_list("origin", flat=True)) for rows in KEPT]
        for origin in sorted(set().union(*held)):
            with transaction.atomic():
                facts.remerge(company, today.datasets, origin=origin, rules=today, at=now)


# --- What was cut off -------------------------------------------------------------------------------------------------


def resume() -> int:
    """Go on with every erasure that is under way; returns how many were finished.

    One that fails stops none behind it: it is under way still, so it is tried again at the next look. Raises what
    tells that the database is away: an outage at once, the rest (a lock that was waited for too long) at the end.
    """
    finished, away = 0, None
    for key in list(Erasure.objects.filter(finished=None).order_by("began").values_list("pk", flat=True)):
        try:
            finished += _gone_on_with(key)
        except Exception as error:  # whatever is wrong with one, the others are owed theirs
            if is_outage(error):
                raise
            away = error if is_away(error) else away
            logger.error("erasure %s failed, and is tried again: %s", key, told(error))
    if away is not None:
        raise away
    return finished


def _gone_on_with(key: int) -> bool:
    """Whether it is finished now. Read on its own: one whose key is lost cannot even be read."""
    row = Erasure.objects.filter(pk=key, finished=None).first()
    if row is None:
        return False
    purge(row)
    return row.finished is not None


@dataclass(slots=True)
class Eraser:
    """Looks for erasures that are under way twice a minute."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Go on with them if it is time."""
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + EVERY
        if finished := resume():
            logger.info("finished %d erasures", finished)
