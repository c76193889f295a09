"""Whatever sources say, a report is written, fits its schema, and nothing of the built-in engine's is unborne."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.grounding import ground
from enrichment.analysis.schemas import misfit
from tests.enrichment.analysis.worlds import EVIDENCE, acme, fact, item

KEYS = [one.id for one in EVIDENCE]
FIELDS = (
    "headline",
    "name",
    "title",
    "challenge",
    "system",
    "product",
    "topic",
    "indicator",
    "date",
    "email",
    "category",
)
DATASETS = (
    "recent_news", "decision_makers", "tech_stack", "business_challenges", "hiring_trends", "integration_needs",
    "purchase_intent", "competitive_usage", "budget_indicators", "products", "employee_count", "industry",
)  # fmt: skip

words = st.sampled_from(
    [
        "Acme",
        "raises $50M",
        "CISO",
        "AWS",
        "hires",
        "“quoted”",
        "{hole}",
        "2026-03-01",
        "in Berlin",
        "Azure AD",
        "x" * 400,
        "é\u200b",
    ]
)
texts = st.lists(words, max_size=4).map(" ".join)
values: Any = st.one_of(
    texts, st.text(max_size=30), st.integers(), st.none(), st.booleans(), st.floats(allow_nan=False)
)
values = st.one_of(values, st.dictionaries(st.sampled_from(FIELDS), values, max_size=6), st.lists(texts, max_size=2))
items = st.lists(st.tuples(values, st.lists(st.sampled_from(KEYS), max_size=2, unique=True)), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(DATASETS), items, max_size=6),
    st.sampled_from(["customer_intelligence", "vendor_context", "profile"]),
    st.sampled_from(["AE", "SE", "CSM", "BDR", ""]),
)
def test_any_facts_give_a_report_of_the_schema(found: dict[str, Any], purpose: str, role: str) -> None:
    facts = {slug: fact(slug, "records", *(item(value, *keys) for value, keys in said)) for slug, said in found.items()}
    task = acme(role, purpose=purpose, facts=facts)

    grounded = ground(Builtin().write(task), task)

    assert misfit(purpose, grounded.body) is None
    assert 0.0 <= grounded.recall <= 1.0
    assert all(borne["support"] in {"verbatim", "derived", "inferred"} for borne in grounded.statements.values())
