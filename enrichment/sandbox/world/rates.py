"""How much each source knows of the world, and how often it is wrong: what a benchmark holds its figures against."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from enrichment.sandbox.world.model import Company, Witness

WITNESSES: tuple[Witness, ...] = ("company_db", "contacts", "website", "news", "jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """One source's, each from 0 to 1 in hundredths. None where it tells nothing of the kind."""

    companies: float  # of all, those that it knows
    people: float | None  # of those who are there today, whom it lists
    technologies: float | None  # of those in use, what it shows
    news: float | None  # of all articles, what it has
    wrong_sizes: float | None  # of the companies that it knows, those of which it tells a wrong number of people
    former_people: float | None  # of whom it lists, those who have left
    former_technologies: float | None  # of what it shows, what is no longer used


def rates_of(companies: Iterable[Company]) -> dict[str, dict[str, float | None]]:
    """By source, measured on the companies, in the words of `Rates`."""
    every = tuple(companies)
    return {witness: asdict(_rates(every, witness)) for witness in WITNESSES}


def knows(company: Company, witness: Witness) -> bool:
    """Whether the source has anything on the company."""
    match witness:
        case "company_db":
            return company.company_db.listed
        case "contacts":
            return company.contacts.listed
        case "website":
            return company.site.up
        case "news":
            return any(witness in article.seen for article in company.news)
        case "jobs":
            return bool(company.jobs)


def _rates(every: tuple[Company, ...], witness: Witness) -> Rates:
    known = [company for company in every if knows(company, witness)]
    listed = [person for company in known for person in company.staff(witness)]
    shown = [technology for company in known for technology in company.stack(witness)]
    there = sum(person.left is None for company in every for person in company.people)
    used = sum(not technology.dropped for company in every for technology in company.technologies)
    articles = sum(len(company.news) for company in every)
    told = sum(witness in article.seen for company in known for article in company.news)
    sized = witness in {"company_db", "contacts", "website"}
    return Rates(
        companies=_share(len(known), len(every)) or 0.0,
        people=_share(sum(person.left is None for person in listed), there) if listed else None,
        technologies=_share(sum(not technology.dropped for technology in shown), used) if shown else None,
        news=_share(told, articles) if told else None,
        wrong_sizes=_share(sum(_is_wrong(company, witness) for company in known), len(known)) if sized else None,
        former_people=_share(sum(person.left is not None for person in listed), len(listed)),
        former_technologies=_share(sum(technology.dropped for technology in shown), len(shown)),
    )


def _is_wrong(company: Company, witness: Witness) -> bool:
    return any((error.source, error.dataset) == (witness, "employee_count") for error in company.errors)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 2) if whole else None
