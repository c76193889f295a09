"""Which of the vendor's products answer what was found, and what comes of it."""

from typing import Any

from enrichment.analysis.model import Task, VendorContext
from enrichment.analysis.needs import Fit, hits, themes_of, word_of
from enrichment.analysis.phrases import phrase, quoted
from enrichment.analysis.said import derived, inferred

_MOST = 5
_TIED = 2  # words of a theme in a description that is about it


def recommended_products(task: Task, fits: list[Fit]) -> list[Any]:
    """The best fitting products; none where nothing that was found is about what a product does."""
    if task.vendor is None:
        return []
    told: set[str] = set()
    return [_recommended(task, task.vendor, fit, told) for fit in fits[:_MOST]]


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
        return None
    kind = fit.need.kind if word_of(fit.theme.name, fit.product.description) else "named"
    return phrase("reasons", kind, theme=fit.theme.label, **names)


def _outcome(vendor: VendorContext, fit: Fit, told: set[str]) -> str | None:
    """What the vendor promises on the theme, in its own words; else what is to be aimed for; nothing twice.

    What is to be aimed for is said of a product that its description ties to the theme by more than one word.
    """
    if fit.theme is None:
        return None
    promises = [text for text in vendor.value_propositions if fit.theme.name in themes_of(text)]
    names = [{"vendor": vendor.name, "proposition": quoted(text)} for text in promises]
    promised = (_new(phrase("outcomes", "proposition", **each), told) for each in names)
    said = next(filter(None, promised), None)
    if said or hits(fit.theme.name, fit.product.description) < _TIED:
        return said
    return _new(phrase("outcomes", "theme", outcome=fit.theme.outcome), told)


def _new(sentence: str | None, told: set[str]) -> str | None:
    """The sentence, remembered; None where it was told."""
    if sentence is None or sentence in told:
        return None
    told.add(sentence)
    return sentence


def promise_on(vendor: VendorContext, theme: str) -> str:
    """The vendor's first proposition on the theme; empty where there is none."""
    return next((text for text in vendor.value_propositions if theme in themes_of(text)), "")
