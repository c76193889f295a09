"""People at a company: LinkedIn profiles that Bright Data holds, by the company they name as their current one.

Whoever names another company is left out.
"""

from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, Observation, Reply, register
from enrichment.sources.brightdata_search import hits_in, named, searched
from enrichment.sources.naming import same_name
from enrichment.sources.people import Known, observed
from enrichment.sources.reading import Lenient, Object, Text, Url, each

PEOPLE = "gd_l1viktl72bvl7bjuj0"
MOST = 50  # records


class Employer(Lenient):
    name: Text = ""
    title: Text = ""


class Person(Lenient):
    name: Text = ""
    position: Text = ""
    url: Url = ""
    current_company: Object = {}
    current_company_name: Text = ""

    @property
    def employer(self) -> Employer:
        return Employer.model_validate(self.current_company)

    @property
    def company(self) -> str:
        return self.current_company_name or self.employer.name


@register
class BrightDataPeopleDb:
    """Names and titles of people whose profile names the company as where they are now."""

    slug: ClassVar[str] = "brightdata_people_db"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = frozenset({"decision_makers", "key_contacts"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`, in doubt where records may have been charged."""
        return await searched(http, PEOPLE, filters=named(company, "current_company_name"), most=MOST)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """One person a profile; people of namesakes are dropped and counted."""
        found = list(each(Person, hits_in(reply.body)))
        names = (company.name, *company.aliases)
        kept = [each for each in found if each.name and any(same_name(each.company, name) for name in names)]
        seen: list[Observation] = [each for person in kept for each in observed(_known(person), company)]
        return Extraction(observations=tuple(seen), records=len(found), dropped=len(found) - len(kept))


def _known(person: Person) -> Known:
    return Known(
        name=person.name,
        title=person.employer.title or person.position,
        url=person.url,
        publisher="LinkedIn, by Bright Data",
        more=person.position if person.employer.title else "",
    )
