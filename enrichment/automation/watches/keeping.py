"""Watches are made, changed and paused; what a person may say about them is checked here."""

# WatchError
# ├── InvalidWatch   a field's value is not possible; `errors` by field
# ├── WatchedAlready the person watches that company so already; carries the watch
# └── NotNow         what is asked does not fit the state that the watch is in

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrichment import companies, rules
from enrichment.automation.watches import looking
from enrichment.automation.watches.differing import to_json
from enrichment.automation.watches.schedule import BadSchedule, expression, next_slot, zone
from enrichment.companies import NotACompany
from enrichment.models import Company, Watch
from enrichment.models.fields import rounded_up
from enrichment.workflow.asks import Ask, InvalidAsk, Seller, checked
from salesintel.accounts.models import User

MOST = 1_000  # watches of one person


class WatchError(Exception):
    """The watch cannot be so; nothing was changed."""


class InvalidWatch(WatchError):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(words)}" for name, words in errors.items()))
        self.errors = errors


class WatchedAlready(WatchError):
    def __init__(self, watch: Watch) -> None:
        super().__init__("You watch this company for the same purpose already.")
        self.watch = watch


class NotNow(WatchError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAsk:
    """What is to be watched, and how. Costs in USD."""

    company: str
    company_domain: str | None = None
    consumer: str = "profile"
    vendor: str | None = None
    vendor_domain: str | None = None
    role: str = ""
    every: str = "weekly"
    cron: str = ""
    time_zone: str = ""
    free_only: bool = True
    max_cost: Decimal | None = None
    monthly_cost: Decimal | None = None


def keep_an_eye(ask: WatchAsk, *, user: User) -> Watch:
    """Watch the company from now on. What is known already is what the first check is compared with.

    Raises `WatchError` and `AmbiguousCompany`.
    """
    role = _role(ask)
    every = _schedule(ask.every, ask.cron, ask.time_zone or user.time_zone or "UTC")
    try:
        company = companies.resolve(ask.company, domain=ask.company_domain, by=user)
        vendor = companies.resolve(ask.vendor, domain=ask.vendor_domain, by=user) if ask.vendor else None
    except NotACompany as error:
        raise InvalidWatch(
            {"vendor" if error.text in (ask.vendor, ask.vendor_domain) else "company": [str(error)]}
        ) from error
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # so that one form sent twice is one watch
        own = Watch.objects.visible_to(user)
        if (there := own.filter(company=company, vendor=vendor, consumer=ask.consumer, role=role).first()) is not None:
            raise WatchedAlready(there)
        if own.count() >= MOST:
            raise InvalidWatch({"company": [f"You watch {MOST} companies; that is the most. Remove one first."]})
        watch = _new(ask, user, company, vendor, role)
        watch.every, watch.cron, watch.time_zone = every
        watch.next_at = next_slot(*every, after=timezone.now(), key=watch.pk)
        known, now = rules.current().rules, timezone.now()
        seen = looking.look_at(watch, known, at=now)
        watch.seen, watch.seen_sources = to_json(seen.items), looking.sources_to_keep(seen, seen)
        watch.save()
    return watch


def _new(ask: WatchAsk, user: User, company: Company, vendor: Company | None, role: str) -> Watch:
    return Watch(
        user=user,
        company=company,
        vendor=vendor,
        consumer=ask.consumer,
        role=role,
        free_only=ask.free_only,
        max_cost=None if ask.max_cost is None else rounded_up(ask.max_cost),
        monthly_cost=None if ask.monthly_cost is None else rounded_up(ask.monthly_cost),
    )


def _role(ask: WatchAsk) -> str:
    """The role's short name. Raises `InvalidWatch` that names every impossible value."""
    whole = Ask(
        consumer=ask.consumer,
        company=ask.company,
        vendor=ask.vendor,
        seller=Seller(role=ask.role),
        max_cost=ask.max_cost,
    )
    try:
        return checked(whole, rules.current().rules).role
    except InvalidAsk as error:
        raise InvalidWatch(error.errors) from error


def _schedule(every: str, cron: str, time_zone: str) -> tuple[str, str, str]:
    try:
        zone(time_zone)
    except BadSchedule as error:
        raise InvalidWatch({"timeZone": [str(error)]}) from error
    try:
        expression(every, cron)
    except BadSchedule as error:
        raise InvalidWatch({"cron" if every == "cron" else "every": [str(error)]}) from error
    return every, cron if every == "cron" else "", time_zone


@transaction.atomic
def change(watch: Watch, given: Mapping[str, Any]) -> Watch:
    """Change schedule, money or pause; what `given` does not name stays. Raises `InvalidWatch`."""
    row = (
        Watch.objects.select_for_update(of=("self",), no_key=True).select_related("company", "vendor").get(pk=watch.pk)
    )
    was_paused = row.paused
    every = _schedule(given.get("every", row.every), given.get("cron", row.cron), given.get("time_zone", row.time_zone))
    is_moved = every != (row.every, row.cron, row.time_zone)
    row.every, row.cron, row.time_zone = every
    for name in ("free_only", "paused"):
        setattr(row, name, given.get(name, getattr(row, name)))
    for name in ("max_cost", "monthly_cost"):
        if name in given:
            setattr(row, name, None if given[name] is None else rounded_up(given[name]))
    if is_moved or (was_paused and not row.paused):  # what was missed meanwhile is not made up for
        row.next_at = next_slot(*every, after=timezone.now(), key=row.pk)
    row.save()
    return row
