"""A company as Clearbit's legacy API knows it. Closed to new customers: for keys that still answer, off by default.

`GET company.clearbit.com/v2/companies/find?domain=`; all of the wire format is from memory. 200 is the record, 202
says that the look-up is queued, 404 `unknown_record` is nobody. Two shapes are read: sizes within `metrics` and trades
within `category`, or, in older answers, `employees`, `raised` and `categories` beside it. Whether a 404 is counted
is not known; it is booked like any call.
"""

from collections.abc import Iterator
from typing import ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Refused, Reply, Unavailable, register
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.firmographics import FIRMOGRAPHICS, Firm, exactly, firm_rows
from enrichment.sources.funding import sum_rows
from enrichment.sources.naming import is_theirs, registrable
from enrichment.sources.places import seat
from enrichment.sources.reading import Lenient, Number, Object, Text, Texts, object_in
from enrichment.sources.sheet import Row, Sheet, head_count
from enrichment.sources.usage import TECHNOLOGY, technology_rows

FIND = "https://company.clearbit.com/v2/companies/find"
WHO = "Clearbit"
QUEUED = 5.0  # seconds after which a queued look-up is asked for again
MOST_TECHNOLOGIES = 100

LEFT_OUT = {
    "alexa": "a ranking that is no longer made",
    "category.industryGroup": "the industry says it more closely",
    "category.naicsCode": "a code for the industry",
    "category.sector": "the industry says it more closely",
    "category.sicCode": "a code for the industry",
    "category.subIndustry": "the industry is what others report too",
    "crunchbase": "an address of another source",
    "facebook": "an address that says nothing of the company",
    "founders": "names without an office: whether they are still there is not said",
    "foundedYear": "no dataset holds a year",
    "google": "a ranking",
    "id": "Clearbit's own",
    "legalName": "the name that it goes by is enough",
    "linkedin": "an address that says nothing of the company",
    "logo": "a picture",
    "metrics.alexaGlobalRank": "a ranking that is no longer made",
    "metrics.alexaUsRank": "a ranking that is no longer made",
    "parent": "no dataset holds an owner",
    "personal": "whether the domain is one for private mail",
    "site": "the company's own site is read by another source",
    "tags": "the industry says it more closely",
    "techCategories": "the technologies have categories of ours",
    "twitter": "an address, and words of somebody's account",
    "ultimateParent": "no dataset holds an owner",
    "url": "the domain says it",
}


class Category(Lenient):
    industry: Text = ""


class Geo(Lenient):
    city: Text = ""
    state: Text = ""
    country: Text = ""


class Metrics(Lenient):
    employees: Number = None
    employeesRange: Text = ""
    annualRevenue: Number = None
    estimatedAnnualRevenue: Text = ""
    raised: Number = None


class Company(Lenient):
    name: Text = ""
    domain: Text = ""
    domainAliases: Texts = []
    description: Text = ""
    location: Text = ""
    geo: Object = {}
    category: Object = {}
    categories: Texts = []
    metrics: Object = {}
    employees: Number = None
    raised: Number = None
    tech: Texts = []

    @property
    def sizes(self) -> Metrics:
        return Metrics.model_validate(self.metrics)


class Problem(Lenient):
    type: Text = ""


class Envelope(Lenient):
    error: Object = {}


@register
class ClearbitCompany:
    """Firmographics, sums and technologies of the company at a domain."""

    slug: ClassVar[str] = "clearbit_company"
    provider: ClassVar[str] = "clearbit"
    gives: ClassVar[frozenset[str]] = FIRMOGRAPHICS | TECHNOLOGY | {"budget_indicators"}

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The record's bytes, or those that say that there is none. Raises `SourceError`."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        headers = {"Authorization": f"Bearer {http.credentials.get('api_key', '')}"}
        response = await answered(http.get(FIND, params={"domain": company.domain}, headers=headers), buys=True)
        if response.status == 202:
            raise Unavailable(f"{WHO} has queued the look-up", retry_after=QUEUED)
        if _knows_nobody(response):
            return response.body
        if not 200 <= response.status < 300:
            raise error_of(response, who=WHO, buys=True)
        if "name" not in object_in(response.body, who=WHO):
            raise BadReply(f"{WHO} answered JSON that is no company")
        return response.body

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the record says; a record of another company is dropped."""
        found = Company.model_validate(object_in(reply.body, who=WHO))
        if not found.name:
            return Extraction()
        domain = registrable(found.domain)
        is_alias = company.domain in {registrable(alias) for alias in found.domainAliases}
        if not is_alias and not is_theirs(found.name, domain, company):
            return Extraction(records=1, dropped=1)
        sheet = Sheet(title=f"{found.name} at Clearbit", url="", publisher=WHO)
        observations = tuple(sheet.page(_rows(found, domain)))
        return Extraction(observations=observations, records=1, name=found.name, domain=domain)


def _knows_nobody(response: Response) -> bool:
    if response.status != 404:
        return False
    said = Envelope.model_validate(object_in(response.body, who=WHO, paid=False)).error
    return Problem.model_validate(said).type == "unknown_record"


def _rows(found: Company, domain: str | None) -> Iterator[Row]:
    sizes, trade = found.sizes, Category.model_validate(found.category).industry
    firm = Firm(
        name=found.name,
        domain=domain,
        industry=trade or next(iter(found.categories), ""),
        employees=exactly(sizes.employees) or head_count(sizes.employeesRange) or exactly(found.employees),
        headquarters=_seat(found),
        overview=found.description,
    )
    yield from firm_rows(firm)
    yield from sum_rows("Total funding", sizes.raised or found.raised)
    yield from sum_rows("Yearly revenue", sizes.annualRevenue)
    if sizes.estimatedAnnualRevenue and not sizes.annualRevenue:
        line = f"Yearly revenue, estimated: {sizes.estimatedAnnualRevenue}"
        yield "budget_indicators", line, {"indicator": line}
    for slug in found.tech[:MOST_TECHNOLOGIES]:
        for dataset, line, value in technology_rows(slug.replace("_", " ")):
            yield dataset, f"Uses {line}", value


def _seat(found: Company) -> str:
    """From the parts where there are any, else from a line of three: "San Francisco, California, U.S."."""
    geo = Geo.model_validate(found.geo)
    if geo.city:
        return seat(geo.city, geo.state, geo.country)
    parts = [part.strip() for part in found.location.split(",")]
    return seat(parts[0], parts[1], parts[2]) if len(parts) == 3 else ""
