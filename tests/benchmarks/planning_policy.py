"""The cheapest way to buy, one call at a time, that any foresight allows: what the fallback policy is measured against.

Written from the definition alone: of a plan, the docstring of `enrichment.planning.model`; of a run,
that of `enrichment.planning.outcomes`. It shares no thought with the planner.

A *policy* asks one source after another, sees after each whether the answer is usable, and may stop whenever none of
the sources that it could still ask, their answers all usable, would lower the shortfall of a required dataset or of an
optional one. So it gives up nothing that the run of a plan does not give up, and in every case both end with the same
shortfalls: only what they pay differs. The *optimum* is the policy whose expected price is least; every policy is
considered, so it is found by dynamic programming over who answered and who failed, 3**n situations for n sources.

That is one number only while nothing but money and needs decides: no budget, no deadline, no
redundancy rule.
"""

import math
from collections.abc import Iterator, Sequence, Set

from enrichment.planning.model import Candidate, Charged, PlanInput
from tests.benchmarks.planning_oracle import layers_of, reliability_of

Shortfalls = tuple[float, float]  # of required and of optional datasets, weighted


def least_expected_price(given: PlanInput) -> float:
    """nano-USD that the optimal policy pays on average."""
    assert given.budget is None
    assert given.deadline is None
    assert not given.redundancies
    gone = {source.source for source in given.unavailable}
    return _Optimum(given, {call.source: call for call in given.candidates if call.source not in gone}).price(
        frozenset(), frozenset()
    )


class _Optimum:
    def __init__(self, given: PlanInput, sources: dict[str, Candidate]) -> None:
        self.given = given
        self.sources = sources
        self._prices: dict[tuple[frozenset[str], frozenset[str]], float] = {}
        self._shortfalls: dict[frozenset[str], Shortfalls] = {}

    def price(self, answered: frozenset[str], failed: frozenset[str]) -> float:
        """nano-USD that is still paid on average in this situation."""
        situation = (answered, failed)
        if situation not in self._prices:
            untried = self.sources.keys() - answered - failed
            is_over = self.shortfalls(answered | untried) == self.shortfalls(answered)
            self._prices[situation] = 0.0 if is_over else min(self._ways(answered, failed, untried))
        return self._prices[situation]

    def _ways(self, answered: frozenset[str], failed: frozenset[str], untried: Set[str]) -> Iterator[float]:
        there = set(self.given.known) | {offer.dataset for held in self.given.held for offer in held.offers}
        there |= {offer.dataset for name in answered for offer in self.sources[name].offers}
        for name in untried:
            call = self.sources[name]
            if call.needs <= there:
                if_usable = _price(call, is_usable=True) + self.price(answered | {name}, failed)
                if_not = _price(call, is_usable=False) + self.price(answered, failed | {name})
                yield call.chance * if_usable + (1.0 - call.chance) * if_not

    def shortfalls(self, names: frozenset[str]) -> Shortfalls:
        """What is lacking if exactly these have usable answers, as far as they can be asked."""
        if names not in self._shortfalls:
            asked = [self.sources[name] for name in sorted(names)]
            calls = [call for layer in layers_of(self.given, asked) for call in layer]
            self._shortfalls[names] = (self._lacking(calls, required=True), self._lacking(calls, required=False))
        return self._shortfalls[names]

    def _lacking(self, calls: Sequence[Candidate], *, required: bool) -> float:
        needs = (need for need in self.given.needs if need.required is required)
        return round(
            math.fsum(
                need.weight * max(0.0, need.threshold - reliability_of(self.given, calls, need.dataset))
                for need in needs
            ),
            9,
        )


def _price(call: Candidate, *, is_usable: bool) -> float:
    """nano-USD of one answer; records come with usable ones only, as many as make the average of all calls."""
    match call.charged:
        case Charged.CALL:
            return float(call.price)
        case Charged.HIT:
            return float(call.price) if is_usable else 0.0
        case Charged.RECORD:
            average = round(call.price * call.expected_records / call.chance)
            return float(min(call.price * call.max_records, average)) if is_usable else 0.0
