"""A plan's input made ready for the search: sources and datasets as bits, one number for all that is added up.

Sets of candidates and sets of datasets are `int` bit masks; a candidate's bit is its rank by slug, so nothing depends
on the order of the input. Witness = what one origin group says about one dataset; its log is −ln(1 − reliability),
which adds up over groups.
"""

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import inf, log

from enrichment.planning.model import Candidate, Mode, Need, Offer, PlanInput

DECIMALS = 9  # to which shortfalls and seconds are compared


@dataclass(frozen=True, slots=True)
class Rule:
    """A redundancy rule in bits. `wanted` are the places of the required needs that the skipped source gives."""

    skip: int  # rank of the candidate
    names: tuple[str, ...]  # slugs of `because_of`, held ones included, sorted
    because_of: int  # mask of candidates
    every: bool  # all of `because_of`, or any
    is_always_met: bool  # held responses alone fulfil it
    can_be_met: bool  # False: "all" names a source that can neither be called nor is held
    wanted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """What a candidate offers for one need: the need's place, its (need, origin group) cell, 1 − r, −ln(1 − r)."""

    need: int
    cell: int
    doubt: float
    log: float


Voice = tuple[float, float, int]  # 1 − r, −ln(1 − r), candidate: one of those that say something about a cell


def log_of(reliability: float) -> float:
    """−ln(1 − reliability): 0.9 gives 2.303; a certain witness is infinite."""
    return inf if reliability >= 1.0 else -log(1.0 - reliability)


@lru_cache(maxsize=1 << 14)
def members(mask: int) -> tuple[int, ...]:
    """The ranks in a mask, ascending: 0b1010 gives (1, 3). Remembered: a search asks for the same masks again."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return tuple(found)


class Problem:
    """`PlanInput`, compiled. `candidates` are those that may be called, by slug; `needs` are by dataset."""

    def __init__(self, given: PlanInput) -> None:
        self.given = given
        refused = {source.source for source in given.unavailable}
        self.candidates: tuple[Candidate, ...] = tuple(
            sorted((c for c in given.candidates if c.source not in refused), key=lambda c: c.source)
        )
        self.needs: tuple[Need, ...] = tuple(sorted(given.needs, key=lambda need: need.dataset))
        self.rank = {candidate.source: rank for rank, candidate in enumerate(self.candidates)}
        self.place = {need.dataset: place for place, need in enumerate(self.needs)}
        self._number_datasets()
        self._number_cells()

    def by(self, deadline: float) -> "Problem":
        """The same problem with another deadline; what was computed so far is kept."""
        twin = copy(self)
        twin.given = replace(self.given, deadline=deadline)
        return twin

    def _number_datasets(self) -> None:
        """Give a bit to each dataset that a call needs: only those matter for who can be called."""
        needed = sorted({slug for candidate in self.candidates for slug in candidate.needs})
        self.bit = {slug: 1 << index for index, slug in enumerate(needed)}
        self.needs_of = [self._mask(candidate.needs) for candidate in self.candidates]
        self.gives_of = [self._mask(candidate.gives) for candidate in self.candidates]
        held = {offer.dataset for response in self.given.held for offer in response.offers}
        self.base = self._mask(self.given.known | held)

    def _mask(self, slugs: frozenset[str] | set[str]) -> int:
        return sum(self.bit.get(slug, 0) for slug in slugs)

    def _number_cells(self) -> None:
        """Give a number to each (need, origin group) that somebody offers something for."""
        self.cell_of: dict[tuple[int, str], int] = {}
        self.witnesses = [self._witnesses(c.offers, c.origin_group) for c in self.candidates]
        held = [w for response in self.given.held for w in self._witnesses(response.offers, response.origin_group)]
        self.held_cells = [0.0] * len(self.cell_of)
        self.held_doubts = [1.0] * len(self.cell_of)
        for witness in held:
            self.held_cells[witness.cell] = max(self.held_cells[witness.cell], witness.log)
            self.held_doubts[witness.cell] = min(self.held_doubts[witness.cell], witness.doubt)
        self.cells_of_need: list[list[int]] = [[] for _ in self.needs]
        for need, group in sorted(self.cell_of):  # one order, so that the same set has the same last digit
            self.cells_of_need[need].append(self.cell_of[need, group])
        self.held_logs = [0.0] * len(self.needs)
        for (need, _), cell in self.cell_of.items():
            self.held_logs[need] += self.held_cells[cell]
        self.givers: list[list[tuple[int, int, float]]] = [[] for _ in self.needs]
        voices: list[list[Voice]] = [[] for _ in self.held_cells]
        for rank, witnesses in enumerate(self.witnesses):
            for w in witnesses:
                self.givers[w.need].append((rank, w.cell, w.log))
                if w.doubt < self.held_doubts[w.cell]:
                    voices[w.cell].append((w.doubt, w.log, rank))
        self.voices = [[(cell, sorted(voices[cell])) for cell in cells] for cells in self.cells_of_need]

    def _witnesses(self, offers: tuple[Offer, ...], group: str) -> tuple[Witness, ...]:
        found: dict[int, Witness] = {}
        for offer in offers:
            place = self.place.get(offer.dataset)
            if place is None or offer.reliability <= 0.0:
                continue
            cell = self.cell_of.setdefault((place, group), len(self.cell_of))
            doubt = 1.0 - offer.reliability
            if place not in found or doubt < found[place].doubt:
                found[place] = Witness(place, cell, doubt, log_of(offer.reliability))
        return tuple(found[place] for place in sorted(found))

    @cached_property
    def everyone(self) -> int:
        return (1 << len(self.candidates)) - 1

    @cached_property
    def has_layers(self) -> bool:
        """Does any candidate need what only another one gives?"""
        return any(needs & ~self.base for needs in self.needs_of)

    @cached_property
    def required(self) -> tuple[int, ...]:
        return tuple(place for place, need in enumerate(self.needs) if need.required)

    @cached_property
    def optional(self) -> tuple[int, ...]:
        return tuple(place for place, need in enumerate(self.needs) if not need.required)

    @cached_property
    def priorities(self) -> tuple[int, ...]:
        """Each candidate's priority: the smallest among its offers for needed datasets, else among all of them."""
        return tuple(self._priority(candidate) for candidate in self.candidates)

    def _priority(self, candidate: Candidate) -> int:
        serving = [offer.priority for offer in candidate.offers if offer.dataset in self.place]
        return min(serving or [offer.priority for offer in candidate.offers], default=0)

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """One positive number per candidate; sums compare like (usable price, calls, priority, slugs) of the sets.

        The digits, from the top: usable price, 1 per call, priority, and a bit that is taken off for the slug. Among
        sets of one size the one with the smallest slug that the other lacks has the higher bit, so loses the most.
        """
        count = len(self.candidates)
        spread = 2 * sum(abs(priority) for priority in self.priorities) + 1
        return tuple(
            (((candidate.usable_price * (count + 1) + 1) * spread + priority) << count) - (1 << (count - 1 - rank))
            for rank, (candidate, priority) in enumerate(zip(self.candidates, self.priorities, strict=True))
        )

    @cached_property
    def latencies(self) -> tuple[int, ...]:
        """Each candidate's latency in whole microseconds, at least 1."""
        return tuple(round(candidate.latency * 1_000_000) + 1 for candidate in self.candidates)

    @cached_property
    def worst_prices(self) -> tuple[int, ...]:
        return tuple(candidate.worst_price for candidate in self.candidates)

    def worst_price(self, mask: int) -> int:
        """nano-USD that the set of candidates may cost at most."""
        return sum(self.worst_prices[rank] for rank in members(mask))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The redundancy rules whose skipped source may be called."""
        found = (self._rule(r.skip, r.because_of, r.mode) for r in self.given.redundancies if r.skip in self.rank)
        return tuple(rule for rule in found if rule.can_be_met)

    def _rule(self, skip: str, because_of: frozenset[str], mode: Mode) -> Rule:
        held = {response.source for response in self.given.held}
        open_ones = because_of - held
        every = mode is Mode.ALL
        gives = self.candidates[self.rank[skip]].gives
        return Rule(
            skip=self.rank[skip],
            names=tuple(sorted(because_of)),
            because_of=sum(1 << self.rank[slug] for slug in open_ones if slug in self.rank),
            every=every,
            is_always_met=not open_ones if every else bool(because_of & held),
            can_be_met=all(slug in self.rank for slug in open_ones) if every else True,
            wanted=tuple(place for place in self.required if self.needs[place].dataset in gives),
        )
