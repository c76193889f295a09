"""From a chosen set of calls to a plan that can be read: calls, reuse, rejections, expectations, notes."""

from collections.abc import Iterator

from enrichment.planning import reach
from enrichment.planning.legacy import UnplannedReasons
from enrichment.planning.levels import required_shortfall, score
from enrichment.planning.model import Expectation, Plan, PlannedCall, Rejected, Reused, Strategy
from enrichment.planning.problem import DECIMALS, Problem, members
from enrichment.planning.reasons import Reasons
from enrichment.planning.words import apart, listing, money, span


def explained(problem: Problem, chosen: int, unlimited: int) -> Plan:
    """The plan of the `chosen` calls; `unlimited` is what would be chosen if the budget had no limit."""
    is_planned = problem.given.strategy is not Strategy.LEGACY
    reasons = Reasons(problem, chosen) if is_planned else UnplannedReasons(problem, chosen)
    return Plan(
        calls=tuple(_calls(problem, chosen, reasons)),
        reused=tuple(_reused(problem)),
        rejected=tuple(sorted(_rejected(problem, chosen, reasons), key=lambda rejected: rejected.source)),
        expectations=tuple(_expectations(problem, reasons)),
        score=score(problem, chosen),
        required_shortfall=required_shortfall(problem, chosen),
        notes=(*(_yielding(problem, reasons) if is_planned else ()), *_budget(problem, chosen, unlimited)),
    )


def _calls(problem: Problem, chosen: int, reasons: Reasons) -> Iterator[PlannedCall]:
    for layer, mask in enumerate(reach.layers(problem, chosen)):
        for rank in members(mask):
            candidate = problem.candidates[rank]
            yield PlannedCall(
                source=candidate.source,
                layer=layer,
                serves=tuple(sorted(candidate.gives & problem.place.keys())),
                worst_price=candidate.worst_price,
                expected_price=round(candidate.expected_price),
                latency=candidate.latency,
                why=reasons.for_call(rank),
            )


def _reused(problem: Problem) -> Iterator[Reused]:
    """The held responses that offer something needed, by slug."""
    for held in sorted(problem.given.held, key=lambda held: held.source):
        serves = tuple(sorted({offer.dataset for offer in held.offers} & problem.place.keys()))
        if serves:
            why = f"held since {span(held.age)}, gives {listing(serves)}: nothing to pay"
            yield Reused(source=held.source, serves=serves, age=held.age, why=why)


def _rejected(problem: Problem, chosen: int, reasons: Reasons) -> Iterator[Rejected]:
    prices = {candidate.source: candidate.usable_price for candidate in problem.given.candidates}
    for refused in problem.given.unavailable:
        yield Rejected(source=refused.source, why=refused.why, usable_price=prices.get(refused.source))
    for rank in members(problem.everyone & ~chosen):
        candidate = problem.candidates[rank]
        yield Rejected(source=candidate.source, why=reasons.against(rank), usable_price=candidate.usable_price)


def _expectations(problem: Problem, reasons: Reasons) -> Iterator[Expectation]:
    possible = reach.reliabilities(problem, reach.callable_part(problem, problem.everyone))
    for place, need in enumerate(problem.needs):
        reliability = reasons.reached[place]
        yield Expectation(
            dataset=need.dataset,
            required=need.required,
            threshold=need.threshold,
            reliability=reliability,
            shortfall=round(max(0.0, need.threshold - reliability), DECIMALS),
            best_possible=possible[place],
            by=reasons.givers(need.dataset),
        )


def _yielding(problem: Problem, reasons: Reasons) -> Iterator[str]:
    """One note per redundancy rule that would skip a call and does not."""
    for rule in problem.rules:
        if reasons.chosen >> rule.skip & 1 and reach.is_met(rule, reasons.chosen):
            missed = [problem.needs[place].dataset for place in reach.missed_without(problem, rule, reasons.chosen)]
            yield (
                f"{problem.candidates[rule.skip].source} is asked although {reasons.because_of(rule)} it redundant: "
                f"without it {listing(missed)} would be below what is wanted"
            )


def _budget(problem: Problem, chosen: int, unlimited: int) -> Iterator[str]:
    """The note that the budget changed the plan: what the unlimited one would cost and bring."""
    if chosen == unlimited or problem.given.budget is None:
        return
    before, after = reach.reliabilities(problem, chosen), reach.reliabilities(problem, unlimited)
    places = range(len(problem.needs))
    better = [problem.needs[p].dataset for p in places if round(after[p] - before[p], DECIMALS) > 0.0]
    helped = [d for d in better if reach.is_below(problem, problem.place[d], before)]
    worst = problem.worst_price(unlimited)
    expected = round(sum(problem.candidates[rank].expected_price for rank in members(unlimited)))
    budget, dearest = apart(problem.given.budget, worst)
    gain = f" and raise {listing(helped)}" if helped else ""
    yield (f"the budget of {budget} binds: without it the plan would cost {money(expected)}, {dearest} at worst{gain}")
