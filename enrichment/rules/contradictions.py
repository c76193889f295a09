"""What rules ask for and cannot give: needs in a circle, datasets and thresholds out of reach. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from enrichment.planning.words import listing, share
from enrichment.rules.model import Cell, ConsumerRule, Requirement, Rules, SourceRule
from enrichment.sources.base import registry

GIVEN = frozenset({"company_name", "company_domain"})  # what can be known of a company before anything is asked
DECIMALS = 9  # as the planner compares shares


def contradictions(rules: Rules) -> list[str]:
    """One sentence each, naming the rows. Sources that are switched off give nothing."""
    askable = reachable(rules)
    return [
        *circles(rules),
        *_never_asked(rules, askable),
        *_skipping_themselves(rules),
        *(words for consumer in rules.consumers.values() for words in _of_consumer(rules, consumer, askable)),
        *_unreadable(rules),
    ]


def reachable(rules: Rules) -> set[str]:
    """The sources whose needs are known from the start or given by sources that are reachable themselves."""
    known, found = set(GIVEN), set[str]()
    while more := {
        slug for slug, source in rules.sources.items() if slug not in found and known.issuperset(source.needs)
    }:
        found |= more
        known |= {dataset for slug in more for dataset in rules.cells_by_source.get(slug, ())}
    return found


def circles(rules: Rules) -> list[str]:
    """Sources that wait for each other, one sentence per circle."""
    askable = reachable(rules)
    stuck = {slug: source for slug, source in rules.sources.items() if slug not in askable}
    found: dict[frozenset[str], str] = {}
    for slug in sorted(stuck):
        if circle := _circle(rules, slug, stuck):
            found.setdefault(frozenset(step.source for step in circle), _told(rules, circle))
    return list(found.values())


def _circle(rules: Rules, slug: str, stuck: dict[str, SourceRule]) -> "list[_Step]":
    """The circle that one gets into by asking who must be asked before `slug`; empty where the way ends."""
    way: list[_Step] = []
    here = slug
    while here not in [step.source for step in way]:
        step = _step(rules, here, stuck)
        if step is None:
            return []
        way.append(step)
        here = step.giver
    return way[[step.source for step in way].index(here) :]


@dataclass(frozen=True, slots=True)
class _Step:
    """A source that cannot be asked before another one was."""

    source: str
    need: str
    giver: str


def _step(rules: Rules, slug: str, stuck: dict[str, SourceRule]) -> _Step | None:
    for need in stuck[slug].needs:
        givers = [other for other in rules.sources if need in rules.cells_by_source.get(other, ())]
        if need not in GIVEN and givers and stuck.keys() >= set(givers):
            return _Step(slug, need, givers[0])
    return None


def _told(rules: Rules, circle: list[_Step]) -> str:
    parts = [
        f"{rules.sources[step.source].label} needs {_dataset(rules, step.need)}, "
        + (f"which {rules.sources[step.giver].label} gives" if step.giver != step.source else "which it gives itself")
        for step in circle
    ]
    ends = "it can never be asked" if len(circle) == 1 else "none of them can ever be asked"
    return f"{'; '.join(parts)}: {ends}."


def _never_asked(rules: Rules, askable: set[str]) -> Iterator[str]:
    for slug, source in rules.sources.items():
        lacking = [need for need in source.needs if need not in GIVEN and not _cells(rules, need, set(rules.sources))]
        if slug not in askable and lacking:
            named = listing(_dataset(rules, need) for need in lacking)
            yield f"{source.label} needs {named}, which no enabled source gives: it is never asked."


def _skipping_themselves(rules: Rules) -> Iterator[str]:
    for rule in rules.redundancies:
        if rule.skip in rule.because_of:
            yield f"The redundancy rule for {_source(rules, rule.skip)} names it as its own reason: it says nothing."


def _of_consumer(rules: Rules, consumer: ConsumerRule, askable: set[str]) -> Iterator[str]:
    for need in consumer.requirements:
        cells = [cell for cell in _cells(rules, need.dataset, askable) if cell.reliability > 0]
        dataset = _dataset(rules, need.dataset)
        if not cells:
            if need.required:
                yield f"{consumer.label} requires {dataset}, which no enabled source gives: it will always be missing."
            continue
        best = _best(rules, cells)
        if round(need.threshold - best, DECIMALS) > 0:
            yield (
                f"{consumer.label} wants {dataset} at {share(need.threshold)}; all enabled sources together reach "
                f"{share(best)} ({_named(rules, cells)})."
            )
        yield from _out_of_bounds(rules, consumer, need, cells)


def _out_of_bounds(rules: Rules, consumer: ConsumerRule, need: Requirement, cells: list[Cell]) -> Iterator[str]:
    """Required datasets whose every source is too dear, or too slow, for the consumer."""
    if not need.required:
        return
    sources = [rules.sources[cell.source] for cell in cells]
    dataset = _dataset(rules, need.dataset)
    cheapest = min(sources, key=lambda source: source.worst_price)
    if consumer.max_cost is not None and cheapest.worst_price > consumer.max_cost:
        yield (
            f"{consumer.label} may cost {consumer.max_cost:f} USD, and {cheapest.label}, the cheapest source of "
            f"{dataset}, {cheapest.worst_price:f} USD: it is never bought."
        )
    fastest = min(sources, key=lambda source: source.latency)
    if fastest.latency > consumer.max_wait:
        yield (
            f"{consumer.label} waits {consumer.max_wait} at most, and {fastest.label}, the fastest source of "
            f"{dataset}, takes {fastest.latency}: it is never asked."
        )


def _unreadable(rules: Rules) -> Iterator[str]:
    for cell in rules.cells:
        source = registry.sources.get(cell.source)
        if source is not None and cell.dataset not in source.gives:
            dataset, label = _dataset(rules, cell.dataset), _source(rules, cell.source)
            yield f"{dataset} is not in what {label} answers: that cell of the matrix is of no use."


def _cells(rules: Rules, dataset: str, sources: set[str]) -> list[Cell]:
    return [cell for cell in rules.cells if cell.dataset == dataset and cell.source in sources]


def _best(rules: Rules, cells: list[Cell]) -> float:
    """The reliability if every source were asked: the best of each origin group, as independent witnesses."""
    groups: dict[str, float] = {}
    for cell in cells:
        group = rules.sources[cell.source].origin_group
        groups[group] = max(groups.get(group, 0.0), cell.reliability)
    return 1 - prod(1 - reliability for reliability in groups.values())


def _named(rules: Rules, cells: list[Cell]) -> str:
    return ", ".join(f"{_source(rules, cell.source)} {share(cell.reliability)}" for cell in cells)


def _dataset(rules: Rules, slug: str) -> str:
    return rules.datasets[slug].label if slug in rules.datasets else slug


def _source(rules: Rules, slug: str) -> str:
    return rules.sources[slug].label if slug in rules.sources else slug
