"""A vendor's own context: what it sells, to whom, against whom."""

from typing import Any

from enrichment.analysis import values
from enrichment.analysis.builtin import company as basics
from enrichment.analysis.derive import pricing_model
from enrichment.analysis.model import Task
from enrichment.analysis.phrases import joined, phrase
from enrichment.analysis.said import Said, derived, inferred, verbatim
from enrichment.analysis.schemas import MOST_WORDS
from enrichment.analysis.text import normal
from enrichment.analysis.values import Record


def vendor_context(task: Task) -> dict[str, Any]:
    company = basics.company(task)
    products = _products(task)
    return {
        "companyName": company["name"],
        "domain": company["domain"],
        "industry": company["industry"],
        "companySize": company["size"],
        "headquarters": company["headquarters"],
        "description": company["description"],
        "products": [verbatim(product.text("name"), product.evidence) for product in products],
        "productDetails": [_detail(product) for product in products],
        "targetMarkets": _words(task, "target_markets"),
        "competitors": _words(task, "competitors"),
        "valuePropositions": _words(task, "value_propositions"),
        "positioning": _positioning(task, products),
        "competitorFocus": _words(task, "competitor_focus"),
        "pricingModel": _pricing_model(task),
        "pricing": _words(task, "pricing_model"),
        "customers": _words(task, "customers"),
        "integrations": _words(task, "integrations"),
    }


def _products(task: Task) -> list[Record]:
    """Products by name; of several records of one the first that describes it."""
    by_name: dict[str, Record] = {}
    for record in values.records(task, "products"):
        name = normal(record.text("name"))
        if name and (name not in by_name or not by_name[name].text("description")):
            by_name[name] = record
    return list(by_name.values())[:MOST_WORDS]


def _detail(product: Record) -> dict[str, Any]:
    return {
        "name": verbatim(product.text("name"), product.evidence),
        "description": verbatim(product.text("description", 900), product.evidence),
    }


def _words(task: Task, dataset: str) -> list[Said | None]:
    return [verbatim(word, evidence) for word, evidence in values.words_of(task, dataset)[:MOST_WORDS]]


def _pricing_model(task: Task) -> Said | None:
    lines = values.words_of(task, "pricing_model")
    evidence = dict.fromkeys(key for _, cited in lines for key in cited)
    return derived(pricing_model([line for line, _ in lines]), "pricing_model", evidence)


def _positioning(task: Task, products: list[Record]) -> Said | None:
    """What it offers, to whom, and against whom, in as many sentences as are known."""
    offers = [(record.text("name"), record.evidence) for record in products[:4]]
    markets = values.words_of(task, "target_markets")[:3]
    rivals = values.words_of(task, "competitors")[:3]
    sentences = [
        phrase("vendor", "offers", company=task.company, products=_joined(offers)),
        phrase("vendor", "serves", markets=_joined(markets)),
        phrase("vendor", "competes", competitors=_joined(rivals)),
    ]
    evidence = dict.fromkeys(key for _, cited in (*offers, *markets, *rivals) for key in cited)
    return inferred(" ".join(filter(None, sentences)), evidence) if offers else None


def _joined(words: list[tuple[str, tuple[str, ...]]]) -> str:
    return joined([word for word, _ in words])
