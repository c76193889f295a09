"""What a month of requests costs with plans and caches, over what it costs to ask every source each time.

20,000 requests in 22 working days for 2,000 companies by Zipf's law (s = 1.0), five consumers and four roles alike, by
the seeded rules; 3 % of calls fail. Sources only: what engines cost, and the seller's own context, one run a month, are
in neither sum. Thresholds are met as plans count, by what the responses offer, whatever their age within their TTLs;
completeness is that of a report as it is read, each fact decayed with its age. Legacy keeps nothing from one request to
the next but companies' domains, so one request in ten tells what it costs; ours is compared with it on those.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from statistics import fmean

from enrichment.analysis.model import NeedView
from enrichment.analysis.quality import Measured, measures
from enrichment.models import Source
from enrichment.rules import Rules, seed
from enrichment.rules.model import Requirement
from enrichment.rules.snapshot import from_rows
from tests.benchmarks.month_office import Office, Served, reliabilities
from tests.benchmarks.month_world import FREQUENT, Demand, World, month_of

Figure = tuple[str, str, str]  # what, measured, target

NANO = 10**9
SEEDED = "the sources of a new house"
ONE_IN = 10  # requests that legacy works through
ROUNDING = 1e-9  # what a threshold may be missed by


def run() -> list[Figure]:
    """The month with all sources on, as if every provider had a key, and with those that are on in the seed."""
    seed()
    every = from_rows(and_sources=list(Source.objects.values_list("slug", flat=True)))
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:  # planning is all processor
        parts = [
            pool.submit(figures, every, "every source on"),
            pool.submit(figures, from_rows(), SEEDED),
            pool.submit(unchanging, from_rows(), SEEDED),
        ]
        return [figure for part in parts for figure in part.result()]


@dataclass(slots=True)
class Month:
    """What came of each request of a month."""

    cost: list[int] = field(default_factory=list)  # nano-USD
    calls: list[int] = field(default_factory=list)
    completeness: list[float] = field(default_factory=list)
    met: list[frozenset[tuple[str, bool]]] = field(default_factory=list)  # (dataset, required) that reach thresholds

    def add(self, demand: Demand, served: Served, office: Office) -> None:
        """Count the request."""
        needs, offered = office.needs(demand), reliabilities(served.made_from)
        self.cost.append(served.cost)
        self.calls.append(served.calls)
        reached = (need for need in needs if offered.get(need.dataset, 0.0) >= need.threshold - ROUNDING)
        self.met.append(frozenset((need.dataset, need.required) for need in reached))
        self.completeness.append(completeness(needs, served, demand, office))


def completeness(needs: Sequence[Requirement], served: Served, demand: Demand, office: Office) -> float:
    """Of the report as it is read now."""
    half_lives = {slug: rule.half_life for slug, rule in office.rules.datasets.items()}
    facts = {
        dataset: Measured(reliability, 1.0)
        for dataset, reliability in reliabilities(served.made_from, at=demand.at, half_lives=half_lives).items()
    }
    views = [NeedView(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in needs]
    return measures(views, facts)["completeness"]


def worked(office: Office, demands: Sequence[Demand]) -> Month:
    """The month's requests, one after the other."""
    month = Month()
    for demand in demands:
        month.add(demand, office.serve(demand), office)
    return month


def figures(rules: Rules, which: str) -> list[Figure]:
    """Ours over legacy, on the same month."""
    world, demands = World(rules), month_of(rules)
    some = demands[::ONE_IN]
    ours, legacy = worked(Office(rules, world), demands), worked(Office(rules, world, strategy="legacy"), some)
    own_cost, their_cost = fmean(ours.cost) / NANO, fmean(legacy.cost) / NANO
    complete = fmean(ours.completeness[::ONE_IN]) / fmean(legacy.completeness)
    halves = [sum(ours.cost[: len(demands) // 2]), sum(ours.cost[len(demands) // 2 :])]
    return [
        (f"month, {which}: cost / legacy", f"{own_cost / their_cost:.3f}", "≤ 0.10"),
        ("  USD per request, ours and legacy", f"{own_cost:.4f} and {their_cost:.4f}", "reported"),
        ("  calls per request, ours and legacy", f"{fmean(ours.calls):.2f} and {fmean(legacy.calls):.2f}", "reported"),
        ("  requests that called nobody", f"{hits(ours):.1%}", "≥ 70 %"),
        (f"  of the {FREQUENT} most wanted companies", f"{hits(ours, demands):.1%}", "≥ 80 %"),
        ("  completeness as read / legacy", f"{complete:.3f}", "≥ 0.98"),
        ("  required thresholds legacy meets that ours meets", also_met(legacy, ours, required=True), "100 %"),
        ("  optional ones", also_met(legacy, ours, required=False), "100 %"),
        ("  cost of the month's second half / its first", f"{halves[1] / halves[0]:.2f}", "≤ 1"),
    ]


def unchanging(rules: Rules, which: str) -> list[Figure]:
    """The same month in a world where what is fetched again says what it said before, so no report goes stale."""
    demands = month_of(rules)
    month = worked(Office(rules, World(rules), changes=False), demands)
    return [
        (f"month, {which}, nothing changes: USD per request", f"{fmean(month.cost) / NANO:.4f}", "reported"),
        ("  requests that called nobody", f"{hits(month):.1%}", "reported"),
        (f"  of the {FREQUENT} most wanted companies", f"{hits(month, demands):.1%}", "reported"),
    ]


def also_met(legacy: Month, ours: Month, *, required: bool) -> str:
    """Share of the thresholds that legacy met which ours met, too, on the requests that both worked through."""
    theirs = [{need for need, is_required in met if is_required is required} for met in legacy.met]
    both = sum(len(one & own) for one, own in zip(theirs, map(_datasets, ours.met[::ONE_IN]), strict=True))
    return f"{both / sum(map(len, theirs)):.2%}"


def _datasets(met: frozenset[tuple[str, bool]]) -> set[str]:
    return {dataset for dataset, _ in met}


def hits(month: Month, demands: Sequence[Demand] = ()) -> float:
    """Share of the requests that called nobody; with `demands`, of the frequent ones among them."""
    calls = (
        [n for n, demand in zip(month.calls, demands, strict=True) if demand.is_frequent] if demands else month.calls
    )
    return calls.count(0) / len(calls)
