"""Branch and bound over sets of calls: exact, for any mix of hard and soft needs.

A node is a set of calls so far and the candidates still open; its children take one open candidate each. Why a subtree
may be left: limits and redundancy only get tighter as a set grows, shortfall never rises, and every call weighs more
than nothing; only needs and the deadline can turn for the better, and only by a call that gives what another needs.
"""

from dataclasses import dataclass
from math import inf

from enrichment.planning import reach
from enrichment.planning.bounds import FLOAT_ERROR, WHOLE, Outlook, Row, outlook, price_bound, share_of
from enrichment.planning.problem import DECIMALS, Problem, members

HALF_A_DIGIT = 0.6 * 10**-DECIMALS  # what rounding to 9 decimals may hide


@dataclass(frozen=True, slots=True)
class Aim:
    """What a search looks for: the set that meets `hard`, is lowest in each of `soft` in turn, then weighs least.

    `hard` is place → log that the need must reach; `targets` are (places, rounded shortfall that may not be exceeded),
    the exact form of the same demand; `soft` are groups of places whose shortfall is minimised.
    """

    weights: tuple[int, ...]
    budget: int | None = None
    hard: tuple[tuple[int, float], ...] = ()
    targets: tuple[tuple[tuple[int, ...], float], ...] = ()
    soft: tuple[tuple[int, ...], ...] = ()


class Node:
    """Calls so far, candidates still open, and what the calls add up to."""

    __slots__ = ("called", "cells", "given", "logs", "needed", "open", "weight", "worst")

    def __init__(self, problem: Problem, open_mask: int) -> None:
        self.called = 0
        self.open = open_mask
        self.cells = problem.held_cells
        self.logs = problem.held_logs
        self.given = problem.base
        self.needed = self.weight = self.worst = 0

    def with_call(self, problem: Problem, aim: Aim, rank: int) -> "Node":
        """A copy in which the candidate is called."""
        child = Node.__new__(Node)
        child.called = self.called | 1 << rank
        child.open = self.open & ~(1 << rank)
        child.cells, child.logs = self.cells.copy(), self.logs.copy()
        for witness in problem.witnesses[rank]:
            before = child.cells[witness.cell]
            if witness.log > before:
                child.cells[witness.cell] = witness.log
                child.logs[witness.need] += witness.log - before
        child.given = self.given | problem.gives_of[rank]
        child.needed = self.needed | problem.needs_of[rank]
        child.weight = self.weight + aim.weights[rank]
        child.worst = self.worst + problem.worst_prices[rank]
        return child


class Search:
    """One search; `best` is the set found so far, as a mask, with its value: soft shortfalls, then weight."""

    def __init__(self, problem: Problem, aim: Aim) -> None:
        self.problem = problem
        self.aim = aim
        self.best: int | None = None
        self.value: tuple[float, ...] = (inf,)
        self.nodes = 0

    def run(self, open_mask: int, *, first: int | None = None) -> int | None:
        """The best set out of the open candidates, with `first` in it if named; None if no set will do."""
        root = Node(self.problem, open_mask)
        self._explore(root if first is None else root.with_call(self.problem, self.aim, first))
        return self.best

    def _explore(self, node: Node) -> None:
        self.nodes += 1
        if not self._narrow(node):
            return
        rows = self._rows(node)
        if rows is None:
            return
        outlooks = self._outlooks(node)
        left = self._slack(node, rows, outlooks)
        if left is None:
            return
        if rows:
            self._branch(node, min(rows, key=lambda row: sum(node.open >> rank & 1 for rank, _ in row)), left)
        else:
            self._settle(node, left)

    # --- Limits -------------------------------------------------------------------------------------------------------

    def _narrow(self, node: Node) -> bool:
        """Close the candidates that the node cannot take any more; False if the calls so far break a limit."""
        problem, budget = self.problem, self.aim.budget
        if budget is not None:
            if node.worst > budget:
                return False
            for rank in members(node.open):
                if node.worst + problem.worst_prices[rank] > budget:
                    node.open &= ~(1 << rank)
        for rule in problem.rules:
            skip = 1 << rule.skip
            if not (node.called | node.open) & skip or not reach.is_met(rule, node.called | skip):
                continue
            if reach.is_broken(problem, rule, node.called | skip):
                if node.called & skip:
                    return False
                node.open &= ~skip
        in_time = reach.still_in_time(problem, node.called, node.open)
        if in_time is None:
            return False
        node.open = in_time
        return True

    # --- What must still be bought ------------------------------------------------------------------------------------

    def _rows(self, node: Node) -> list[Row] | None:
        """One row per hard need and per call's need that is not met yet; None if one of them cannot be met."""
        rows = []
        for place, goal in self.aim.hard:
            if node.logs[place] < goal:
                row = self._row_of_need(node, place, goal - node.logs[place])
                if row is None:
                    return None
                rows.append(row)
        for index in members(node.needed & ~node.given):
            row = self._givers(node, 1 << index)
            if not row:
                return None
            rows.append(row)
        return rows

    def _row_of_need(self, node: Node, place: int, lacking: float) -> Row | None:
        row: Row = []
        top: dict[int, float] = {}
        for rank, cell, log in self.problem.givers[place]:
            rise = log - node.cells[cell] if node.open >> rank & 1 else 0.0
            if rise > 0.0:
                row.append((rank, share_of(rise, lacking)))
                top[cell] = max(top.get(cell, 0.0), rise)
        return row if sum(top.values()) >= lacking * (1.0 - FLOAT_ERROR) else None

    def _givers(self, node: Node, wanted: int) -> Row:
        gives = self.problem.gives_of
        return [(rank, WHOLE) for rank in members(node.open) if gives[rank] & wanted]

    # --- Bounds -------------------------------------------------------------------------------------------------------

    def _outlooks(self, node: Node) -> list[Outlook]:
        purse = None if self.aim.budget is None else self.aim.budget - node.worst
        state = (node.open, node.cells, node.logs)
        return [outlook(self.problem, places, state, purse) for places in self.aim.soft]

    def _slack(self, node: Node, rows: list[Row], outlooks: list[Outlook]) -> dict[int, int] | None:
        """Close what the bounds rule out; what they leave of each weight, or None if the node can be left."""
        budget = self.aim.budget
        if budget is not None and rows:
            bound, left = price_bound(rows, self.problem.worst_prices)
            if not self._close(node, left, budget + 1 - node.worst - bound):
                return None
        rows = rows.copy()
        for best, seen in zip(self.value, outlooks, strict=False):
            if seen.lowest != best:
                return None if seen.lowest > best else {}
            lacking = seen.now - best - HALF_A_DIGIT
            if lacking > FLOAT_ERROR and seen.gains:
                rows.append([(rank, share_of(gain, lacking)) for rank, gain in seen.gains.items()])
        bound, left = price_bound(rows, self.aim.weights)
        if self.best is not None and not self._close(node, left, int(self.value[-1]) - node.weight - bound):
            return None
        return left

    @staticmethod
    def _close(node: Node, left: dict[int, int], room: int) -> bool:
        """Close the candidates that alone would fill the room below a limit; False if there is no room at all."""
        if room <= 0:
            return False
        for rank, slack in left.items():
            if slack >= room * WHOLE:
                node.open &= ~(1 << rank)
        return True

    # --- Branching ----------------------------------------------------------------------------------------------------

    def _branch(self, node: Node, row: Row, left: dict[int, int]) -> None:
        """One child per candidate of the row: it is called, and those before it are not."""
        rest = [(rank, share) for rank, share in row if node.open >> rank & 1]
        rest.sort(key=lambda entry: (left.get(entry[0], 0), self.aim.weights[entry[0]] // entry[1]))
        reachable = sum(share for _, share in rest)
        for rank, share in rest:
            if reachable < WHOLE:
                return
            self._explore(node.with_call(self.problem, self.aim, rank))
            node.open &= ~(1 << rank)
            reachable -= share

    def _settle(self, node: Node, left: dict[int, int]) -> None:
        """Nothing is missing: keep the set if it is the best so far, and go on where more calls would lower a level."""
        stuck = self._stuck(node)
        if stuck is not None:
            self._branch(node, stuck, left)
            return
        reached = reach.reliabilities(self.problem, node.called)
        value = (*(reach.shortfall(self.problem, places, reached) for places in self.aim.soft), node.weight)
        if self.best is None or value < self.value:
            self.best, self.value = node.called, value
        rank = self._most_promising(node)
        if rank is not None:
            self._explore(node.with_call(self.problem, self.aim, rank))
            node.open &= ~(1 << rank)
            self._explore(node)

    def _stuck(self, node: Node) -> Row | None:
        """Calls of which at least one must join because the set will not do as it is; None: it will do."""
        problem = self.problem
        reachable = reach.callable_part(problem, node.called)
        if reachable != node.called:
            return self._givers(node, self._needed_by(node.called & ~reachable))
        if not reach.is_in_time(problem, node.called):
            return self._givers(node, self._needed_by(node.called))
        reached = reach.reliabilities(problem, node.called)
        for places, target in self.aim.targets:
            if reach.shortfall(problem, places, reached) > target:
                seen = outlook(problem, places, (node.open, node.cells, node.logs), None)
                return [(rank, WHOLE) for rank in seen.gains]
        return None

    def _needed_by(self, mask: int) -> int:
        wanted = 0
        for rank in members(mask):
            wanted |= self.problem.needs_of[rank]
        return wanted

    def _most_promising(self, node: Node) -> int | None:
        """The open candidate that lowers the first level still too high by most for its worst price."""
        prices = self.problem.worst_prices
        for seen in self._outlooks(node):
            gains = {rank: gain for rank, gain in seen.gains.items() if node.open >> rank & 1}
            if gains and seen.lowest < round(seen.now, DECIMALS):
                return max(gains, key=lambda rank: (gains[rank] / (prices[rank] + 1), -rank))
        return None
