"""What Snov knows of the company at a domain: name, trade, city and a band of size.

`data` is an object, and an empty array where the domain is unknown; the size is a band of LinkedIn's ("Self", "51-200",
"10001+"), the city comes without a state.
"""

from collections.abc import Iterator
from typing import ClassVar

from enrichment.sources.base import CompanyRef, Extraction, Observation, Reply, register
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Text
from enrichment.sources.sheet import Row, Sheet, head_count
from enrichment.sources.snov_jobs import DomainSearch, job_in

ALONE = "Self"  # the band of who works alone


class Info(Lenient):
    company_name: Text = ""
    city: Text = ""
    founded: Text = ""
    website: Text = ""
    industry: Text = ""
    size: Text = ""


@register
class SnovCompany(DomainSearch):
    """Name, site, trade, city and head-count."""

    slug: ClassVar[str] = "snov_company"
    provider: ClassVar[str] = "snov"
    gives: ClassVar[frozenset[str]] = frozenset(
        {"company_name", "company_domain", "industry", "employee_count", "headquarters"}
    )
    tab: ClassVar[str] = ""

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the answer states; nothing where it is about another site than the company's."""
        found = job_in(reply.body).data
        info = Info.model_validate(found if isinstance(found, dict) else {})
        domain = registrable(info.website)
        if not info.company_name:
            return Extraction()
        if company.domain and domain and domain != company.domain:
            return Extraction(records=1, dropped=1)
        sheet = Sheet(title=f"{info.company_name} at Snov.io", url="", publisher="Snov.io")
        observations: Iterator[Observation] = sheet.page(_rows(info, domain))
        return Extraction(observations=tuple(observations), records=1, name=info.company_name, domain=domain)


def _rows(info: Info, domain: str | None) -> Iterator[Row]:
    size = {"low": 1, "high": 1} if info.size == ALONE else head_count(info.size)
    yield "company_name", f"Name: {info.company_name}", info.company_name
    if domain:
        yield "company_domain", f"Website: {info.website}", domain
    if info.industry:
        yield "industry", f"Industry: {info.industry}", info.industry
    if size:
        yield "employee_count", f"Employees: {info.size}", size
    if info.city:
        founded = f" (founded {info.founded})" if info.founded else ""
        yield "headquarters", f"City: {info.city}{founded}", info.city
