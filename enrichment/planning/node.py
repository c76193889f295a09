"""A node of a search: the calls so far, the candidates still open, and which of those a limit has closed."""

from dataclasses import dataclass
from math import exp

from enrichment.planning import reach
from enrichment.planning.problem import DECIMALS, Problem, Rule, log_of, members


@dataclass(frozen=True, slots=True)
class Pledge:
    """That without the rule's source the need at `place` stays below its threshold, so that the rule yields."""

    rule: Rule
    place: int


class Node:
    """Calls so far, candidates still open, and what the calls add up to."""

    __slots__ = ("called", "cells", "given", "logs", "needed", "open", "pledges", "weight", "worst")

    def __init__(self, problem: Problem, open_mask: int) -> None:
        self.called = 0
        self.open = open_mask
        self.cells = problem.held_cells
        self.logs = problem.held_logs
        self.given = problem.base
        self.needed = self.weight = self.worst = 0
        self.pledges: tuple[Pledge, ...] = ()

    def without(self, mask: int) -> "Node":
        """A copy in which the candidates of the mask are closed."""
        twin = Node.__new__(Node)
        twin.called, twin.open = self.called, self.open & ~mask
        twin.cells, twin.logs = self.cells, self.logs
        twin.given, twin.needed = self.given, self.needed
        twin.weight, twin.worst = self.weight, self.worst
        twin.pledges = self.pledges
        return twin

    def with_calls(self, problem: Problem, weights: tuple[int, ...], mask: int) -> "Node":
        """A copy in which the candidates of the mask are called."""
        child = self.without(mask)
        child.called |= mask
        child.cells, child.logs = self.cells.copy(), self.logs.copy()
        for rank in members(mask):
            for witness in problem.witnesses[rank]:
                before = child.cells[witness.cell]
                if witness.log > before:
                    child.cells[witness.cell] = witness.log
                    child.logs[witness.need] += witness.log - before
            child.given |= problem.gives_of[rank]
            child.needed |= problem.needs_of[rank]
            child.weight += weights[rank]
            child.worst += problem.worst_prices[rank]
        return child

    def ceilings(self, problem: Problem) -> dict[int, float]:
        """Place → the reliability that a pledged need cannot exceed.

        Who can be called without the rule's source stays below the threshold, so the need's log ends below that of the
        threshold plus what the source itself, and those that may not be callable without it, add to it at most.
        """
        found: dict[int, float] = {}
        for pledge in self.pledges:
            skip, place = pledge.rule.skip, pledge.place
            sure = reach.given_by(problem, reach.callable_part(problem, self.called & ~(1 << skip)))
            most: dict[int, float] = {}
            for rank, cell, log in problem.givers[place]:
                is_in = (self.called | self.open) >> rank & 1
                if is_in and (rank == skip or problem.needs_of[rank] & ~sure):
                    most[cell] = max(most.get(cell, 0.0), log)
            total = log_of(problem.needs[place].threshold) + sum(most.values())
            found[place] = min(found.get(place, 1.0), 1.0 - exp(-total) + 1 / 10**DECIMALS)
        return found


def narrow(problem: Problem, node: Node, budget: int | None) -> bool:
    """Close the candidates that the node cannot take any more; False if the calls so far break a limit."""
    if budget is not None:
        if node.worst > budget:
            return False
        for rank in members(node.open):
            if node.worst + problem.worst_prices[rank] > budget:
                node.open &= ~(1 << rank)
    if not all(_obey(problem, node, rule) for rule in problem.rules):
        return False
    if not all(_hold(problem, node, pledge) for pledge in node.pledges):
        return False
    in_time = reach.still_in_time(problem, node.called, node.open)
    if in_time is None:
        return False
    node.open = in_time
    return True


def _obey(problem: Problem, node: Node, rule: Rule) -> bool:
    """Close the rule's source where calling it would break the rule; False if it is called and does."""
    skip = 1 << rule.skip
    if not (node.called | node.open) & skip or not reach.is_met(rule, node.called | skip):
        return True
    if reach.is_broken(problem, rule, node.called | skip):
        if node.called & skip:
            return False
        node.open &= ~skip
    return True


def _hold(problem: Problem, node: Node, pledge: Pledge) -> bool:
    """Close the candidates that alone would break the pledge; False if the calls so far break it."""
    without = reach.callable_part(problem, node.called & ~(1 << pledge.rule.skip))
    if not reach.is_missed(problem, pledge.place, without):
        return False
    sure = reach.given_by(problem, without)
    for rank, _, _ in problem.givers[pledge.place]:
        is_callable = node.open >> rank & 1 and not problem.needs_of[rank] & ~sure
        if is_callable and not reach.is_missed(problem, pledge.place, without | 1 << rank):
            node.open &= ~(1 << rank)
    return True
