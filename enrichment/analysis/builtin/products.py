"""Which of the vendor's products answer what was found, and what comes of it."""

from typing import Any

from enrichment.analysis.model import Task, VendorContext
from enrichment.analysis.needs import Fit, needs_of, themes_of
from enrichment.analysis.opportunities import opportunities
from enrichment.analysis.phrases import phrase, quoted
from enrichment.analysis.said import derived, inferred

_MOST = 5


def recommended_products(task: Task, fits: list[Fit]) -> list[Any]:
    """The best fitting products; where none fits, the first one, tied to the strongest reason to call."""
    if task.vendor is None:
        return []
    told: set[str] = set()
    found = [_recommended(task, task.vendor, fit, told) for fit in fits[:_MOST]]
    return found or _first(task, task.vendor)


def _recommended(task: Task, vendor: VendorContext, fit: Fit, told: set[str]) -> dict[str, Any]:
    """The product, why, and what comes of it; `told` are outcomes that stand with another product."""
    evidence = fit.need.evidence
    return {
        "product": derived(fit.product.name, "vendor_product", evidence),
        "reason": inferred(_reason(task, fit), evidence),
        "outcome": inferred(_outcome(vendor, fit, told), evidence),
        "dataset_source": derived(fit.need.dataset, "dataset_of", evidence),
    }


def _reason(task: Task, fit: Fit) -> str | None:
    names = {"company": task.company, "product": fit.product.name, "text": quoted(fit.need.text), "word": fit.word}
    if fit.theme is None:
        return phrase("reasons", "words", **names)
    return phrase("reasons", fit.need.kind, theme=fit.theme.label, **names)


def _outcome(vendor: VendorContext, fit: Fit, told: set[str]) -> str | None:
    """What the vendor promises on the theme, in its own words; else what is to be aimed for; nothing twice.

    Of a product that shares no more than a word with the finding nothing is promised.
    """
    if fit.theme is None:
        return None
    promises = [text for text in vendor.value_propositions if fit.theme.name in themes_of(text)]
    names = [{"vendor": vendor.name, "proposition": quoted(text)} for text in promises]
    promised = (_new(phrase("outcomes", "proposition", **each), told) for each in names)
    return next(filter(None, promised), None) or _new(phrase("outcomes", "theme", outcome=fit.theme.outcome), told)


def _new(sentence: str | None, told: set[str]) -> str | None:
    """The sentence, remembered; None where it was told."""
    if sentence is None or sentence in told:
        return None
    told.add(sentence)
    return sentence


def promise_on(vendor: VendorContext, theme: str) -> str:
    """The vendor's first proposition on the theme; empty where there is none."""
    return next((text for text in vendor.value_propositions if theme in themes_of(text)), "")


def _first(task: Task, vendor: VendorContext) -> list[Any]:
    needs = [need for need in needs_of(task) if need.evidence and need.kind in {"challenge", "topic", "job", "news"}]
    urgent = {chance.name for chance in opportunities(task) if chance.urgency == "high"}
    needs.sort(key=lambda need: need.text not in urgent)
    if not needs or not vendor.products:
        return []
    need, product = needs[0], vendor.products[0]
    names = {"company": task.company, "product": product.name, "text": quoted(need.text)}
    return [
        {
            "product": derived(product.name, "vendor_product", need.evidence),
            "reason": inferred(phrase("reasons", "none", **names), need.evidence),
            "outcome": inferred(_general_promise(vendor), need.evidence),
            "dataset_source": derived(need.dataset, "dataset_of", need.evidence),
        }
    ]


def _general_promise(vendor: VendorContext) -> str | None:
    first = vendor.value_propositions[0] if vendor.value_propositions else ""
    return phrase("outcomes", "proposition", vendor=vendor.name, proposition=quoted(first))
