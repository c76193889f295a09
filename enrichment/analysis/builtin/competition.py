"""What the vendor is up against: products in use, pain, and what will be said against buying."""

from typing import Any

from enrichment.analysis import articles, findings, values
from enrichment.analysis.builtin.products import promise_on
from enrichment.analysis.builtin.technology import evidence_of_named, worked_in
from enrichment.analysis.findings import Named
from enrichment.analysis.model import Task
from enrichment.analysis.needs import Fit, themes_of
from enrichment.analysis.opportunities import competing
from enrichment.analysis.phrases import joined, phrase, quoted
from enrichment.analysis.said import Said, inferred, verbatim
from enrichment.analysis.schemas import MOST_WORDS
from enrichment.analysis.text import normal
from enrichment.signals import classify


def competitor_context(task: Task, fits: list[Fit]) -> dict[str, Any]:
    used = in_use(task)
    return {
        "known_usage": [verbatim(named.name, named.evidence) for named in used[:MOST_WORDS]],
        "pain_points": [verbatim(pain.name, pain.evidence) for pain in findings.challenges(task)[:MOST_WORDS]],
        "positioning_advantage": _advantage(task, used, fits),
        "objection_handling": [*_already(competing(task), fits), *_budget(task), _effort(task, fits)],
    }


def in_use(task: Task) -> list[Named]:
    """Competitors' products in use first, then whatever else vendors' products the company is known to use."""
    rivals = competing(task)
    bought = {normal(record.text("product")) for record in values.records(task, "competitive_usage")}
    known = [named for named in findings.technologies(task) if normal(named.name) in bought]
    return list(dict.fromkeys([*rivals, *known]))


def _advantage(task: Task, used: list[Named], fits: list[Fit]) -> Said | None:
    """How to stand against what is in use, and what the vendor promises on the need that fits best."""
    vendor = task.vendor
    if vendor is None:
        return None
    rivals = (competing(task) or [named for named in used if _is_near(named, fits)])[:3]
    base = rivals or [named for named in findings.technologies(task) if named.evidence][:1]
    names = {"company": task.company, "vendor": vendor.name, "names": joined([named.name for named in rivals])}
    stand = phrase("competition", "beside", **names) if rivals else phrase("competition", "open", **names)
    promise = promise_on(vendor, fits[0].theme.name) if fits and fits[0].theme else ""
    promise = promise or (vendor.value_propositions[0] if vendor.value_propositions else "")
    lead = phrase("competition", "promise", vendor=vendor.name, proposition=quoted(promise))
    needs = fits[0].need.evidence if fits else ()
    evidence = (*evidence_of_named(base), *needs)
    return inferred(" ".join(filter(None, (stand, lead))), evidence)


def _is_near(named: Named, fits: list[Fit]) -> bool:
    """Whether the product is in the field of some product that fits; all are, where no product does."""
    field = frozenset[str]().union(*(themes_of(f"{fit.product.name} {fit.product.description}") for fit in fits))
    return not field or bool(themes_of(f"{named.name} {named.category}") & field)


def _already(used: list[Named], fits: list[Fit]) -> list[Said | None]:
    product = fits[0].product.name if fits else ""
    return [
        inferred(phrase("competition", "have", name=named.name, product=product), named.evidence) for named in used[:3]
    ]


def _budget(task: Task) -> list[Said | None]:
    """What is known of money: cuts call for savings, new money for a plan."""
    cuts = [article for article in articles.found(task) if article.sure_signal == "layoffs"]
    if cuts:
        return [inferred(phrase("competition", "tight", text=quoted(cuts[0].headline)), cuts[0].evidence)]
    for record in values.records(task, "budget_indicators"):
        text = quoted(record.text("indicator"))
        if classify(text) not in (None, "funding"):
            continue  # a merger costs money
        return [inferred(phrase("competition", "cost", company=task.company, text=text), record.evidence)]
    raised = [article for article in articles.found(task) if article.sure_signal == "funding"]
    texts = [(quoted(article.headline), article.evidence) for article in raised[:1]]
    return [inferred(phrase("competition", "cost", company=task.company, text=text), cited) for text, cited in texts]


def _effort(task: Task, fits: list[Fit]) -> Said | None:
    systems = findings.integrations(task)[:3]
    systems = systems or worked_in(task)[:2]
    names = joined([named.name for named in systems])
    product = fits[0].product.name if fits else ""
    return inferred(phrase("competition", "effort", product=product, names=names), evidence_of_named(systems))
