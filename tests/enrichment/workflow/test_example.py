"""The documents' example, Acme Corp for Okta as an account executive, and the shape of its answer."""

from typing import Any

import pytest

from enrichment.analysis.schemas import MOST_PEOPLE
from enrichment.workflow import answers
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

# The documents' body, part by part; a list shows what its items look like. `e?`: or nothing.
TEXT, MAYBE = str, (str, type(None))
DOCUMENTED: dict[str, Any] = {
    "customer": {"name": MAYBE, "industry": MAYBE, "size": MAYBE, "headquarters": MAYBE, "description": MAYBE},
    "news_signals": [{"date": MAYBE, "headline": TEXT, "source": MAYBE, "insight": MAYBE, "signal_type": MAYBE}],
    "tech_stack": {
        **{
            name: [TEXT] for name in ("frontend", "backend", "infrastructure", "analytics", "collaboration", "security")
        },
        "observations": [TEXT],
    },
    "target_contacts": [{"name": MAYBE, "title": MAYBE, "role": MAYBE, "persona_fit": MAYBE, "signal": MAYBE}],
    "recommended_products": [{"product": TEXT, "reason": TEXT, "outcome": MAYBE, "dataset_source": MAYBE}],
    "competitor_context": {
        "known_usage": [TEXT],
        "pain_points": [TEXT],
        "positioning_advantage": MAYBE,
        "objection_handling": [TEXT],
    },
    "talking_points": [TEXT],
    "opportunity_signals": [{"signal": TEXT, "source": MAYBE, "urgency": MAYBE, "action": MAYBE}],
    "data_quality": {"completeness": float, "freshness": float, "reliability": float, "overall": float},
    "persona": {"name": TEXT, "role": TEXT, "segment": TEXT, "region": TEXT},
    "vendor_context_used": bool,
    "last_updated": TEXT,
}


def lacking(value: Any, shape: Any, at: str = "") -> list[str]:
    """Where the value is not of the documents' shape; it may have more."""
    if isinstance(shape, dict):
        fields = value if isinstance(value, dict) else {}
        missing = [f"{at}/{name}" for name in shape if name not in fields]
        return missing + [
            bad
            for name, inner in shape.items()
            if name in fields
            for bad in lacking(fields[name], inner, f"{at}/{name}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [at]
        return [bad for place, item in enumerate(value) for bad in lacking(item, shape[0], f"{at}/{place}")]
    return [] if isinstance(value, shape) else [at]


def test_a_value_of_another_shape_is_told() -> None:
    assert lacking({"talking_points": [1]}, {"talking_points": [TEXT], "persona": {}}) == [
        "/persona",
        "/talking_points/0",
    ]


def test_the_answer_has_every_field_of_the_documents_and_says_what_their_example_says(desk: Desk) -> None:
    body = answers.envelope(desk.research("Acme Corp"))["data"]["analysis"]

    assert lacking(body, DOCUMENTED) == []
    assert body["persona"] == {"name": "Taylor", "role": "AE", "segment": "Mid-Market", "region": "EMEA"}
    assert body["vendor_context_used"] is True
    _says_what_the_example_says(body)


def _says_what_the_example_says(body: dict[str, Any]) -> None:
    customer = body["customer"]
    assert (customer["industry"], customer["headquarters"]) == ("FinTech", "San Francisco, CA")
    news = {each["headline"]: each["signal_type"] for each in body["news_signals"]}
    assert news["Acme Corp raises $50M Series C for European expansion"] == "funding"
    assert news["Acme hires new CISO from Palo Alto Networks"] == "leadership"
    stack = body["tech_stack"]
    example = {
        "frontend": {"React", "Next.js"},
        "backend": {"Node.js", "Python", "PostgreSQL"},
        "infrastructure": {"AWS", "Kubernetes", "Terraform"},
        "analytics": {"Segment", "Amplitude"},
        "collaboration": {"Slack", "Notion"},
        "security": {"Azure AD"},
    }
    assert {group: names - set(stack[group]) for group, names in example.items()} == {group: set() for group in example}
    assert any("Azure AD" in text and "Okta" in text for text in stack["observations"])
    people = {(each["name"], each["title"]): each["role"] for each in body["target_contacts"]}
    assert people["Alicia Tran", "VP, Infrastructure"] == "Decision Maker"
    assert people["Mark Yu", "Director, Security Ops"] == "Champion"
    assert people[None, "IAM Architect"] == "Technical Buyer"
    assert len(people) <= MOST_PEOPLE
    assert {"Workforce Identity Cloud", "Lifecycle Management"} <= {e["product"] for e in body["recommended_products"]}
    against, points = body["competitor_context"], body["talking_points"]
    assert against["known_usage"][0] == "Azure AD"
    assert any("conditional access" in pain for pain in against["pain_points"])
    assert "Okta would add" in against["positioning_advantage"]
    assert any(text.startswith("If they already use Azure AD:") for text in against["objection_handling"])
    assert any(text.startswith("If there is no budget:") for text in against["objection_handling"])
    assert (
        "Do you work with Salesforce, Slack and AWS, and if so, how do you manage sign-in and access there?" in points
    )
    assert any("CISO" in text for text in points)
    urgent = {each["signal"]: each["urgency"] for each in body["opportunity_signals"]}
    assert urgent["Hiring: IAM Architect"] == "high"
    assert urgent["Acme hires new CISO from Palo Alto Networks"] == "high"
    assert urgent["Acme Corp raises $50M Series C for European expansion"] == "medium"
