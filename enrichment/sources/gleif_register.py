"""A company's entry in the world's register of legal entities (LEI), kept by the GLEIF. CC0, no key.

`GET https://api.gleif.org/api/v1/lei-records`, JSON:API, at most 60 requests a minute. The register knows no web sites:
an entry is taken where one living entity alone bears the company's name, so of two Acmes it knows neither. Funds have
entries, too, often under names that begin with their founder's; they are left out.
Uncertain in the wire format, so read tolerantly: whether the filter compares whole names or their beginnings.
"""

from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.naming import same_legal_name, words_of
from enrichment.sources.places import country_of, seat
from enrichment.sources.reading import Lenient, Object, Objects, Text, each, object_in
from enrichment.sources.sheet import Row, Sheet

WHO = "GLEIF"
RECORDS = "https://api.gleif.org/api/v1/lei-records"
PAGE = "https://search.gleif.org/#/record/{lei}"
MOST_ENTRIES = 50  # of one page; names that many begin with are nobody's


class Name(Lenient):
    name: Text = ""


class Address(Lenient):
    city: Text = ""
    region: Text = ""  # ISO 3166-2: "US-CA"
    country: Text = ""  # ISO 3166-1: "US"

    @property
    def seat(self) -> str:
        """Such as "San Francisco, CA" or "Berlin, Germany"; some registers write cities in capitals."""
        city = self.city.title() if self.city.isupper() else self.city
        return seat(city, self.region.partition("-")[2], country_of(self.country))


class Entity(Lenient):
    legalName: Object = {}
    otherNames: Objects = []
    headquartersAddress: Object = {}
    jurisdiction: Text = ""
    category: Text = ""
    status: Text = ""

    @property
    def name(self) -> str:
        return Name.model_validate(self.legalName).name

    def is_called_like(self, company: CompanyRef) -> bool:
        """Whether it lives, is no fund, and bears the company's name, or a longer one of its aliases, or did once."""
        names = [self.name, *(other.name for other in each(Name, self.otherNames))]
        known = [company.name, *(alias for alias in company.aliases if len(words_of(alias)) > 1)]
        alike = any(same_legal_name(name, own) for name in names for own in known)
        return alike and self.status in {"", "ACTIVE"} and self.category != "FUND"


class Attributes(Lenient):
    lei: Text = ""
    entity: Object = {}
    registration: Object = {}


class Registration(Lenient):
    lastUpdateDate: Text = ""


class Found(Lenient):
    data: Objects = []


class Record(Lenient):
    attributes: Object = {}


@register
class GleifRegister:
    """Name and seat of a legal entity, as its home register has them."""

    slug: ClassVar[str] = "gleif_register"
    provider: ClassVar[str] = "gleif"
    gives: ClassVar[frozenset[str]] = frozenset({"company_name", "headquarters"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The register's answer as it came. Raises `SourceError`."""
        params = {"filter[entity.legalName]": company.name, "page[size]": MOST_ENTRIES}
        response = await answered(http.get(RECORDS, params=params))
        if response.status != 200:
            raise error_of(response, who=WHO)
        if not isinstance(object_in(response.body, who=WHO).get("data"), list):
            raise BadReply(f"{WHO} answered JSON that is no list of records")
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The entry of the one entity that is called like the company; every other is dropped."""
        records = [Attributes.model_validate(r.attributes) for r in each(Record, _found(reply).data[:MOST_ENTRIES])]
        alike = [record for record in records if Entity.model_validate(record.entity).is_called_like(company)]
        if len(alike) != 1:
            return Extraction(dropped=len(records))
        (record,) = alike
        entity = Entity.model_validate(record.entity)
        updated = moment(Registration.model_validate(record.registration).lastUpdateDate, fetched_at=reply.fetched_at)
        url = PAGE.format(lei=record.lei) if record.lei.isascii() and record.lei.isalnum() else ""
        sheet = Sheet(title=f"{entity.name} in the register of legal entities", url=url, publisher=WHO, at=updated)
        return Extraction(
            observations=tuple(sheet.page(_rows(entity, record.lei))),
            records=1,
            dropped=len(records) - 1,
            name=entity.name or None,
        )


def _found(reply: Reply) -> Found:
    return Found.model_validate(object_in(reply.body, who=WHO))


def _rows(entity: Entity, lei: str) -> list[Row]:
    under = f", incorporated in {entity.jurisdiction}" if entity.jurisdiction else ""
    rows: list[Row] = [("company_name", f"Legal name: {entity.name}{under}. LEI: {lei}", entity.name)]
    if headquarters := Address.model_validate(entity.headquartersAddress).seat:
        rows.append(("headquarters", f"Headquarters: {headquarters}", headquarters))
    return rows
