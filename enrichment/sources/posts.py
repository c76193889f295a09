"""All that a company's open positions say, whoever lists them. Pure."""

from collections.abc import Iterable
from itertools import islice

from enrichment.sources.base import CompanyRef, Observation
from enrichment.sources.site_hiring import MOST_CHALLENGES, MOST_JOBS, Job, admissions, openings, signs
from enrichment.sources.site_technologies import named_in

GIVES = frozenset(
    {
        "hiring_trends",
        "growth_signals",
        "business_challenges",
        "tech_stack",
        "competitive_usage",
        "integration_needs",
    }
)


def distinct(found: Iterable[Job]) -> list[Job]:
    """Each position once, as the first post of its title and place tells it; at most fifty."""
    seen: dict[tuple[str, str], Job] = {}
    for job in found:
        seen.setdefault((job.title, job.location), job)
    return list(seen.values())[:MOST_JOBS]


def said_by(jobs: list[Job], company: CompanyRef) -> tuple[Observation, ...]:
    """Positions, signs of growth that they are or tell of, troubles that they admit, technology that they name."""
    return (*openings(jobs), *signs(jobs), *islice(admissions(jobs), MOST_CHALLENGES), *named_in(jobs, company))
