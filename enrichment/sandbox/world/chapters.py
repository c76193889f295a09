"""The course of time: what becomes of each company from one chapter to the next, so that watches see it change.

Chapter 1 is the world on file. Each later one adds something to all that came before, and is the same every time:

    2  an office is opened, as the news tell; a technology comes
    3  somebody leaves, and somebody else takes their place
    4  a position is opened whose text names another technology; one that the site showed is gone

The dates of what there was before stay: only what is new is of today.
"""

from collections.abc import Callable
from dataclasses import replace

from enrichment.sandbox.world.model import EVERYWHERE, Article, Company, Job, Person, Technology, Witness

IN_PUBLIC: frozenset[Witness] = frozenset({"news", "website", "company_db"})
NEWCOMERS = (("Imogen", "Castellan"), ("Rafael", "Quist"), ("Noor", "Haverkamp"), ("Sunniva", "Okafor"))
# The first of them that the company does not run on comes; all show on a site.
COMING = (
    Technology(name="Datadog", group="infrastructure", category="Monitoring", seen=EVERYWHERE),
    Technology(name="Intercom", group="collaboration", category="Customer Messaging", seen=EVERYWHERE),
    Technology(name="Hotjar", group="analytics", category="Product Analytics", seen=EVERYWHERE),
)
GOING = frozenset({"Segment", "Amplitude", "Mixpanel", "Google Analytics", "Hotjar", "HubSpot", "Marketo", "Intercom"})


def after(company: Company) -> tuple[Company, ...]:
    """The company in each chapter, the first as it is on file."""
    told = [company]
    for happens in COURSE:
        told.append(happens(told[-1]))
    return tuple(told)


def opens_an_office(company: Company) -> Company:
    headline = f"{company.name} opens a Lisbon office and plans to hire 40 people"
    text = f"{company.name} will build support and engineering in Lisbon and plans to hire 40 people within a year."
    there = {technology.name for technology in company.technologies}
    coming = [technology for technology in COMING if technology.name not in there][:1]
    return replace(
        company,
        news=(_reported(company, headline, text, signal="expansion"), *company.news),
        technologies=(*company.technologies, *coming),
    )


def changes_hands(company: Company) -> Company:
    """Whom the site names last goes, from wherever they were listed but the slow company database."""
    listed = [person for person in company.people if "website" in person.seen and person.left is None]
    if not listed:
        return company
    leaver, (first, last) = listed[-1], NEWCOMERS[len(company.name) % len(NEWCOMERS)]
    gone = replace(leaver, left=1, seen=leaver.seen & {"company_db"})
    comes = Person(first=first, last=last, title=leaver.title, seen=frozenset({"contacts", "website"}))
    headline = f"{company.name} names {comes.name} as {comes.title}"
    text = f"{comes.name} follows {leaver.name}, who has left the company."
    return replace(
        company,
        people=(*(gone if person is leaver else person for person in company.people), comes),
        news=(_reported(company, headline, text, signal="leadership"), *company.news),
    )


def moves_on(company: Company) -> Company:
    job = Job(
        title="Revenue Operations Manager",
        location=company.headquarters,
        department="Sales",
        days=0,
        text="You bring order into how we sell: you run Salesforce, and our forecast is still a spreadsheet.",
    )
    shown = [row for row in company.technologies if row.name in GOING and "website" in row.seen and not row.dropped]
    goes = shown[0] if shown else None
    gone = [replace(row, dropped=True, seen=row.seen & {"company_db"}) if row is goes else row
            for row in company.technologies]  # fmt: skip
    return replace(company, jobs=(job, *company.jobs), technologies=tuple(gone))


def _reported(company: Company, headline: str, text: str, *, signal: str) -> Article:
    slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in headline.lower()).split())
    url = f"https://business-ledger.sandbox.example/{slug}"
    return Article(
        title=headline, publisher="Business Ledger", url=url, days=0, signal=signal, text=text, seen=IN_PUBLIC
    )


COURSE: tuple[Callable[[Company], Company], ...] = (opens_an_office, changes_hands, moves_on)
LAST = 1 + len(COURSE)
