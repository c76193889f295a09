"""The best set of calls where limits keep the levels from being as low as they could be: branch and bound.

A node is a set of calls so far and the candidates still open. Levels never rise with more calls, so nothing in the node
gets below what all of these together reach. Where all of them may be called together, the rest is a matter of weight,
which `Cover` settles. Where a limit forbids it the node is split at that limit, and only there:

- at a source that a rule makes redundant: it is not asked, or not all that make it redundant are, or the rule yields;
- at a call that the budget may have to do without;
- at the slowest call, where the deadline is too close.

A free call is never split at for the budget's sake: with or without it the same others can be afforded.
"""

from dataclasses import dataclass, field

from enrichment.planning import reach
from enrichment.planning.bounds import FLOAT_ERROR, least_loss
from enrichment.planning.cover import Aim, Cover
from enrichment.planning.levels import HALF_A_DIGIT, Level, goals
from enrichment.planning.node import Node, Pledge, narrow
from enrichment.planning.problem import DECIMALS, Problem, Rule, members

Values = tuple[float, ...]  # one per level


@dataclass(slots=True)
class Prospect:
    """What all calls of a node, open ones included, are together, and what that says about each of its sets."""

    every: int
    reached: list[float]  # reliabilities of all together
    together: Values  # their levels
    bound: Values  # no set of the node has lower levels, as they are compared
    excess: int = 0  # nano-USD of worst prices above the budget
    losses: list[dict[int, float]] = field(default_factory=list)  # by level: open candidate → rise without it
    gains: list[dict[int, float]] = field(default_factory=list)  # by level: open candidate → fall by it alone


class Search:
    """One search; `best` is the set found so far, as a mask, with its levels in `lowest` and its weight.

    If `lowest` is given, only sets with levels as low as that count. `any_will_do` stops at the first set found.
    """

    def __init__(
        self,
        problem: Problem,
        levels: tuple[Level, ...],
        *,
        budget: int | None,
        lowest: Values | None = None,
        any_will_do: bool = False,
    ) -> None:
        self.problem = problem
        self.levels = levels
        self.budget = budget
        self.lowest = lowest
        self.any_will_do = any_will_do
        self.best: int | None = None
        self.weight: int | None = None

    def run(self, open_mask: int) -> int | None:
        """The best set out of the open candidates; None if no set will do."""
        self._explore(Node(self.problem, open_mask))
        return self.best

    def _explore(self, node: Node) -> None:
        while not (self.any_will_do and self.best is not None):
            seen = self._prospect(node)
            if seen is None or (self.lowest is not None and seen.bound > self.lowest):
                return
            forced = self._forced(seen) & node.open
            if not forced:
                self._split(node, seen)
                return
            node = node.with_calls(self.problem, self.problem.weights, forced)

    def _split(self, node: Node, seen: Prospect) -> None:
        """Settle the node, or explore its parts on either side of the limit that it runs into."""
        rule = next((rule for rule in self.problem.rules if reach.is_broken(self.problem, rule, seen.every)), None)
        is_possible = rule is None and not seen.excess and reach.is_in_time(self.problem, seen.every)
        if is_possible or seen.together == self.lowest:
            self._cover(node, seen)
        elif rule is not None:
            self._obey(node, rule)
        elif seen.excess:
            self._split_by_budget(node, seen)
        elif node.open:
            self._decide(node, max(members(node.open), key=lambda rank: self.problem.candidates[rank].latency))

    def _cover(self, node: Node, seen: Prospect) -> None:
        """The lightest set of the node that reaches what all reach together, if it is the best so far."""
        aim = Aim(
            weights=self.problem.weights,
            budget=self.budget,
            hard=goals(self.levels, seen.reached),
            targets=tuple(zip(self.levels, seen.together, strict=True)),
        )
        lighter_than = self.weight if seen.together == self.lowest else None
        cover = Cover(self.problem, aim, lighter_than=lighter_than, any_will_do=self.any_will_do)
        node.pledges = ()  # what all together do not break needs no pledge to be kept
        found = cover.run_from(node)
        if found is not None:
            self.best, self.lowest, self.weight = found, seen.together, cover.weight

    # --- Bounds -------------------------------------------------------------------------------------------------------

    def _values(self, reached: list[float]) -> Values:
        return tuple(level.value(reached) for level in self.levels)

    def _prospect(self, node: Node) -> Prospect | None:
        """Close what the node cannot take any more, and look what is left; None if the calls so far break a limit."""
        if not narrow(self.problem, node, self.budget):
            return None
        every = reach.callable_part(self.problem, node.called | node.open)
        if node.called & ~every:
            return None
        node.open &= every
        reached = reach.reliabilities(self.problem, every)
        together = self._values(reached)
        seen = Prospect(every, reached, together, together)
        if node.pledges:
            ceilings = node.ceilings(self.problem)
            seen.bound = self._values([min(one, ceilings.get(place, 1.0)) for place, one in enumerate(reached)])
        if self.budget is not None and (self.lowest is None or seen.bound <= self.lowest):
            seen.excess = max(0, self.problem.worst_price(every) - self.budget)
            if seen.excess:
                self._bound_by_budget(node, seen, self.budget)
        return seen

    def _bound_by_budget(self, node: Node, seen: Prospect, budget: int) -> None:
        """Raise the bound by what the budget keeps from being called, seen from either end.

        From below: what the calls so far reach, less the most that gains can add up to within the purse. From above:
        what all reach together, plus the least that giving up the excess can cost. Both hold because a level that adds
        up is submodular: a call gains less, and is missed less, the more others there are.
        """
        prices = self.problem.worst_prices
        bound = list(seen.bound)
        state = (node.open, node.cells, node.logs)
        for place, level in enumerate(self.levels):
            losses = level.losses(self.problem, seen.every, node.open)
            outlook = level.outlook(self.problem, state, budget - node.worst)
            bound[place] = max(bound[place], outlook.lowest)
            if level.adds_up:
                least = seen.together[place] + least_loss(losses, prices, seen.excess) - HALF_A_DIGIT - FLOAT_ERROR
                bound[place] = max(bound[place], round(least, DECIMALS))
            seen.losses.append(losses)
            seen.gains.append(outlook.gains)
        seen.bound = tuple(bound)

    def _forced(self, seen: Prospect) -> int:
        """The open candidates without which the first level that is not lower than the best one would be higher."""
        forced = 0
        if self.lowest is not None:
            for losses, now, bound, best in zip(seen.losses, seen.together, seen.bound, self.lowest, strict=False):
                room = best - now + 2 * HALF_A_DIGIT  # both are rounded
                forced |= sum(1 << rank for rank, loss in losses.items() if loss > room)
                if bound < best:
                    break
        return forced

    # --- Splitting ----------------------------------------------------------------------------------------------------

    def _decide(self, node: Node, rank: int, *, is_first: bool = True) -> None:
        """Two parts: with the candidate called, and without it; `is_first` says which comes first."""
        with_call = node.with_calls(self.problem, self.problem.weights, 1 << rank)
        without = node.without(1 << rank)
        for part in (with_call, without) if is_first else (without, with_call):
            self._explore(part)

    def _obey(self, node: Node, rule: Rule) -> None:
        """All ways to keep the rule. Those that leave something out come first, the most promising of them first."""
        problem, weights = self.problem, self.problem.weights
        skip, reasons = node.open & 1 << rule.skip, node.open & rule.because_of
        asked = node.with_calls(problem, weights, skip)
        apart = [node.without(skip)] if skip else []
        joint = [asked] if skip else []
        if not reach.is_met(rule, node.called):
            if rule.every:
                apart += [asked.without(1 << rank) for rank in members(reasons)]
                joint = [asked.with_calls(problem, weights, reasons)]
            else:
                apart.append(asked.without(reasons))
                joint = [asked.with_calls(problem, weights, 1 << rank) for rank in members(reasons)]
        elif not skip:
            self._yield(node, rule)
            return
        for part in (*sorted(apart, key=self._potential), *joint):
            self._explore(part)

    def _potential(self, node: Node) -> Values:
        every = reach.callable_part(self.problem, node.called | node.open)
        return self._values(reach.reliabilities(self.problem, every))

    def _yield(self, node: Node, rule: Rule) -> None:
        """The rule is met and its source called: only that a need is missed without that source keeps it whole.

        So one part per such need, with the pledge that it stays so. Where all open ones together would break a pledge,
        one that gives the need is decided on.
        """
        pledged = next((pledge.place for pledge in node.pledges if pledge.rule is rule), None)
        if pledged is None:
            for place in reach.missed_without(self.problem, rule, node.called):
                part = node.without(0)
                part.pledges = (*node.pledges, Pledge(rule, place))
                self._explore(part)
        elif node.open:
            givers = (rank for rank, _, _ in self.problem.givers[pledged] if node.open >> rank & 1)
            self._decide(node, next(givers, members(node.open)[0]))

    def _split_by_budget(self, node: Node, seen: Prospect) -> None:
        """Decide on a priced call: on the least missed one for its price if most can stay, else on the most gainful."""
        prices = self.problem.worst_prices
        priced = [rank for rank in members(node.open) if prices[rank]]
        if seen.excess < sum(prices[rank] for rank in priced) // 2:
            missed = min(priced, key=lambda rank: [losses.get(rank, 0.0) / prices[rank] for losses in seen.losses])
            self._decide(node, missed, is_first=False)
        else:
            gainful = max(priced, key=lambda rank: [gains.get(rank, 0.0) / prices[rank] for gains in seen.gains])
            self._decide(node, gainful)
