"""What the company runs, and what that means for the vendor's products."""

import re
from typing import Any

from enrichment.analysis import findings
from enrichment.analysis.derive import GROUPS, group_of
from enrichment.analysis.findings import Named
from enrichment.analysis.model import Task
from enrichment.analysis.needs import THEMES, Fit, themes_of
from enrichment.analysis.opportunities import competing, competitor_of
from enrichment.analysis.phrases import joined, phrase
from enrichment.analysis.said import Said, inferred, verbatim
from enrichment.analysis.schemas import MOST_SENTENCES, MOST_WORDS

_MOST_NAMES = 5  # of a sentence
_SECURES = re.compile(r"\b(?:security|identity|access|secrets|protection)\b", re.IGNORECASE)


def tech_stack(task: Task, fits: list[Fit]) -> dict[str, Any]:
    """The six groups, and observations on them."""
    found = [named for named in findings.technologies(task) if named.dataset == "tech_stack"]
    groups: dict[str, list[Named]] = {group: [] for group in GROUPS}
    others: list[Named] = []
    for named in found:
        group = group_of(named)
        (groups[group] if group else others).append(named)
    stack: dict[str, Any] = {
        group: [verbatim(named.name, named.evidence) for named in members[:MOST_WORDS]]
        for group, members in groups.items()
    }
    return stack | {"observations": _observations(task, groups, others, fits)[:MOST_SENTENCES]}


def _observations(
    task: Task, groups: dict[str, list[Named]], others: list[Named], fits: list[Fit]
) -> list[Said | None]:
    said = [
        _against(task),
        _same_field(task, fits),
        _said("needs", findings.integrations(task), company=task.company),
        _beside(groups, fits),
        _gap(task, groups, fits),
        _said("group", _securing(groups), company=task.company, group=phrase("groups", "security") or ""),
        _said("group", groups["infrastructure"], company=task.company, group=phrase("groups", "infrastructure") or ""),
        _said("others", others, company=task.company),
        _unseen(task),
    ]
    return [sentence for sentence in said if sentence]


def _securing(groups: dict[str, list[Named]]) -> list[Named]:
    """What is for security by its category: consent and compliance are filed beside it, and are for something else."""
    return [named for named in groups["security"] if _SECURES.search(named.category)]


def _against(task: Task) -> Said | None:
    """Products of competitors, each competitor as the vendor's own context calls it."""
    used = competing(task)[:_MOST_NAMES]
    rivals = [competitor_of(named.name, task.vendor) for named in used] if task.vendor else []
    names = joined(list(dict.fromkeys(filter(None, rivals))))
    return _said("usage", used, company=task.company, vendor=_vendor(task), rivals=names)


def _unseen(task: Task) -> Said | None:
    """What a database alone names, as its word."""
    found = findings.unseen(task)
    publisher = next((item.publisher for item in task.evidence for named in found if item.id in named.evidence), "")
    same = [named for named in found if any(i.publisher == publisher for i in task.evidence if i.id in named.evidence)]
    return _said("unseen", same, company=task.company, source=publisher)


def _said(key: str, found: list[Named], **names: str) -> Said | None:
    few = found[:_MOST_NAMES]
    sentence = phrase("observations", key, names=joined([named.name for named in few]), **names)
    return inferred(sentence, evidence_of_named(few))


def evidence_of_named(found: list[Named]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for named in found for key in named.evidence))


def worked_in(task: Task) -> list[Named]:
    """The stack, what people work in and on first: whatever they sign in to is there before what only programs see."""
    stack = [named for named in findings.technologies(task) if named.dataset == "tech_stack"]
    near = [[named for named in stack if group_of(named) == group] for group in ("collaboration", "infrastructure")]
    first = [*near[0][:2], *near[1][:1], *near[0][2:], *near[1][1:]]
    return [*first, *(named for named in stack if named not in first)]


def _same_field(task: Task, fits: list[Fit]) -> Said | None:
    """Products in use in the field of the vendor's best fitting product, whoever makes them."""
    for fit in fits:
        field = themes_of(f"{fit.product.name} {fit.product.description}")
        for named in findings.technologies(task):
            themes = sorted(themes_of(f"{named.name} {named.category}") & field - {"integration", "cloud"})
            if themes and group_of(named) == "security":
                names = {"company": task.company, "vendor": _vendor(task), "product": fit.product.name}
                return _said("same_field", [named], theme=THEMES[themes[0]].label, **names)
    return None


def _beside(groups: dict[str, list[Named]], fits: list[Fit]) -> Said | None:
    near = [*groups["collaboration"][:2], *groups["infrastructure"][:2]]
    return _said("beside", near, product=fits[0].product.name) if fits else None


def _gap(task: Task, groups: dict[str, list[Named]], fits: list[Fit]) -> Said | None:
    """A need that nothing in the stack answers: said only where there is a stack and a need in writing."""
    stack = [named for members in groups.values() for named in members]
    covered = frozenset[str]().union(*(themes_of(f"{named.name} {named.category}") for named in stack))
    for fit in fits:
        if stack and fit.theme and fit.need.kind == "challenge" and fit.theme.name not in covered:
            names = {"company": task.company, "theme": fit.theme.label, "product": fit.product.name, "word": fit.word}
            return inferred(phrase("observations", "gap", **names), fit.need.evidence)
    return None


def _vendor(task: Task) -> str:
    return task.vendor.name if task.vendor else task.vendor_name or ""
