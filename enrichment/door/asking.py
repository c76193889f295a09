"""What research would take, and what a consumer needs."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from enrichment import rules
from enrichment.planning.quote import quote
from enrichment.planning.solver import best_plan
from enrichment.workflow import vendor
from enrichment.workflow.asks import Ask, Seller, checked, understand
from enrichment.workflow.engine_price import engine_price
from enrichment.workflow.plans import from_nano, plan_input
from enrichment.workflow.requests import cached_report
from salesintel.accounts.models import User

CONVERSATION = "customer_intelligence"  # the consumer behind a whole preparation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an ask would take now, USD and seconds: its research, its vendor's, and an engine's reading of both.

    `is_held`: no source is asked. `worst` is what it may cost at most, whatever fails and is asked elsewhere.
    """

    is_held: bool
    expected: Decimal
    worst: Decimal
    seconds: float
    datasets: tuple[str, ...]  # what its consumer needs, required ones first
    cap: Decimal | None


def outlook(ask: Ask, *, by: User | None = None) -> Outlook:
    """The price of what `by` asks; buys nothing and keeps nothing. Raises what `request_research` raises."""
    at = timezone.now()
    matter = understand(ask, at=at, by=by, learns=False)
    wish = matter.wish
    needs = sorted(wish.needs, key=lambda need: not need.required)
    given = plan_input(wish, at=at)
    is_held, price = not best_plan(given).calls, quote(given)
    expected = worst = Decimal(0)
    if cached_report(matter, at=at) is not None:
        is_held = True
    else:
        context = vendor.quoted(matter, at=at)
        whole, engine = price.beside(context) if context else price, engine_price()
        expected = from_nano(whole.expected_cost) + engine.expected
        worst = max(from_nano(whole.worst_cost) + engine.worst, expected)
    return Outlook(
        is_held=is_held,
        expected=expected,
        worst=worst if matter.cap is None else min(worst, matter.cap),
        seconds=0.0 if is_held else price.expected_seconds,
        datasets=tuple(need.dataset for need in needs),
        cap=matter.cap,
    )


def labels() -> dict[str, str]:
    """Dataset or source → its name in words."""
    today = rules.current().rules
    sources = {slug: source.label for slug, source in today.sources.items()}
    return sources | {slug: dataset.label for slug, dataset in today.datasets.items()}


def checked_seller(seller: Seller) -> Seller:
    """The seller with the role's short name. Raises `InvalidAsk` for a role that there is not."""
    return checked(Ask(consumer=CONVERSATION, company="any", seller=seller), rules.current().rules)


def datasets_of(consumer: str) -> tuple[str, ...]:
    """What a consumer needs, required ones first; nothing where there is no such consumer."""
    known_rules = rules.current().rules
    if consumer not in known_rules.consumers:
        return ()
    needs = known_rules.requirements(consumer, role="", require=())
    return tuple(need.dataset for need in sorted(needs, key=lambda need: not need.required))
