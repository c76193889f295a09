"""Engines are tried in order; whatever fails, a report is written, and every try is told with its cost."""

from decimal import Decimal

from enrichment.analysis.builtin import Builtin
from enrichment.analysis.engines import vendor_context_from, write
from enrichment.analysis.grounding import ground
from enrichment.analysis.model import EngineError, Product, Usage, VendorContext
from tests.enrichment.analysis.liars import Failing, Liar, Truncating
from tests.enrichment.analysis.worlds import acme


async def test_the_first_engine_that_gives_a_draft_writes_the_report() -> None:
    written = await write(acme(), [Liar({}, slug="first"), Failing()])

    assert written.grounded.engine == "first"
    assert [attempt.engine for attempt in written.attempts] == ["first"]


async def test_builtin_writes_where_every_engine_fails() -> None:
    error = EngineError("is overloaded", usage=Usage(tokens_in=3, cost=Decimal("0.01")), retry_after=30.0)

    written = await write(acme(), [Failing(error=error), Truncating()])

    assert written.grounded.engine == "builtin"
    assert written.grounded.recall == 1.0
    first, second, third = written.attempts
    assert (first.failure, first.usage.cost, first.retry_after) == ("is overloaded", Decimal("0.01"), 30.0)
    assert second.failure.startswith("The draft is not of the report's schema: news_signals/0/headline")
    assert second.usage.tokens_in == 100
    assert (third.engine, third.failure, third.usage.cost) == ("builtin", "", Decimal(0))


async def test_without_engines_builtin_writes() -> None:
    written = await write(acme(), [])

    assert written.grounded == ground(Builtin().write(acme()), acme())


async def test_builtin_in_the_list_is_an_engine_like_any_other() -> None:
    written = await write(acme(), [Builtin()])

    assert [attempt.engine for attempt in written.attempts] == ["builtin"]


def test_a_vendors_body_is_what_a_rep_sells() -> None:
    context = vendor_context_from(
        {
            "companyName": "Okta",
            "products": ["Workforce Identity Cloud"],
            "productDetails": [{"name": "Workforce Identity Cloud", "description": None}],
            "valuePropositions": ["One secure sign-in"],
            "competitors": ["Ping Identity"],
            "targetMarkets": ["Financial services"],
        }
    )

    assert context == VendorContext(
        name="Okta",
        products=(Product(name="Workforce Identity Cloud"),),
        value_propositions=("One secure sign-in",),
        competitors=("Ping Identity",),
        target_markets=("Financial services",),
    )


def test_a_vendors_body_with_parts_missing_gives_an_empty_context() -> None:
    assert vendor_context_from({"companyName": None, "products": ["A"]}) == VendorContext(
        name="", products=(Product(name="A"),)
    )
