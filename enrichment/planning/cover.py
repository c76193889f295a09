"""The lightest set of calls that meets hard goals, by branch and bound.

A node is a set of calls so far and the candidates still open; its children take one open candidate each. Why a subtree
may be left: limits and redundancy only get tighter as a set grows, shortfall never rises, and every call weighs more
than nothing; only needs and the deadline can turn for the better, and only by a call that gives what another needs.
"""

from dataclasses import dataclass

from enrichment.planning import reach
from enrichment.planning.bounds import FLOAT_ERROR, WHOLE, Row, price_bound, share_of
from enrichment.planning.levels import Level
from enrichment.planning.node import Node, narrow
from enrichment.planning.problem import Problem, members


@dataclass(frozen=True, slots=True)
class Aim:
    """What the set has to meet: `hard` is place → log that the need must reach, within `budget`.

    `targets` are (level, value that may not be exceeded), the exact form of the same demand.
    """

    weights: tuple[int, ...]
    budget: int | None = None
    hard: tuple[tuple[int, float], ...] = ()
    targets: tuple[tuple[Level, float], ...] = ()


class Cover:
    """One search; `best` is the set found so far, as a mask, with its weight.

    If `lighter_than` is given, only sets below that weight count. `any_will_do` stops at the first set found.
    """

    def __init__(
        self, problem: Problem, aim: Aim, *, lighter_than: int | None = None, any_will_do: bool = False
    ) -> None:
        self.problem = problem
        self.aim = aim
        self.best: int | None = None
        self.weight = lighter_than
        self.any_will_do = any_will_do

    def run(self, open_mask: int, *, first: int | None = None) -> int | None:
        """The lightest set out of the open candidates, with `first` in it if named; None if no set will do."""
        root = Node(self.problem, open_mask)
        return self.run_from(root if first is None else root.with_calls(self.problem, self.aim.weights, 1 << first))

    def run_from(self, node: Node) -> int | None:
        """The lightest set that holds the node's calls and else only some of its open candidates."""
        self._explore(node)
        return self.best

    def _explore(self, node: Node) -> None:
        while not (self.any_will_do and self.best is not None):
            rows = self._rows(node) if narrow(self.problem, node, self.aim.budget) else None
            left = None if rows is None else self._slack(node, rows)
            if rows is None or left is None:
                return
            rows = [[entry for entry in row if node.open >> entry[0] & 1] for row in rows]
            forced = sum({1 << row[0][0] for row in rows if len(row) == 1})
            if not all(rows):
                return
            if not forced:
                self._split(node, rows, left)
                return
            node = node.with_calls(self.problem, self.aim.weights, forced)

    def _split(self, node: Node, rows: list[Row], left: dict[int, int]) -> None:
        if rows:
            self._branch(node, min(rows, key=len), left)
        else:
            self._settle(node, left)

    # --- What must still be bought ------------------------------------------------------------------------------------

    def _rows(self, node: Node) -> list[Row] | None:
        """One row per hard need and per call's need that is not met yet; None if one of them cannot be met."""
        rows = []
        for place, goal in self.aim.hard:
            if node.logs[place] < goal:
                of_need = self._rows_of_need(node, place, goal - node.logs[place])
                if of_need is None:
                    return None
                rows += of_need
        for index in members(node.needed & ~node.given):
            row = self._givers(node, 1 << index)
            if not row:
                return None
            rows.append(row)
        return rows

    def _rows_of_need(self, node: Node, place: int, lacking: float) -> list[Row] | None:
        """A row for the need as a whole, and one for each origin group that the others cannot make up for."""
        rises: list[tuple[int, int, float]] = []
        top: dict[int, float] = {}
        for rank, cell, log in self.problem.givers[place]:
            rise = log - node.cells[cell] if node.open >> rank & 1 else 0.0
            if rise > 0.0:
                rises.append((rank, cell, rise))
                top[cell] = max(top.get(cell, 0.0), rise)
        at_most = sum(top.values())
        if at_most < lacking * (1.0 - FLOAT_ERROR):
            return None
        rows = [[(rank, share_of(rise, lacking)) for rank, _, rise in rises]]
        for own, highest in top.items():
            least = (lacking - (at_most - highest)) * (1.0 - FLOAT_ERROR) - FLOAT_ERROR
            if least > 0.0:
                rows.append([(rank, WHOLE) for rank, cell, rise in rises if cell == own and rise >= least])
        return rows

    def _givers(self, node: Node, wanted: int) -> Row:
        gives = self.problem.gives_of
        return [(rank, WHOLE) for rank in members(node.open) if gives[rank] & wanted]

    # --- Bounds -------------------------------------------------------------------------------------------------------

    def _slack(self, node: Node, rows: list[Row]) -> dict[int, int] | None:
        """Close what the bounds rule out; what they leave of each weight, or None if the node can be left."""
        budget = self.aim.budget
        if budget is not None and rows:
            bound, left = price_bound(rows, self.problem.worst_prices)
            if not self._close(node, left, budget + 1 - node.worst - bound):
                return None
        bound, left = price_bound(rows, self.aim.weights)
        if self.weight is not None and not self._close(node, left, self.weight - node.weight - bound):
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
        rest = sorted(row, key=lambda entry: (left.get(entry[0], 0), self.aim.weights[entry[0]] // entry[1]))
        reachable = sum(share for _, share in rest)
        for rank, share in rest:
            if reachable < WHOLE:
                return
            self._explore(node.with_calls(self.problem, self.aim.weights, 1 << rank))
            node.open &= ~(1 << rank)
            reachable -= share

    def _settle(self, node: Node, left: dict[int, int]) -> None:
        """Nothing is missing: keep the set if it is the lightest so far."""
        stuck = self._stuck(node)
        if stuck is not None:
            self._branch(node, stuck, left)
        elif self.weight is None or node.weight < self.weight:
            self.best, self.weight = node.called, node.weight

    def _stuck(self, node: Node) -> Row | None:
        """Calls of which at least one must join because the set will not do as it is; None: it will do."""
        problem = self.problem
        reachable = reach.callable_part(problem, node.called)
        if reachable != node.called:
            return self._givers(node, self._needed_by(node.called & ~reachable))
        if not reach.is_in_time(problem, node.called):
            return self._givers(node, self._needed_by(node.called))
        reached = reach.reliabilities(problem, node.called)
        for level, target in self.aim.targets:
            if level.value(reached) > target:
                seen = level.outlook(problem, (node.open, node.cells, node.logs), None)
                return [(rank, WHOLE) for rank in seen.gains if node.open >> rank & 1]
        return None

    def _needed_by(self, mask: int) -> int:
        wanted = 0
        for rank in members(mask):
            wanted |= self.problem.needs_of[rank]
        return wanted
