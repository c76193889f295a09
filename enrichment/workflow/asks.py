"""What is asked, and what that means by the rules of this moment: companies, role, cap, keys. Starts nothing."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from enrichment import cache, companies, rules
from enrichment.models import Company, DataConsumer, RulesVersion
from enrichment.models.fields import rounded_up
from enrichment.rules import live, trials
from enrichment.rules.model import ConsumerRule, Rules
from enrichment.rules.snapshot import Snapshot
from enrichment.rules.trials import Arm
from enrichment.workflow import strategies
from enrichment.workflow.keys import Subject, engines_digest
from enrichment.workflow.plans import Wish
from salesintel.accounts.models import User

# --- Errors -----------------------------------------------------------------------------------------------------------
# RequestError
# ├── InvalidAsk            a field's value is not possible; `errors` by field
# ├── IdempotencyMismatch   the key was used before, with another body
# └── Unaffordable          the cap is below the cheapest plan; `needed` USD
#     └── BudgetSpent       what a budget leaves is; `left` USD until `resets`


class RequestError(Exception):
    """The ask cannot be granted; nothing was started."""


class InvalidAsk(RequestError):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(words)}" for name, words in errors.items()))
        self.errors = errors


class IdempotencyMismatch(RequestError):
    pass


class Unaffordable(RequestError):
    def __init__(self, message: str, *, needed: Decimal) -> None:
        super().__init__(message)
        self.needed = needed


class BudgetSpent(Unaffordable):
    def __init__(self, message: str, *, needed: Decimal, left: Decimal, resets: datetime) -> None:
        super().__init__(message, needed=needed)
        self.left = left
        self.resets = resets


# --- What is asked ----------------------------------------------------------------------------------------------------

LONGEST_NAME = 200  # characters of a company's name, domain or URL
LONGEST_WORD = 60  # characters of a role, segment or region
OLDEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """The rep: name, role (long or short), segment, region. Only the request holds the name."""

    name: str = ""
    role: str = ""
    segment: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One ask. `company` and `vendor` are names, domains or URLs of any spelling; a domain settles ambiguity."""

    consumer: str
    company: str
    company_domain: str | None = None
    vendor: str | None = None
    vendor_domain: str | None = None
    seller: Seller = Seller()
    refresh: bool = False
    max_cost: Decimal | None = None
    max_age: timedelta | None = None
    require: tuple[str, ...] = ()
    strategy: str | None = None  # enhanced, legacy or hybrid; None: the consumer's own, or its variant's

    @property
    def body_hash(self) -> str:
        return cache.digest("ask", json.dumps(asdict(self), default=str, sort_keys=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An ask, understood: its companies, its rules and its keys."""

    snapshot: Snapshot
    consumer: ConsumerRule
    company: Company
    vendor: Company | None
    seller: Seller
    subject: Subject  # its strategy is the one that was asked for
    strategy: str  # the one in force for this company: enhanced or legacy
    cap: Decimal | None
    not_before: datetime | None
    refresh: bool
    arm: Arm | None = None  # of the experiment that the company takes part in; the snapshot is then its variant's
    ordinary: str = ""  # key of the report by the rules of today, where that is another one

    @property
    def work_key(self) -> str:
        return self.subject.work_key(refresh=self.refresh, not_before=None if self.refresh else self.not_before)

    @property
    def wish(self) -> Wish:
        return Wish(
            rules=self.snapshot.rules,
            consumer=self.consumer.slug,
            company=self.company,
            origin=self.subject.origin,
            role=self.subject.role,
            require=self.subject.require,
            not_before=self.not_before,
            budget=self.cap,
            seconds=self.consumer.max_wait.total_seconds(),
            strategy=self.strategy,
            switched_on=self.arm.switched_on if self.arm else frozenset(),
        )


def understand(
    ask: Ask, *, at: datetime, by: User | None = None, in_experiment: bool = True, learns: bool = True
) -> Matter:
    """Resolve names as `by` means them, role and rules. Raises `InvalidAsk`, and `AmbiguousCompany` with candidates.

    While an experiment runs for the consumer, the rules are those of the company's variant; never for who names a
    strategy, or asks for rules of their own (not `in_experiment`). Who only asks for a price teaches no company its
    domain (not `learns`).
    """
    version = RulesVersion.now()
    today = rules.current(version)
    seller = checked(ask, today.rules)
    company = companies.resolve(ask.company, domain=ask.company_domain, by=by, learns=learns)
    vendor = companies.resolve(ask.vendor, domain=ask.vendor_domain, by=by, learns=learns) if ask.vendor else None
    origin = live.origin(version)
    takes_part = in_experiment and ask.strategy is None
    arm = trials.arm_of(ask.consumer, company.pk, at=at, version=version) if takes_part else None
    snapshot = arm.snapshot if arm else today
    consumer = snapshot.rules.consumers[ask.consumer]
    subject = Subject(
        consumer=consumer.slug,
        company=company.pk,
        vendor=vendor.pk if vendor else None,
        role=seller.role,
        segment=seller.segment,
        region=seller.region,
        strategy=ask.strategy or consumer.strategy,
        require=tuple(sorted(set(ask.require))),
        origin=origin,
        rules=snapshot.digest,
        engines=engines_digest(snapshot.rules, version),
        providers=live.providers(origin, version),
    )
    return Matter(
        snapshot=snapshot,
        consumer=consumer,
        company=company,
        vendor=vendor,
        seller=seller,
        subject=subject,
        strategy=strategies.in_force(subject),
        cap=consumer.max_cost if ask.max_cost is None else rounded_up(ask.max_cost),
        not_before=at if ask.refresh else (at - ask.max_age if ask.max_age is not None else None),
        refresh=ask.refresh,
        arm=arm,
        ordinary=_by(today, subject).report_key if snapshot is not today else "",
    )


def _by(snapshot: Snapshot, subject: Subject) -> Subject:
    """The same subject by other rules."""
    strategy = snapshot.rules.consumers[subject.consumer].strategy
    return replace(subject, rules=snapshot.digest, strategy=strategy)


def checked(ask: Ask, known: Rules) -> Seller:
    """The ask's seller with the role's short name. Raises `InvalidAsk` that names every impossible value."""
    errors: dict[str, list[str]] = {}
    if ask.consumer not in known.consumers:
        errors["consumer"] = [f"“{ask.consumer}” is no consumer; choose one of {', '.join(sorted(known.consumers))}."]
    role = known.role(ask.seller.role) if ask.seller.role else None
    if ask.seller.role and role is None:
        names = ", ".join(f"{r.slug} ({r.long_name})" for r in known.roles.values())
        errors["role"] = [f"“{ask.seller.role}” is no role; choose one of {names}."]
    unknown = [slug for slug in ask.require if slug not in known.datasets]
    if unknown:
        errors["require"] = [f"“{unknown[0]}” is no dataset; choose from {', '.join(sorted(known.datasets))}."]
    if ask.strategy is not None and ask.strategy not in DataConsumer.Strategy.values:
        names = ", ".join(DataConsumer.Strategy.values)
        errors["strategy"] = [f"“{ask.strategy}” is no strategy; choose one of {names}, or leave it out."]
    if ask.max_cost is not None and not (ask.max_cost.is_finite() and 0 <= ask.max_cost < 10**6):
        errors["maxCost"] = [f"{ask.max_cost} is not between 0 and 1,000,000 USD."]
    if ask.max_age is not None and not timedelta(0) <= ask.max_age <= OLDEST:
        errors["maxAge"] = [
            f"{ask.max_age.total_seconds():g} is not between 0 and {OLDEST.total_seconds():.0f} seconds."
        ]
    if not ask.company.strip():
        errors["company"] = ["Name a company, its domain or its URL."]
    named, said = (("company", ask.company), ("vendor", ask.vendor)), asdict(ask.seller).items()
    errors |= {
        field: [f"A name, domain or URL has at most {LONGEST_NAME} characters."]
        for field, text in named
        if len(text or "") > LONGEST_NAME
    }
    errors |= {
        field: [f"It has at most {LONGEST_WORD} characters."]
        for field, text in said
        if field != "name" and len(text) > LONGEST_WORD
    }
    if errors:
        raise InvalidAsk(errors)
    return replace(ask.seller, role=role.slug if role else "")
