"""R17: random sequences of everything that may happen to runs, held against what must be true after every one of them.

A sequence is one transaction of the test's own, undone at its end; what it does are the engine's transactions as
savepoints, in any order that the world may bring: thousands of lives take minutes.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from enrichment import cache
from enrichment.models import (
    UNTIL_RESUMED,
    Company,
    Fill,
    LeaseLost,
    ProviderState,
    ResearchRequest,
    SourceCall,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.workflow import leases
from enrichment.workflow.leases import Lease
from enrichment.workflow.pauses import NotNow, pause, resume
from enrichment.workflow.requests import Ask, Seller, Unaffordable, cancel, request_research
from enrichment.workflow.retries import FROM, retry
from salesintel.accounts.models import User
from tests.reliability import promises
from tests.reliability.drivers import Broken, How, Life, Market, begun

NEEDS = {"news": ["recent_news"], "people": ["key_contacts"], "both": ["recent_news", "key_contacts"]}
COMPANIES = (("Acme Corp", "acmecorp.com"), ("Globex", "globex.example"))
CAPS = (None, Decimal("0.03"), Decimal("0.13"))
LIMIT = Decimal("0.50")  # USD, of a budget that everything falls under
MOST_REQUESTS = 4
STEPS = 20  # of a sequence, each of up to eight transactions
ROUNDS = 40  # in which every run must have ended once nothing is in its way

tally: Counter[str] = Counter()  # what all sequences so far add up to
some = st.integers(min_value=0, max_value=7)


class Lives(RuleBasedStateMachine):
    """Two companies, three consumers, any number of drivers: some alive, some dead, some that do not know it yet.

    Whether a rule is drawn depends on what was drawn before and on nothing else: what has come true may depend on the
    clock, and a search that finds its own sequences changed gives up. A rule for which there is nobody does nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.market = Market()
        self.drivers: list[tuple[Lease, Life]] = []
        self.asked = self.started = 0
        self.requests: list[ResearchRequest] = []
        self.ended: dict[str, str] = {}
        self.user = User.objects.get()
        tally["sequences"] += 1

    def teardown(self) -> None:
        try:
            self._let_all_end()
        finally:
            transaction.set_rollback(True)
            self.all_of_it.__exit__(None, None, None)

    # --- People -------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.asked < MOST_REQUESTS)
    @rule(
        company=st.sampled_from(COMPANIES),
        consumer=st.sampled_from(list(NEEDS)),
        cap=st.sampled_from(CAPS),
        refresh=st.booleans(),
        role=st.sampled_from(["AE", "SE"]),
    )
    def ask(self, company: tuple[str, str], consumer: str, cap: Decimal | None, refresh: bool, role: str) -> None:
        """Ask, and a second time with the same key, as a client does that heard no answer."""
        name, domain = company
        seller = Seller(name="Taylor", role=role, segment="Mid-Market", region="EMEA")
        ask = Ask(consumer=consumer, company=name, company_domain=domain, seller=seller, max_cost=cap, refresh=refresh)
        self.asked += 1
        key = f"ask {self.asked}"
        with committed(), suppress(Unaffordable):
            request = request_research(ask, user=self.user, idempotency_key=key)
            if request_research(ask, user=self.user, idempotency_key=key) != request:
                raise Broken("the same ask made two requests")
            self.requests.append(request)
        self.what_must_be_true()

    @precondition(lambda self: self.asked)
    @rule(which=some)
    def cancel(self, which: int) -> None:
        if not self.requests:
            return
        with committed():
            cancel(ResearchRequest.objects.get(pk=self.requests[which % len(self.requests)].pk))
        self.what_must_be_true()

    @precondition(lambda self: self.asked)
    @rule(which=some, seconds=st.sampled_from([None, 5, 3600]))
    def pause(self, which: int, seconds: int | None) -> None:
        """Pause a request until it is resumed, or for a while."""
        if not self.requests:
            return
        until = None if seconds is None else database_now() + timedelta(seconds=seconds)
        with committed(), suppress(NotNow):
            pause(self.requests[which % len(self.requests)], until=until)
        self.what_must_be_true()

    @precondition(lambda self: self.asked)
    @rule(which=some)
    def resume(self, which: int) -> None:
        if not self.requests:
            return
        with committed(), suppress(NotNow):
            resume(self.requests[which % len(self.requests)])
        self.what_must_be_true()

    @precondition(lambda self: self.asked)
    @rule(which=some, step=st.sampled_from([None, *FROM]))
    def retry(self, which: int, step: str | None) -> None:
        """Try again what has ended: its run has not, from then on."""
        if not self.requests:
            return
        request = self.requests[which % len(self.requests)]
        with committed(), suppress(NotNow):
            retry(request, step=step)
            tally["retries"] += 1
            self.ended.pop(
                promises.hex_of(ResearchRequest.objects.values_list("run", flat=True).get(pk=request.pk)), ""
            )
        self.what_must_be_true()

    @rule(which=st.sampled_from(COMPANIES))
    def erase(self, which: tuple[str, str]) -> None:
        company = Company.objects.get(domain=which[1])
        with committed():
            cache.invalidate(company, at=database_now())
        self.market.forget(company.pk)

    # --- Drivers ------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.asked)
    @rule(limit=st.integers(min_value=1, max_value=3))
    def start(self, limit: int) -> None:
        """A driver takes what is due."""
        self.started += 1
        with committed():
            self.drivers += [(lease, begun(lease, self.market)) for lease in leases.take(limit)]
        self.what_must_be_true()  # taking ends runs, too: those that killed their drivers

    @precondition(lambda self: self.started)
    @rule(which=some, hows=st.lists(st.sampled_from(How), min_size=1, max_size=8))
    def go_on(self, which: int, hows: list[How]) -> None:
        """One driver makes its next transactions, as long as the world lets it."""
        for how in hows:
            if self.drivers:
                self._step(self.drivers[which % len(self.drivers)], how)

    @precondition(lambda self: self.started)
    @rule(which=some)
    def die(self, which: int) -> None:
        if self.drivers:
            self.drivers.pop(which % len(self.drivers))

    @precondition(lambda self: self.started)
    @rule(which=some, died=st.booleans())
    def hand_back(self, which: int, died: bool) -> None:
        """A driver ends in good order, or by an error of its own."""
        if not self.drivers:
            return
        lease, _ = self.drivers.pop(which % len(self.drivers))
        with committed():
            leases.hand_back(lease, died=died)
        self.what_must_be_true()

    @precondition(lambda self: self.started)
    @rule()
    def renew(self) -> None:
        with committed():
            leases.renew([lease for lease, _ in self.drivers])

    def _step(self, driver: tuple[Lease, Life], how: How) -> None:
        tally["transactions"] += 1
        try:
            with committed():
                driver[1].send(how)
        except (StopIteration, LeaseLost):
            self.drivers.remove(driver)
        self.what_must_be_true()

    # --- Time ---------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.asked)
    @rule(long=st.booleans())
    def let_time_pass(self, long: bool) -> None:
        """Leases on runs end and parked runs wake; in a long time calls, fills and pauses are over, too."""
        past = database_now() - timedelta(seconds=1)
        WorkflowRun.objects.active().exclude(lease_until=None).update(lease_until=past)
        WorkflowRun.objects.active().update(wake_at=past)
        if long:
            SourceCall.objects.filter(status=SourceCall.Status.INTENT).update(lease_until=past)
            Fill.objects.update(lease_until=cache.LONG_AGO)
            ProviderState.objects.update(open_until=None, paused_until=None, failures=0)
            ResearchRequest.objects.filter(paused_until__lt=UNTIL_RESUMED).update(paused_until=past)

    def _let_all_end(self) -> None:
        """Nothing is in the way any more: whoever is dead stays so, and one driver after the other does its best."""
        self.drivers.clear()
        for which in range(len(self.requests)):
            self.resume(which)
        for _ in range(ROUNDS):
            if not WorkflowRun.objects.active().exists():
                break
            self.let_time_pass(long=True)
            self.start(limit=8)
            while self.drivers:
                self._step(self.drivers[0], How.WELL)
        promises.all_is_over()

    # --- What must be true --------------------------------------------------------------------------------------------

    def what_must_be_true(self) -> None:
        promises.hold(self.market, self.ended)


@contextmanager
def committed() -> Iterator[None]:
    """Do afterwards what waits for the commit: the sequence's own transaction never commits."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
