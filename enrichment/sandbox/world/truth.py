"""What is true of a company, in the shapes of `docs/datasets.md`: what a benchmark compares collected facts with."""

from dataclasses import dataclass

from enrichment.sandbox.world.model import Company, KnownError

Record = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The true values. Lists of records hold the key fields only; what is not listed is false or unknown."""

    company_name: str
    other_names: tuple[str, ...]  # legal, short and former names; right answers too
    company_domain: str
    industry: str
    other_industries: tuple[str, ...]  # tags of a database that are right too
    employee_count: dict[str, int]  # exact: low = high
    headquarters: str
    company_overview: str
    decision_makers: tuple[Record, ...]  # {"name", "title"} of everybody there today
    former_people: tuple[str, ...]  # names of people who have left: naming one is an error
    tech_stack: tuple[Record, ...]  # {"name", "group", "category"}
    former_technologies: tuple[str, ...]
    recent_news: tuple[Record, ...]  # {"headline", "url", "publisher", "signal_type"}
    mentions: tuple[str, ...]  # headlines of other companies' news that name it; right answers too
    hiring_trends: tuple[Record, ...]  # {"title", "location", "department"}
    business_challenges: tuple[str, ...]
    products: tuple[Record, ...]  # {"name", "description"}
    value_propositions: tuple[str, ...]
    tagline: str  # may pass for a value proposition
    target_markets: tuple[str, ...]
    competitors: tuple[str, ...]
    pricing_model: tuple[str, ...]  # lines, as the site has them
    customers: tuple[str, ...]
    integrations: tuple[str, ...]
    purchase_intent: tuple[str, ...]  # topics
    funding_usd: tuple[int, ...]  # disclosed amounts, newest first
    known_errors: tuple[KnownError, ...]


def mentions_of(company: Company, others: tuple[Company, ...]) -> tuple[str, ...]:
    """Headlines of other companies' news in which the company's name stands."""
    return tuple(a.title for other in others if other is not company for a in other.news if company.name in a.title)


def truth_of(company: Company, others: tuple[Company, ...] = ()) -> Truth:
    """The truth about one company. `others` are those whose news may mention it."""
    return Truth(
        company_name=company.name,
        other_names=(*company.names[1:], *company.former_names),
        company_domain=company.domain,
        industry=company.industry,
        other_industries=company.industries,
        employee_count={"low": company.employees, "high": company.employees},
        headquarters=company.headquarters,
        company_overview=company.overview,
        decision_makers=tuple({"name": p.name, "title": p.title} for p in company.people if p.left is None),
        former_people=tuple(p.name for p in company.people if p.left is not None),
        tech_stack=tuple(
            {"name": t.name, "group": t.group, "category": t.category} for t in company.technologies if not t.dropped
        ),
        former_technologies=tuple(t.name for t in company.technologies if t.dropped),
        recent_news=tuple(
            {"headline": a.title, "url": a.url, "publisher": a.publisher, "signal_type": a.signal} for a in company.news
        ),
        mentions=mentions_of(company, others),
        hiring_trends=tuple(
            {"title": j.title, "location": j.location, "department": j.department} for j in company.jobs
        ),
        business_challenges=company.challenges,
        products=tuple({"name": p.name, "description": p.description} for p in company.products),
        value_propositions=company.value_propositions,
        tagline=company.site.tagline,
        target_markets=company.target_markets,
        competitors=company.competitors,
        pricing_model=company.pricing,
        customers=company.customers,
        integrations=company.integrations,
        purchase_intent=tuple(t.topic for t in company.topics),
        funding_usd=tuple(r.usd for r in sorted(company.rounds, key=lambda r: r.days) if r.usd is not None),
        known_errors=company.errors,
    )
