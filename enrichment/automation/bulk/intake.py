"""A list is taken in: checked as a whole, and kept line by line. Nothing is priced or bought yet."""

from dataclasses import asdict

from django.db import IntegrityError, transaction

from enrichment import companies, rules
from enrichment.automation.bulk.model import MOST_LINES, BulkAsk, InvalidBulk, SameKey, UnreadableList
from enrichment.companies import AmbiguousCompany, NotACompany
from enrichment.models import Bulk, BulkLine, Company
from enrichment.models.fields import rounded_up
from enrichment.workflow.asks import Ask, InvalidAsk, Seller, checked
from salesintel.accounts.models import User


def take_in(ask: BulkAsk, *, user: User, idempotency_key: str | None = None) -> Bulk:
    """Keep the list; the same key of the same user gives the same bulk.

    Raises `BulkError`, and `AmbiguousCompany` for the vendor.
    """
    earlier = _earlier(ask, user, idempotency_key)
    if earlier is not None:
        return earlier
    seller, vendor = _checked(ask, user)
    try:
        with transaction.atomic():
            bulk = Bulk.objects.create(
                user=user,
                idempotency_key=idempotency_key,
                body_hash=ask.body_hash,
                label=ask.label[:200],
                consumer=ask.consumer,
                vendor=vendor,
                seller=asdict(seller),
                require=sorted(set(ask.require)),
                order=ask.order,
                columns=ask.listed.columns,
                cap=None if ask.max_cost is None else rounded_up(ask.max_cost),
            )
            BulkLine.objects.bulk_create(
                BulkLine(
                    bulk=bulk,
                    line=e.line,
                    name=e.name,
                    domain=e.domain,
                    external_id=e.external_id,
                    reason=e.reason,
                )
                for e in ask.listed.entries
            )
    except IntegrityError:
        earlier = _earlier(ask, user, idempotency_key)  # the same key, at the same moment
        if earlier is None:
            raise
        return earlier
    return bulk


def _earlier(ask: BulkAsk, user: User, key: str | None) -> Bulk | None:
    found = Bulk.objects.visible_to(user).filter(idempotency_key=key).first() if key is not None else None
    if found is not None and found.body_hash != ask.body_hash:
        raise SameKey(f"The Idempotency-Key “{key}” was used before, with another body.")
    return found


def _checked(ask: BulkAsk, user: User) -> tuple[Seller, Company | None]:
    """The rep with the role's short name, and the vendor. Raises `BulkError` and `AmbiguousCompany`."""
    if not ask.listed.entries:
        raise UnreadableList("Name at least one company.")
    if len(ask.listed.entries) > MOST_LINES:
        raise UnreadableList(f"One bulk takes at most {MOST_LINES} companies; this one has {len(ask.listed.entries)}.")
    if ask.order not in Bulk.Order.values:
        names = ", ".join(Bulk.Order.values)
        raise InvalidBulk({"order": [f"“{ask.order[:60]}” is no order; choose one of {names}."]})
    whole = Ask(
        consumer=ask.consumer,
        company="any",
        vendor=ask.vendor,
        seller=ask.seller,
        max_cost=ask.max_cost,
        require=ask.require,
    )
    try:
        seller = checked(whole, rules.current().rules)
        vendor = companies.resolve(ask.vendor, domain=ask.vendor_domain, by=user) if ask.vendor else None
    except InvalidAsk as error:
        raise InvalidBulk(error.errors) from error
    except NotACompany as error:
        raise InvalidBulk({"vendor": [str(error)]}) from error
    return seller, vendor


__all__ = ["AmbiguousCompany", "take_in"]
