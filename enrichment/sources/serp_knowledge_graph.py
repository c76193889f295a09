"""Google's knowledge panel on a company, which SerpApi's `google` engine brings beside the results.

`title`, `website` and `description` are documented; every further fact line is a display string under a name of its own
that varies by company and language, `number_of_employees` among them only observed. A panel of a namesake is dropped.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Evidence, Extraction, Observation, Reply, register
from enrichment.sources.google import results_page
from enrichment.sources.naming import is_theirs, registrable
from enrichment.sources.reading import Lenient, Object, Text, Url, object_in, plain
from enrichment.sources.serpapi import WHO
from enrichment.sources.sheet import head_count


class Panel(Lenient):
    title: Text = ""
    website: Url = ""
    description: Text = ""
    headquarters: Text = ""
    number_of_employees: Text = ""
    source: Object = {}
    knowledge_graph_search_link: Url = ""


class Results(Lenient):
    knowledge_graph: Object = {}


@register
class SerpKnowledgeGraph:
    """The panel's name, site, description, seat and head-count."""

    slug: ClassVar[str] = "serp_knowledge_graph"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = frozenset(
        {"company_name", "company_domain", "company_overview", "headquarters", "employee_count"}
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        return await results_page(company, http)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the panel states; nothing where there is none, or it is another company's."""
        found = Results.model_validate(object_in(reply.body, who=WHO)).knowledge_graph
        panel = Panel.model_validate(found)
        if not panel.title:
            return Extraction(records=1)
        domain = registrable(panel.website)
        if not is_theirs(panel.title, domain, company):
            return Extraction(records=1, dropped=1)
        return Extraction(observations=tuple(_stated(panel, domain)), records=1, name=panel.title, domain=domain)


def _stated(panel: Panel, domain: str | None) -> Iterator[Observation]:
    link = str(panel.source.get("link", "")) if panel.source else ""
    lines = (panel.description, panel.headquarters, panel.number_of_employees, panel.website)
    evidence = Evidence(
        kind="record",
        title=f"{panel.title}: Google's panel",
        url=Panel.model_validate({"website": link}).website or panel.knowledge_graph_search_link,
        text=plain(" · ".join(line for line in lines if line)) or panel.title,
        publisher="Google",
    )
    values: dict[str, Any] = {
        "company_name": panel.title,
        "company_domain": domain,
        "company_overview": panel.description,
        "headquarters": panel.headquarters,
        "employee_count": head_count(panel.number_of_employees),
    }
    for dataset, value in values.items():
        if value:
            yield Observation(dataset=dataset, value=value, evidence=(evidence,))
