"""Why a call is made and why another is not, in plain words that name datasets and money."""

from collections.abc import Iterator
from functools import cached_property

from enrichment.planning import reach
from enrichment.planning.model import Objective
from enrichment.planning.problem import DECIMALS, Problem, Rule, members
from enrichment.planning.words import apart, listing, price_of, share, span, verb, would_cost

WAYS = {
    Objective.COST: "cheapest way",
    Objective.QUALITY: "surest way",
    Objective.SPEED: "quickest way",
    Objective.COMPLETENESS: "cheapest way",
}


class Reasons:
    """The words for one chosen set of calls."""

    def __init__(self, problem: Problem, chosen: int) -> None:
        self.problem = problem
        self.chosen = chosen
        self.reached = reach.reliabilities(problem, chosen)

    @cached_property
    def asked_or_held(self) -> frozenset[str]:
        called = {self.problem.candidates[rank].source for rank in members(self.chosen)}
        return frozenset(called | {response.source for response in self.problem.given.held})

    @cached_property
    def _givers(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for response in self.problem.given.held:
            for offer in response.offers:
                found.setdefault(offer.dataset, set()).add(response.source)
        for rank in members(self.chosen):
            for dataset in self.problem.candidates[rank].gives:
                found.setdefault(dataset, set()).add(self.problem.candidates[rank].source)
        return {dataset: tuple(sorted(sources)) for dataset, sources in found.items()}

    def givers(self, dataset: str) -> tuple[str, ...]:
        """Sources, called or held, that offer the dataset, sorted."""
        return self._givers.get(dataset, ())

    # --- For a call ---------------------------------------------------------------------------------------------------

    def for_call(self, rank: int) -> str:
        """What would be missing without the call, and its price."""
        rest = reach.callable_part(self.problem, self.chosen & ~(1 << rank))
        parts = [*self._meets(rank, rest), *self._enables(rank, rest), *self._makes_surer(rank, rest)]
        parts = parts or [self._stands_in(rank) or self._hastens(rank)]
        return f"{'; '.join(parts)}: {price_of(self.problem.candidates[rank])}"

    def _meets(self, rank: int, rest: int) -> Iterator[str]:
        """The needs that the call brings to their threshold, and those that it only raises."""
        before = reach.reliabilities(self.problem, rest)
        gives = self.problem.candidates[rank].gives
        met = []
        raised = []
        for place, need in enumerate(self.problem.needs):
            if need.dataset not in gives or not reach.is_below(self.problem, place, before):
                continue
            if not reach.is_below(self.problem, place, self.reached):
                met.append(need.dataset)
            elif self._rises(place, before, self.reached):
                raised.append(f"{need.dataset} to {share(self.reached[place])} of the {share(need.threshold)} wanted")
        if met:
            yield f"{WAYS[self.problem.given.objective]} to {listing(met)}"
        if raised:
            yield f"raises {listing(raised)}"

    def _enables(self, rank: int, rest: int) -> Iterator[str]:
        """The needs of other calls that only this one meets."""
        given = reach.given_by(self.problem, rest)
        helped: dict[str, list[str]] = {}
        for other in members(self.chosen & ~rest & ~(1 << rank)):
            candidate = self.problem.candidates[other]
            for slug in candidate.needs & self.problem.candidates[rank].gives:
                if not self.problem.bit[slug] & given:
                    helped.setdefault(slug, []).append(candidate.source)
        for slug, sources in sorted(helped.items()):
            yield f"gives {slug}, which {listing(sources)} {verb(sources, 'needs', 'need')}"

    def _makes_surer(self, rank: int, rest: int) -> Iterator[str]:
        """The needs that are met without the call, where certainty is wanted beyond that."""
        if self.problem.given.objective is not Objective.QUALITY:
            return
        before = reach.reliabilities(self.problem, rest)
        for place in sorted(witness.need for witness in self.problem.witnesses[rank]):
            if not reach.is_below(self.problem, place, before) and self._rises(place, before, self.reached):
                yield f"makes {self.problem.needs[place].dataset} surer, {share(self.reached[place])}"

    @staticmethod
    def _rises(place: int, before: list[float], after: list[float]) -> bool:
        return round(after[place] - before[place], DECIMALS) > 0.0

    def _stands_in(self, rank: int) -> str | None:
        """For a free call of a speedy plan that would go as well without it."""
        if self.problem.given.objective is not Objective.SPEED or self.problem.candidates[rank].price:
            return None
        places = sorted(witness.need for witness in self.problem.witnesses[rank])
        return f"asked at once in case others do not give {listing(self.problem.needs[p].dataset for p in places)}"

    def _hastens(self, rank: int) -> str:
        gives = listing(sorted(self.problem.candidates[rank].gives))
        return f"gives {gives} sooner, so that the plan ends in time"

    # --- Against a call -----------------------------------------------------------------------------------------------

    def against(self, rank: int) -> str:
        """The first reason that holds, from "cannot" over "need not" to "may not"."""
        tests = (
            self._cannot_be_called,
            self._gives_nothing_needed,
            self._is_redundant,
            self._adds_nothing,
            self._breaks_a_limit,
            self._lacks_a_need,
            self._makes_redundant,
        )
        found = (test(rank) for test in tests)
        return next((why for why in found if why), f"{self._would_cost(rank)} adds too little to count")

    def _would_cost(self, rank: int) -> str:
        return would_cost(self.problem.candidates[rank])

    def _cannot_be_called(self, rank: int) -> str | None:
        candidate = self.problem.candidates[rank]
        possible = reach.callable_part(self.problem, self.problem.everyone)
        if possible >> rank & 1:
            return None
        given = reach.given_by(self.problem, possible)
        lacking = sorted(slug for slug in candidate.needs if not self.problem.bit[slug] & given)
        return f"needs {listing(lacking)}, which nothing gives"

    def _gives_nothing_needed(self, rank: int) -> str | None:
        candidate = self.problem.candidates[rank]
        if self.problem.witnesses[rank]:
            return None
        if candidate.gives & self.problem.bit.keys():
            return f"{self._would_cost(rank)} no call of this plan needs what it gives"
        return "gives nothing that is wanted"

    def _is_redundant(self, rank: int) -> str | None:
        for rule in self.problem.rules:
            if rule.skip == rank and reach.is_broken(self.problem, rule, self.chosen | 1 << rank):
                return f"skipped: {self.because_of(rule)} it redundant"
        return None

    def because_of(self, rule: Rule) -> str:
        """The rule's sources that are asked or held, as a subject: “serp_news and serp_organic make”."""
        names = [name for name in rule.names if name in self.asked_or_held]
        return f"{listing(names)} {verb(names, 'makes', 'make')}" if names else "a rule makes"

    def _adds_nothing(self, rank: int) -> str | None:
        """Everything it gives is met, or said already by the same origin."""
        after = reach.reliabilities(self.problem, self.chosen | 1 << rank)
        places = [witness.need for witness in self.problem.witnesses[rank]]
        low = [place for place in places if self._could_be_better(place)]
        if any(self._rises(place, self.reached, after) for place in low):
            return None
        if low:
            return f"{self._would_cost(rank)} adds nothing to {listing(self._said_already(low))}"
        met = sorted(self.problem.needs[place].dataset for place in places)
        by = sorted({source for dataset in met for source in self.givers(dataset)})
        if not by:
            return f"{self._would_cost(rank)} {listing(met)} {verb(met, 'is', 'are')} good enough at 0.00"
        return f"{self._would_cost(rank)} {listing(by)} already {verb(by, 'meets', 'meet')} {listing(met)}"

    def _could_be_better(self, place: int) -> bool:
        if self.problem.given.objective is Objective.QUALITY:
            return self.reached[place] < 1.0
        return reach.is_below(self.problem, place, self.reached)

    def _said_already(self, low: list[int]) -> Iterator[str]:
        for place in low:
            dataset = self.problem.needs[place].dataset
            yield f"what {listing(self.givers(dataset))} {verb(self.givers(dataset), 'says', 'say')} of {dataset}"

    def _breaks_a_limit(self, rank: int) -> str | None:
        candidate = self.problem.candidates[rank]
        given = self.problem.given
        worst = self.problem.worst_price(self.chosen | 1 << rank)
        if given.budget is not None and worst > given.budget:
            total = "may cost" if worst == candidate.worst_price else "would bring the plan to"
            budget, above = apart(given.budget, worst)
            return f"{total} {above} at worst, above the budget of {budget}"
        needs_met = reach.callable_part(self.problem, self.chosen | 1 << rank) >> rank & 1
        if needs_met and not reach.is_in_time(self.problem, self.chosen | 1 << rank):
            took = span(reach.seconds(self.problem, self.chosen | 1 << rank))
            return f"the plan would take {took} with it, longer than the {span(given.deadline or 0.0)} allowed"
        return None

    def _lacks_a_need(self, rank: int) -> str | None:
        candidate = self.problem.candidates[rank]
        given = reach.given_by(self.problem, self.chosen)
        lacking = sorted(slug for slug in candidate.needs if not self.problem.bit[slug] & given)
        return f"needs {listing(lacking)}, which no call that fits this plan gives" if lacking else None

    def _makes_redundant(self, rank: int) -> str | None:
        for rule in self.problem.rules:
            if reach.is_broken(self.problem, rule, self.chosen | 1 << rank):
                skipped = self.problem.candidates[rule.skip].source
                return f"skipped: with it {skipped} would be redundant, and the plan is better with {skipped}"
        return None
