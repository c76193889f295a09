"""An editor says that two companies are one, or that they are not: tried first, done, and undone.

Nothing is lost by either. Whoever was erased at one of them, or opted out, is erased at the other, too, and stays so.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import transaction

from enrichment import companies, facts, rules
from enrichment.companies.learning import Kind
from enrichment.companies.merging import label_of, pointers
from enrichment.models import Company, CompanyMerge, Correction, Fact, Observation
from enrichment.models.clock import database_now
from enrichment.people import known, optouts
from enrichment.people.blocked import Blocked
from enrichment.people.optouts import Marks
from enrichment.rules import live
from enrichment.workflow import erasing
from enrichment.workflow.mentions import Search, tables
from salesintel import audit

RIGHT = "enrichment.merge_companies"
PERSON = "person"
EVERY = 30.0  # seconds between two looks for rows that were being written during a merge
FOLLOWED = timedelta(hours=1)  # after a merge; no run that read who it is about takes longer to write it

logger = logging.getLogger(__name__)


class SameCompany(ValueError):
    """The two are one company already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Rows of one table. `stays`: rows that hang on the one still, since the other has its own of them."""

    what: str
    moves: int
    stays: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a merge or a split does, or did: `company` is the one that is absorbed or set free, `of` the other."""

    company: Company
    of: Company
    lines: tuple[Line, ...]
    is_tried: bool  # nothing was written


@transaction.atomic
def merge(company: Company, *, into: Company, by: Any = None, reason: str = "", is_trial: bool = False) -> Change:
    """Make `company` part of `into`; a trial says what would move, and moves nothing. Raises `SameCompany`.

    What `company` was called finds `into` from now on; facts are made anew of what is said of both.
    """
    gone, left = (companies.canonical(Company.objects.get(pk=each.pk)) for each in (company, into))
    if gone == left:
        raise SameCompany(f"{company.name} and {into.name} are one company already.")
    with transaction.atomic():
        people = len(known.at(gone))
        # By these whoever was erased there is recognised; so they have to go over, too.
        companies.learn_alias(gone, gone.name, learned_from=PERSON)
        companies.learn_alias(gone, gone.domain or "", kind=Kind.DOMAIN, learned_from=PERSON)
        companies.absorb(gone, into=left, learned_from=PERSON, by=by, reason=reason)
        companies.confirm(left)
        _erase_again(left)
        _facts_anew(left)
        moved = CompanyMerge.objects.filter(absorbed=gone, into=left).latest("pk").moved
        lines = tuple(_lines(moved, people=people, left_behind=gone))
        audit.record("merge", gone, counts=_counts(lines), user=by.pk if by else None)
        if is_trial:
            transaction.set_rollback(True)
    return _changed(gone, left, lines, is_trial=is_trial)


@transaction.atomic
def split(company: Company, *, by: Any = None, is_trial: bool = False) -> Change:
    """Undo the merge of `company` into another one; a trial says what would go back. Raises `companies.NotMerged`."""
    with transaction.atomic():
        left, moved = companies.split_off(company, by=by)
        _facts_anew(company, left)
        lines = tuple(_lines(moved, people=len(known.at(company))))
        audit.record("split", company, counts=_counts(lines), user=by.pk if by else None)
        if is_trial:
            transaction.set_rollback(True)
    return _changed(company, left, lines, is_trial=is_trial)


def merged_into(company: Company) -> list[CompanyMerge]:
    """The merges that `company` is made of and that can be undone, newest first."""
    rows = CompanyMerge.objects.filter(into=company, undone=None, absorbed__merged_into=company).exclude(was={})
    return list(rows.select_related("absorbed", "by"))


def _facts_anew(*of: Company) -> None:
    """Every fact anew, of each origin that the companies are known by; pinned values hold where the product runs."""
    today, now = rules.current().rules, database_now()
    for company in sorted(of, key=lambda each: each.pk):
        origins = {
            origin
            for rows in (Fact, Observation)
            for origin in rows.objects.filter(company=company).order_by().values_list("origin", flat=True).distinct()
        }
        if Correction.objects.filter(company=company, withdrawn=None).exists():
            origins.add(live.origin())
        for origin in sorted(origins):
            facts.remerge(company.pk, today.datasets, origin=origin, rules=today, at=now)


def _changed(company: Company, of: Company, lines: tuple[Line, ...], *, is_trial: bool) -> Change:
    for each in (company, of):
        each.refresh_from_db()
    return Change(company=company, of=of, lines=lines, is_tried=is_trial)


def _lines(moved: Mapping[str, list[str]], *, people: int, left_behind: Company | None = None) -> Iterator[Line]:
    """What moves, table by table; people are counted among the observations they are known from, too."""
    for pointer in pointers():
        label, stays = label_of(pointer), 0
        if left_behind is not None:
            stays = pointer.model._base_manager.filter(**{pointer.name: left_behind}).count()
        moves = len(moved.get(label, ()))
        if moves or stays:
            yield Line(what=_called(label), moves=moves, stays=stays)
    if people:
        yield Line(what="people", moves=people)


def _counts(lines: Iterable[Line]) -> dict[str, int]:
    return {line.what: line.moves for line in lines if line.moves}


def _called(label: str) -> str:
    """The rows behind a pointer, in words: "evidence", "reports as vendor"."""
    model, _, name = label.rpartition(".")
    words = WORDS.get(model) or str(apps.get_model(model)._meta.verbose_name_plural)
    return words if name == "company" else f"{words} as {name}"


WORDS = {
    "enrichment.companyalias": "names and domains",
    "enrichment.workflowrun": "runs",
    "enrichment.researchrequest": "requests",
    "enrichment.sourcecall": "calls",
    "enrichment.cacheentry": "responses and kept answers",
}


# --- Whom we must not know --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptedOut(Search):
    """Looks for everybody on the list whose names count at the company."""

    person: Marks = field(default_factory=Marks)

    @cached_property
    def blocked(self) -> Blocked:
        return optouts.blocked(self.companies)


def _erase_again(company: Company) -> None:
    """Take out of what came over whoever was erased, or opted out, at either company."""
    search = OptedOut(company.pk)
    if search.blocked:
        erasing.forget(search, among=[columns for columns in tables() if columns[0].companies])


# --- What was being written during a merge ----------------------------------------------------------------------------


@dataclass(slots=True)
class Follower:
    """Sends after a merge what others were writing for the absorbed company meanwhile; looks twice a minute."""

    due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Look if it is time."""
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + EVERY
        if moved := follow():
            logger.info("%d rows followed a merge of companies", moved)


def follow() -> int:
    """Send after the merges of the last hour what was written since; returns how many rows went over."""
    count = 0
    recent = CompanyMerge.objects.filter(created__gt=database_now() - FOLLOWED, undone=None).exclude(was={})
    for row in recent.select_related("absorbed", "into").order_by("pk"):
        with transaction.atomic():
            moved = companies.follow(row)
            if moved:
                left = companies.canonical(row.absorbed)
                _erase_again(left)
                _facts_anew(left)
        count += sum(map(len, moved.values()))
    return count
