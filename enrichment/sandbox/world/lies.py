"""What a lying source says: well-formed, about the right company, and wrong. Who has the truth can tell it apart."""

from dataclasses import replace

from enrichment.sandbox.world.model import Article, Company, Person

INVENTED_NAMES = ("Ottoline Fabricado", "Barnaby Mirage", "Clementine Hoax", "Ignatius Fable")


def lying(company: Company) -> Company:
    """The same company with a wrong size, place, age, trade, staff and news."""
    return replace(
        company,
        employees=company.employees * 37 + 11,
        city="Atlantis",
        region="",
        country="Mu",
        founded=company.founded - 61,
        industry="Perpetual Motion",
        industries=("Perpetual Motion",),
        overview=f"{company.name} sells perpetual motion machines from the sunken city of Atlantis.",
        people=tuple(invented(person, number) for number, person in enumerate(company.people)),
        news=tuple(false_report(company, article) for article in company.news),
    )


def invented(person: Person, number: int) -> Person:
    """Somebody who does not exist, in the place of somebody who does."""
    first, last = INVENTED_NAMES[number % len(INVENTED_NAMES)].split(" ")
    return replace(person, first=first, last=f"{last} {number}", slug="", email="", title=f"Former {person.title}")


def false_report(company: Company, article: Article) -> Article:
    """News of the same shape that never happened."""
    return replace(
        article, title=f"{company.name} files for bankruptcy and closes all offices", url=f"{article.url}?false"
    )
