"""One past run once more, on recorded answers: what it comes to under one set of rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from enrichment import merging
from enrichment.analysis.model import NeedView
from enrichment.analysis.quality import Measured, measures
from enrichment.merging import Claim
from enrichment.planning.model import Held, PlanInput
from enrichment.planning.replay import replay
from enrichment.rules import Rules
from enrichment.workflow.comparing import Outcome
from enrichment.workflow.past import Situation
from enrichment.workflow.plans import from_nano
from enrichment.workflow.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Ended:
    """How the run ended, and whom it asked."""

    outcome: Outcome
    asked: tuple[str, ...]


def replayed(
    past: Situation, given: PlanInput, recorded: Mapping[str, Recorded], *, rules: Rules, priced_by: Rules
) -> Ended:
    """Run `given` on the recorded answers. `priced_by`: the rules under whose prices they count as they were charged.

    Raises `Unrecorded`.
    """
    answers = {
        slug: answer.priced(rules.sources[slug], priced_by.sources.get(slug)) for slug, answer in recorded.items()
    }
    ended = replay(given, answers)
    found = _facts(past, given, ended.held, recorded, rules)
    needs = [
        NeedView(dataset=n.dataset, threshold=n.threshold, required=n.required, weight=n.weight) for n in given.needs
    ]
    return Ended(
        Outcome(
            cost=from_nano(ended.cost),
            seconds=ended.seconds,
            coverage=len(found) / len(needs) if needs else 1.0,
            quality=measures(needs, found)["overall"],
        ),
        ended.asked,
    )


def _facts(
    past: Situation, given: PlanInput, held: tuple[Held, ...], recorded: Mapping[str, Recorded], rules: Rules
) -> dict[str, Measured]:
    """What is known of each needed dataset in the end; one of which nothing is known is absent."""
    wanted = {need.dataset for need in given.needs}
    from_before = {response.source for response in given.held}
    claims: dict[str, list[Claim]] = {}
    for response in held:
        answer = None if response.source in from_before else recorded[response.source]
        for offer in response.offers:
            if offer.dataset in wanted:
                claim = Claim(
                    dataset=offer.dataset,
                    source=response.source,
                    origin_group=response.origin_group,
                    value=None,
                    reliability=offer.reliability,
                    observed_at=_observed(past, response, offer.dataset, answer),
                )
                claims.setdefault(offer.dataset, []).append(claim)
    return {slug: _measured(rows, past.at, rules.datasets[slug].half_life) for slug, rows in claims.items()}


def _observed(past: Situation, response: Held, dataset: str, answer: Recorded | None) -> datetime:
    if answer is None:
        return past.at - timedelta(seconds=response.age)
    return min(answer.observed[dataset], past.at)


def _measured(claims: list[Claim], at: datetime, half_life: timedelta) -> Measured:
    age = at - max(claim.observed_at for claim in claims)
    return Measured(
        reliability=merging.combined(claims, at=at, half_life=half_life),
        freshness=merging.decayed(1.0, age=age, half_life=half_life),
    )
