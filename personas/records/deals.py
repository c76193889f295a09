"""Writes deals with their stages, the contacts on them and the products that they are about."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from personas.models import Contact, Deal, DealContact, DealStage, Product
from personas.records.companies import Companies
from personas.records.given import ABSENT, DealGiven, Party
from personas.records.saving import (
    Refused,
    Saved,
    by_key,
    check_key,
    hold,
    only,
    reread,
    still_there,
    store,
    taken,
    text,
)
from salesintel.accounts.models import User
from salesintel.walls import acting_for

LONGEST = {"name": 200, "currency": 3, "status": 4, "stage": 80}
MOST = Decimal(10) ** 14  # what the column holds
MOST_STAGES, MOST_PARTIES, MOST_PRODUCTS = 200, 200, 200
Status = Deal.Status


def save_deal(*, owner: User, given: DealGiven) -> Saved[Deal]:
    """Write one deal. Raises `Refused`."""
    return only(save_deals(owner=owner, given=[given]))


@acting_for("owner")
@transaction.atomic
def save_deals(*, owner: User, given: Sequence[DealGiven]) -> list[Saved[Deal] | Refused]:
    """Write deals of `owner`, in the order of `given`; what became of each."""
    hold(owner)
    desk = _Desk(owner, given)
    found = [desk.take(each) for each in given]
    desk.store(found, given)
    return found


@acting_for("deal")
@transaction.atomic
def change_deal(*, deal: Deal, given: DealGiven, by: User) -> Saved[Deal]:
    """Change one that is there. Contacts on it that `by` cannot see stay on it. Raises `Refused`."""
    hold(deal.owner)
    if isinstance(given.parties, tuple):
        given = replace(given, parties=given.parties + _unseen(deal, by))
    row = reread(Deal.objects.all(), deal.pk)
    desk = _Desk(deal.owner, [given])
    saved = desk.change(row, given, is_new=False)
    desk.store([saved], [given])
    return saved


class _Desk:
    """Takes deals one after the other; what belongs to them is written for all together."""

    def __init__(self, owner: User, given: Sequence[DealGiven]) -> None:
        self.owner, self.now = owner, timezone.now()
        self.companies = Companies(owner)
        self.known = by_key(Deal, owner, given)
        self.entered: list[DealStage] = []
        parties = (each.parties for each in given if isinstance(each.parties, tuple))
        self.there = still_there(owner, (party.contact for some in parties for party in some))

    def take(self, given: DealGiven) -> Saved[Deal] | Refused:
        try:
            row = self.known.get(given.key) if given.key else None
            return self.change(row or Deal(owner=self.owner), given, is_new=row is None)
        except Refused as refused:
            return refused

    def change(self, row: Deal, given: DealGiven, *, is_new: bool) -> Saved[Deal]:
        """`row` with what was said of it, not yet stored."""
        check_key(given)
        _check_belongings(given, self.there)
        values = self._values(given)
        if is_new:
            values.setdefault(
                "opened_at", min(self.now, *(at for _, at in given.stages), _at(given.stage_at, self.now))
            )
            if given.key:
                values |= {"external_source": given.external_source, "external_id": given.external_id}
        values |= _closing(row, values, self.now)
        if not values.get("name", row.name):
            raise Refused("name", "A deal has a name.")
        if not is_new:
            values = {name: value for name, value in values.items() if getattr(row, name) != value}
        is_moved = bool(values.get("stage")) and (is_new or "stage" in values)
        before = taken(row, values)
        if is_moved:
            usual = row.opened_at if is_new else self.now
            self._enter(row, row.stage, _at(given.stage_at, usual))
        for stage, at in given.stages:
            self._enter(row, text("stages", stage, LONGEST["stage"]), at)
        if given.key:
            self.known[given.key] = row
        return Saved(row=row, is_new=is_new, before={} if is_new else before)

    def _values(self, given: DealGiven) -> dict[str, Any]:
        said = given.said("amount", "opened_at", "closed_at", *LONGEST)
        values = {name: text(name, value, LONGEST[name]) if name in LONGEST else value for name, value in said.items()}
        if "currency" in values:
            values["currency"] = values["currency"].upper()
        _check(values)
        name, domain = (text("company", each, 253) if isinstance(each, str) else "" for each in (
            given.company_name, given.company_domain))  # fmt: skip
        if given.company_name is not ABSENT or given.company_domain is not ABSENT:
            found = self.companies.of(name=name, domain=domain)
            values["company_id"] = found.pk if found else None
        return values

    def _enter(self, row: Deal, stage: str, at: datetime) -> None:
        self.entered.append(DealStage(owner=self.owner, deal=row, stage=stage, entered_at=at))

    def store(self, found: Sequence[Saved[Deal] | Refused], given: Sequence[DealGiven]) -> None:
        """Write the deals, then what belongs to them."""
        saved = [each for each in found if isinstance(each, Saved)]
        store(Deal, saved)
        kept = {each.row.pk for each in saved}
        stages = [each for each in self.entered if each.deal_id in kept]
        DealStage.objects.bulk_create(stages, ignore_conflicts=True)
        pairs = [(each.row, of) for each, of in zip(found, given, strict=True) if isinstance(each, Saved)]
        _tell(saved, [*_stored(stages), *self._store_parties(pairs)])
        self._store_products(pairs)

    def _store_parties(self, pairs: Sequence[tuple[Deal, DealGiven]]) -> list[DealContact]:
        """Those that are new."""
        named = {deal.pk: given.parties for deal, given in pairs if isinstance(given.parties, tuple)}
        if not named:
            return []
        wanted = {(pk, party.contact.pk): party.role for pk, parties in named.items() for party in parties}
        held = {(row.deal_id, row.contact_id): row for row in DealContact.objects.filter(deal__in=named)}
        gone = [row.pk for key, row in held.items() if key not in wanted]
        DealContact.objects.filter(pk__in=gone).delete()
        new = [
            DealContact(owner=self.owner, deal_id=deal, contact_id=contact, role=role)
            for (deal, contact), role in wanted.items()
            if (deal, contact) not in held
        ]
        DealContact.objects.bulk_create(new)
        other = [row for key, row in held.items() if key in wanted and row.role != wanted[key]]
        for row in other:
            row.role = wanted[row.deal_id, row.contact_id]
        DealContact.objects.bulk_update(other, ["role"])
        return new

    def _store_products(self, pairs: Sequence[tuple[Deal, DealGiven]]) -> None:
        named = {deal.pk: set(given.products) for deal, given in pairs if isinstance(given.products, tuple)}
        if not named:
            return
        names = set().union(*named.values())
        Product.objects.bulk_create([Product(owner=self.owner, name=name) for name in names], ignore_conflicts=True)
        known = dict(Product.objects.filter(owner=self.owner, name__in=names).values_list("name", "pk"))
        for deal, _given in pairs:
            if deal.pk in named:
                deal.products.set([known[name] for name in sorted(named[deal.pk])])


def _stored(stages: Sequence[DealStage]) -> list[DealStage]:
    """Without those that had been entered before."""
    return list(DealStage.objects.filter(pk__in=[each.pk for each in stages])) if stages else []


def _tell(saved: Sequence[Saved[Deal]], belongings: Sequence[DealStage | DealContact]) -> None:
    """Note with each deal that was there before what came to belong to it."""
    by_deal = {each.row.pk: each for each in saved if not each.is_new}
    for row in belongings:
        if row.deal_id in by_deal:
            by_deal[row.deal_id].added.append(row.pk)


def _unseen(deal: Deal, by: User) -> tuple[Party, ...]:
    rows = deal.parties.exclude(contact__in=Contact.objects.visible_to(by)).select_related("contact")
    return tuple(Party(contact=row.contact, role=row.role) for row in rows)


def _at(given: object, usual: datetime) -> datetime:
    return given if isinstance(given, datetime) else usual


def _closing(row: Deal, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`closed_at` as the status wants it. Raises `Refused` where the two contradict each other."""
    status = values.get("status", row.status)
    if status == Status.OPEN:
        if values.get("closed_at") is not None:
            raise Refused("closed_at", "An open deal is not closed: say won or lost, or leave the date out.")
        return {"closed_at": None}
    closed = values.get("closed_at") or row.closed_at or now
    opened = values.get("opened_at", row.opened_at)
    if opened is not None and closed < opened:
        raise Refused("closed_at", "It was closed before it was opened.")
    return {"closed_at": closed}


def _check(values: dict[str, Any]) -> None:
    if values.get("status", Status.OPEN) not in Status.values:
        raise Refused("status", f"“{values['status']}” is none of {', '.join(Status.values)}.")
    currency, amount = values.get("currency", ""), values.get("amount")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Refused("currency", "Give the three letters of ISO 4217, say EUR.")
    if amount is not None and not (amount.is_finite() and 0 <= amount < MOST):
        raise Refused("amount", "Give an amount from 0 on with two decimal places, or none.")
    if amount is not None:
        values["amount"] = amount.quantize(Decimal("0.01"))
    for name in ("opened_at", "closed_at"):
        _check_moment(name, values.get(name))


def _check_moment(name: str, at: datetime | None) -> None:
    if at is not None and (timezone.is_naive(at) or at.year < 1970 or at > timezone.now() + timedelta(days=3650)):
        raise Refused(name, "Give a moment with its time zone, after 1970 and not years ahead.")


def _check_belongings(given: DealGiven, there: Collection[UUID]) -> None:
    parties = given.parties if isinstance(given.parties, tuple) else ()
    products = given.products if isinstance(given.products, tuple) else ()
    if any(party.contact.pk not in there for party in parties):
        raise Refused("contacts", "There is no such contact.")
    if len(parties) > MOST_PARTIES or any(len(party.role) > 60 for party in parties):
        raise Refused("contacts", f"At most {MOST_PARTIES} contacts are on a deal, each with a role of 60 characters.")
    if len(products) > MOST_PRODUCTS or any(not name.strip() or len(name) > 200 for name in products):
        raise Refused("products", f"At most {MOST_PRODUCTS} products, each with a name of up to 200 characters.")
    if len(given.stages) > MOST_STAGES:
        raise Refused("stages", f"At most {MOST_STAGES} stages at once.")
    for _, at in given.stages:
        _check_moment("stages", at)
    if isinstance(given.stage_at, datetime):
        _check_moment("stage_at", given.stage_at)
