"""Google's panel: stated facts of the company's own panel, and of no other."""

import json

import pytest

from enrichment.sources.base import CompanyRef, Extraction
from tests.enrichment.sources.contract import ACME, recorded
from tests.enrichment.sources.serp import SerpContract, nothing


class TestSerpKnowledgeGraph(SerpContract):
    slug = "serp_knowledge_graph"
    reply = "serp_knowledge_graph.json"
    empty = json.dumps(nothing("organic_results")).encode()

    def panel(self, company: CompanyRef = ACME, **changed: object) -> Extraction:
        body = json.loads(recorded(self.reply))
        body["knowledge_graph"] |= changed
        return self.read(json.dumps(body).encode(), company)

    def test_the_panels_lines_become_values(self):
        assert {o.dataset: o.value for o in self.panel().observations} == {
            "company_name": "Acme Robotics",
            "company_domain": "acme.example",
            "company_overview": "Acme Robotics builds warehouse robots.",
            "headquarters": "Boston, MA",
            "employee_count": {"low": 1240, "high": 1240},
        }

    @pytest.mark.parametrize(
        ("company", "changed", "is_theirs"),
        [
            (ACME, {"website": "https://acme-foods.example/"}, False),
            (ACME, {"website": "", "title": "Acme Foods"}, False),
            (ACME, {"website": "", "title": "Acme Robotics Inc."}, True),
            (CompanyRef(name="Acme Foods"), {}, False),
        ],
    )
    def test_a_namesakes_panel_is_dropped(self, company, changed, is_theirs):
        found = self.panel(company, **changed)

        assert (bool(found.observations), found.dropped) == (is_theirs, 0 if is_theirs else 1)

    def test_a_line_of_another_type_is_not_known(self):
        values = {o.dataset for o in self.panel(headquarters=["Boston"], number_of_employees={}).observations}

        assert values == {"company_name", "company_domain", "company_overview"}
