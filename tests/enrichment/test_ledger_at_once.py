"""Many who buy at the same moment: money, pace and breakers are exact, whoever comes first."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from enrichment import pace, settling
from enrichment.models import Budget, BudgetPeriod, Provider, ProviderState, ResearchRequest, SourceCall
from enrichment.models.clock import database_now
from enrichment.permits import Permit, Refused, Reserved, Wait, Why
from enrichment.settling import Failure
from tests.conftest import Trials
from tests.enrichment import market
from tests.enrichment.market import Deal, at_once, deal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]
PRICE = Decimal("0.02")


def buyers(count: int, *, payer: ResearchRequest | None = None, cap: str | None = None) -> list[Deal]:
    """So many runs, each of a company of its own, that all want the same source; `payer` pays for all of them."""
    source = market.source()
    found = []
    for place in range(count):
        run = market.run(market.company(f"Company {place}", domain=f"c{place}.example"))
        parent = {"parent": payer} if payer else {}
        found.append(Deal(run, market.ask(run, cap=None if cap is None else Decimal(cap), **parent), source))
    return found


def payer_of_many(cap: str) -> ResearchRequest:
    """A request for something else, whose children are to be paid from its cap."""
    return market.ask(market.run(market.company()), cap=Decimal(cap))


def all_reserve(deals: list[Deal]) -> list[Permit]:
    return at_once(len(deals), lambda place: deals[place].reserve())


def tally(permits: list[Permit]) -> Counter[str]:
    return Counter(permit.why if isinstance(permit, Refused) else type(permit).__name__ for permit in permits)


# --- Money ------------------------------------------------------------------------------------------------------------


def test_a_budget_of_five_calls_buys_exactly_five(trials: Trials) -> None:
    budget = Budget.objects.create(limit=5 * PRICE)
    count = trials(short=40, full=80)

    permits = all_reserve(buyers(count))

    assert tally(permits) == {"Reserved": 5, Why.BUDGET: count - 5}
    assert BudgetPeriod.objects.get(budget=budget).reserved == 5 * PRICE


def test_a_cap_that_several_runs_share_is_never_passed(trials: Trials) -> None:
    payer = payer_of_many("0.07")
    count = trials(short=20, full=80)

    permits = all_reserve(buyers(count, payer=payer))

    payer.refresh_from_db()
    assert tally(permits) == {"Reserved": 3, Why.BUDGET: count - 3}
    assert payer.reserved == 3 * PRICE


def test_what_is_freed_buys_again_until_the_cap_is_spent(trials: Trials) -> None:
    """Each buyer tries three times; two calls in three are free in the end, so the money goes round."""
    payer = payer_of_many("0.10")
    deals = buyers(trials(short=8, full=40), payer=payer)

    def trade(place: int) -> Decimal:
        mine, spent = deals[place], Decimal(0)
        for turn in range(3):
            permit = mine.reserve()
            if isinstance(permit, Reserved):
                cost = PRICE if turn == 0 else Decimal(0)
                settling.record_failure(permit, mine.intent(), Failure(words="so it went", cost=cost, counts=False))
                spent += cost
        return spent

    spent = sum(at_once(len(deals), trade), Decimal(0))

    payer.refresh_from_db()
    assert (payer.reserved, payer.spent) == (0, spent)
    assert spent <= Decimal("0.10")


def test_buying_and_settling_under_one_payer_and_one_budget_never_lock_each_other_out(trials: Trials) -> None:
    """A customer's run and its vendor's share a payer: one settles while the other reserves."""
    Budget.objects.create(limit=Decimal(1000))
    Budget.objects.create(limit=Decimal(1000), period=Budget.Period.DAY)
    payer = payer_of_many("100")
    deals, turns = buyers(6, payer=payer), trials(short=6, full=60)

    def trade(place: int) -> int:
        mine = deals[place]
        for _ in range(turns):
            failure = Failure(words="paid for nothing", cost=PRICE, counts=False)
            settling.record_failure(mine.reserved(), mine.intent(), failure)
        return turns

    paid = sum(at_once(len(deals), trade)) * PRICE

    payer.refresh_from_db()
    assert (payer.reserved, payer.spent) == (0, paid)
    assert [(row.reserved, row.spent) for row in BudgetPeriod.objects.all()] == [(0, paid), (0, paid)]


def test_a_run_and_its_vendors_run_never_lock_each_other_out(trials: Trials) -> None:
    """They share a payer, and the one refers to the other, which the database checks as it commits."""
    source = market.source()
    vendors = market.run(market.company("Okta", domain="okta.com"))
    own = market.run(market.company(), vendor_run=vendors)
    payer = market.ask(own, cap=Decimal(100))
    deals = [Deal(own, payer, source), Deal(vendors, market.ask(vendors, parent=payer), source)]
    turns = trials(short=20, full=200)

    def trade(place: int) -> None:
        mine = deals[place]
        for _ in range(turns):
            failure = Failure(words="paid for nothing", cost=PRICE, counts=False)
            settling.record_failure(mine.reserved(), mine.intent(), failure)

    at_once(2, trade)

    payer.refresh_from_db()
    assert (payer.reserved, payer.spent) == (0, 2 * turns * PRICE)


def test_one_answer_for_many_runs_of_one_company_is_bought_once(trials: Trials) -> None:
    source, acme = market.source(), market.company()
    deals = [deal(of=source, on=acme) for _ in range(trials(short=20, full=80))]

    permits = all_reserve(deals)

    assert tally(permits) == {"Reserved": 1, "Wait": len(deals) - 1}
    assert SourceCall.objects.count() == 1


# --- Pace -------------------------------------------------------------------------------------------------------------


def test_no_more_calls_are_under_way_than_a_provider_bears(trials: Trials) -> None:
    deals = buyers(trials(short=16, full=80))
    Provider.objects.update(concurrency=3)

    permits = all_reserve(deals)

    assert tally(permits) == {"Reserved": 3, "Wait": len(deals) - 3}
    assert {permit.seconds for permit in permits if isinstance(permit, Wait)} == {pace.BUSY_WAIT}


def test_no_more_tokens_are_taken_than_there_are(trials: Trials) -> None:
    market.provider(requests_per_minute=6)  # one token, and the next in ten seconds

    waits = at_once(trials(short=16, full=80), lambda _: pace.take("serpapi"))

    assert waits.count(0.0) == 1
    assert all(5 < seconds <= 10 for seconds in waits if seconds)


def test_a_breaker_that_is_half_open_lets_one_try(trials: Trials) -> None:
    deals = buyers(trials(short=16, full=80))
    ProviderState.objects.create(
        provider=deals[0].source.provider, failures=5, open_until=database_now() - timedelta(seconds=1)
    )

    permits = all_reserve(deals)

    assert tally(permits) == {"Reserved": 1, Why.PAUSED: len(deals) - 1}


def test_failures_at_once_are_all_counted(trials: Trials) -> None:
    deals = buyers(trials(short=12, full=60))
    permits = [each.reserved() for each in deals]

    at_once(
        len(deals),
        lambda place: settling.record_failure(permits[place], deals[place].intent(), Failure(words="503")),
    )

    assert ProviderState.objects.get().failures == len(deals)
