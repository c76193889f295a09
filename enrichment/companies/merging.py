"""Two companies that turn out to be one: all that hangs on the one goes over to the other.

`splitting` takes them apart again, by what is recorded here.
"""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, TextField
from django.utils import timezone

from enrichment.models import CacheEntry, Company, CompanyAlias, CompanyMerge
from salesintel.prepared import Gap, Prepared

OF_DOMAIN = Prepared(
    lambda: Company.objects.filter(domain=Gap("domain", TextField())).order_by(
        F("merged_into").asc(nulls_first=True), "pk"
    )[:1]
)
Moved = dict[str, list[str]]  # "app.model.field" → primary keys


def canonical(company: Company) -> Company:
    """The company that `company` turned out to be: itself unless it was merged. Follows chains of merges."""
    seen = {company.pk}
    while (successor := company.merged_into) is not None and successor.pk not in seen:
        seen.add(successor.pk)
        company = successor
    return company


def by_domain(domain: str) -> Company | None:
    """The company that has the registrable `domain`, as its own or as one learned."""
    company = OF_DOMAIN.first(domain=domain)
    if company is None:
        alias = CompanyAlias.objects.filter(kind=CompanyAlias.Kind.DOMAIN, key=domain).order_by("id").first()
        company = alias.company if alias else None
    return canonical(company) if company else None


def absorb(company: Company, *, into: Company, learned_from: str, by: Any = None, reason: str = "") -> Company:
    """Make `company` the same as `into`, in the caller's transaction; returns the one that is left.

    Every row that points to `company` points to `into` from now on, whatever its table: aliases, runs, requests, calls,
    cache entries, observations, evidence, facts, corrections, reports. Two kinds of rows stay behind: one that would
    collide with a row that `into` has already (its fact, its alias, its correction), and one that another transaction
    is just writing; the latter follow when this is called again (`follow`). `CompanyMerge` keeps what moved and what
    was. A company without a domain takes that of the one that it absorbs.

    Responses keep the key of the company that they were asked for, so that they find back to it; of two of one source
    the newer speaks. Facts of `into` are those of before: fold its observations again. Derived cache entries of both go
    stale. Both take the greater `data_epoch`, so that an answer asked for before either's last erasure is not kept.
    """
    with transaction.atomic():
        lock(company, into)
        left, absorbed = canonical(into), canonical(company)
        who = {"learned_from": learned_from, "by": by, "reason": reason}
        if absorbed == left:
            _record(company, left, was={}, moved=_moved(company, left), **who)
            return left
        was = {
            str(each.pk): {name: getattr(each, name) for name in ("domain", "provisional_key", "data_epoch")}
            for each in (absorbed, left)
        }
        _unite(absorbed, left)
        CacheEntry.objects.filter(company__in=[absorbed, left], source="").go_stale(timezone.now())
        _record(absorbed, left, was=was, moved=_moved(absorbed, left), **who)
    return left


def follow(merge: CompanyMerge) -> Moved:
    """Send after what was written for the absorbed company since, or was being written then; returns what went over.

    Nothing where the two were taken apart meanwhile.
    """
    with transaction.atomic():
        lock(merge.absorbed, merge.into)
        if merge.absorbed.merged_into_id is None:
            return {}
        left = canonical(merge.absorbed)
        moved = _moved(merge.absorbed, left)
        _record(merge.absorbed, left, was={}, moved=moved, learned_from=merge.learned_from)
    return moved


def lock(*companies: Company) -> None:
    """Hold the rows, always in the order of their ids, and read them again."""
    keys = {each.pk for company in companies for each in (company, canonical(company))}
    list(Company.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    for company in companies:
        company.refresh_from_db()


def _unite(absorbed: Company, left: Company) -> None:
    epoch = max(absorbed.data_epoch, left.data_epoch)
    absorbed.merged_into, absorbed.provisional_key, absorbed.data_epoch = left, None, epoch
    absorbed.save(update_fields=["merged_into", "provisional_key", "data_epoch"])
    left.data_epoch = epoch
    if not left.domain and absorbed.domain:
        left.domain, left.provisional_key = absorbed.domain, None
        left.unconfirmed, left.given_by_id = absorbed.unconfirmed, absorbed.given_by_id
    if left.private and not absorbed.private:  # what others know of is part of it by now
        left.private, left.unconfirmed, left.given_by_id = False, False, None
    left.save(update_fields=["data_epoch", "domain", "provisional_key", "unconfirmed", "given_by", "private"])


def _record(absorbed: Company, left: Company, *, was: dict[str, Any], moved: Moved, **who: Any) -> None:
    if was or moved:
        CompanyMerge.objects.create(absorbed=absorbed, into=left, moved=moved, was=was, **who)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _moved(absorbed: Company, left: Company) -> Moved:
    """Point to `left` whatever points to `absorbed`; returns what was moved."""
    if absorbed == left:
        return {}
    moved = {label_of(field): repoint(field, absorbed, left) for field in pointers()}
    return {label: keys for label, keys in moved.items() if keys}


def pointers() -> Iterator["models.ForeignKey[Any, Any]"]:
    """Every foreign key to a company in any table, but those that tell of merges."""
    for relation in Company._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in {Company, CompanyMerge}:
            yield relation.field


def label_of(field: "models.ForeignKey[Any, Any]") -> str:
    """As `CompanyMerge.moved` names it."""
    return f"{field.model._meta.label_lower}.{field.name}"


def repoint(
    field: "models.ForeignKey[Any, Any]", absorbed: Company, left: Company, *, only: Q | None = None
) -> list[str]:
    """Point to `left` what points to `absorbed` there, but what collides or is being written; returns their keys."""
    rows = field.model._base_manager.filter(only or Q(), **{field.name: absorbed})
    # Who waits here for a row may be waited for in turn: every run's recording holds rows of its own.
    keys = list(rows.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    if _all_repointed(field, keys, left):
        return [str(key) for key in keys]
    return [str(key) for key in keys if _all_repointed(field, [key], left)]


def _all_repointed(field: "models.ForeignKey[Any, Any]", keys: list[Any], left: Company) -> bool:
    """Whether the rows could be moved; none is where one of them collides with a row of `left`."""
    if not keys:
        return True
    try:
        with transaction.atomic():
            field.model._base_manager.filter(pk__in=keys).update(**{field.name: left})
    except IntegrityError:
        return False
    return True
