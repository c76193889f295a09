"""Reasons to call now, computed from the findings: the built-in engine writes them, grounding computes them again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from enrichment.analysis import articles, findings, values
from enrichment.analysis.correlation import Witness, correlated, singular, witness
from enrichment.analysis.derive import urgency
from enrichment.analysis.findings import is_of, usual
from enrichment.analysis.model import Claim, SignalRuleView, Support, Task, VendorContext
from enrichment.analysis.needs import themes_of
from enrichment.analysis.phrases import joined
from enrichment.analysis.values import day_of

_ORDER = ("high", "medium", "low")
_MOST_PER_KIND = {"rule": 4, "article": 12, "job": 5, "post": 2, "topic": 4, "usage": 3, "system": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """`source` is news, jobs, tech or contact; `kind` a key of the limits above, `name` what its action is about.

    `action` is there where a rule of the admin's says what to do; `signal_type` where it is news.
    """

    signal: str
    source: str
    urgency: str
    kind: str
    name: str
    evidence: tuple[str, ...]
    action: str = ""
    signal_type: str = ""

    @property
    def claim(self) -> Claim:
        """How the report says where it comes from: a headline stands in its evidence, the rest is put together."""
        if self.kind == "article":
            return Claim(evidence=self.evidence, support=Support.VERBATIM)
        return Claim(evidence=self.evidence, support=Support.DERIVED, how="opportunity")


def opportunities(task: Task) -> list[Opportunity]:
    """The task's opportunities, most urgent first, correlated signals before single ones."""
    counted: dict[str, int] = {}
    kept = []
    for found in _every(task):
        counted[found.kind] = counted.get(found.kind, 0) + 1
        if found.evidence and counted[found.kind] <= _MOST_PER_KIND[found.kind]:
            kept.append(found)
    return sorted(kept, key=lambda found: _ORDER.index(found.urgency))


def _every(task: Task) -> Iterator[Opportunity]:
    yield from _of_rules(task)
    yield from _of_news(task)
    yield from _of_jobs(task)
    yield from _of_topics(task)
    for used in competing(task):  # what a source names need not be in use today
        yield _tech("usage", f"May use {used.name}", used)
    for system in findings.integrations(task):
        yield _tech("system", f"May have to work with {system.name}", system)


def _tech(kind: str, signal: str, found: findings.Named) -> Opportunity:
    return Opportunity(
        signal=signal, source="tech", urgency="medium", kind=kind, name=found.name, evidence=found.evidence
    )


def _of_news(task: Task) -> Iterator[Opportunity]:
    for article in articles.found(task):
        if article.signal and articles.is_news(article, task):
            yield Opportunity(
                signal=article.headline,
                source="news",
                urgency=urgency(article.signal, article.headline, article.day, task.as_of.date()),
                kind="article",
                name=article.headline,
                evidence=article.evidence,
                signal_type=article.signal,
            )


def _of_jobs(task: Task) -> Iterator[Opportunity]:
    """Posts in the field of the vendor's products first: they are filled by people who will choose tools.

    Other posts are no more than a sign of growth.
    """
    field = products_field(task)
    posts = [(bool(themes_of(job.title) & field), job) for job in findings.jobs(task)]
    for is_near, job in sorted(posts, key=lambda post: not post[0]):
        is_old = job.day is not None and (task.as_of.date() - job.day).days > 60
        yield Opportunity(
            signal=f"{'Post of some time ago' if is_old else 'Hiring'}: {job.title}",
            source="jobs",
            urgency="low" if not is_near else "medium" if is_old else "high",
            kind="job" if is_near else "post",
            name=job.title,
            evidence=job.evidence,
        )


def products_field(task: Task) -> frozenset[str]:
    """The themes of the vendor's products and propositions."""
    return frozenset(products_themes(task))


def products_themes(task: Task) -> Counter[str]:
    """Each theme of the vendor's products and propositions, with how many of them speak of it."""
    if task.vendor is None:
        return Counter()
    products = (f"{product.name} {product.description}" for product in task.vendor.products)
    return Counter(theme for text in (*products, *task.vendor.value_propositions) for theme in themes_of(text))


def _of_topics(task: Task) -> Iterator[Opportunity]:
    for record in findings.topic_records(task):
        score, topic = record.value.get("score"), record.text("topic")
        is_strong = isinstance(score, int | float) and not isinstance(score, bool) and score >= 70
        yield Opportunity(
            signal=f"Intent data names {topic}",
            source="tech",
            urgency="high" if is_strong else "medium",
            kind="topic",
            name=topic,
            evidence=record.evidence,
        )


def competing(task: Task) -> list[findings.Named]:
    """Products in use whose name, or its beginning, is that of a competitor of the vendor's: "Ping Identity".

    A technology that goes by several names is one: whoever competes with Microsoft Entra ID meets it as Azure AD, too.
    """
    names = [usual(name) for name in task.vendor.competitors] if task.vendor else []
    return [used for used in findings.technologies(task) if any(is_of(usual(used.name), name) for name in names)]


def competitor_of(product: str, vendor: VendorContext) -> str | None:
    """The competitor, as the vendor's context calls it, whose product that is; None where it is nobody's."""
    used = usual(product)
    return next((name for name in vendor.competitors if is_of(used, usual(name))), None)


def _of_rules(task: Task) -> Iterator[Opportunity]:
    found = witnesses_of(task) if task.signal_rules else {}
    for rule in task.signal_rules:
        evidence = correlated(rule, found, as_of=task.as_of.date())
        if evidence is not None:
            yield _of_rule(rule, evidence)


def _of_rule(rule: SignalRuleView, evidence: tuple[str, ...]) -> Opportunity:
    return Opportunity(
        signal=f"Rule “{rule.name}” ({joined(sorted(map(_plain, rule.signals)))})",
        source="news",
        urgency=rule.urgency if rule.urgency in _ORDER else "medium",
        kind="rule",
        name=rule.name,
        evidence=evidence,
        action=rule.action,
    )


def _plain(signal: str) -> str:
    return signal.replace("_", " ")


def witnesses_of(task: Task) -> dict[str, list[Witness]]:
    """Signal → what bears it. News give their types, jobs `hiring`, a dataset its own slug, so `integration_need` too.

    A type of news counts where it is beyond doubt. `integration` is a system to work with or a challenge in connecting
    systems, `intent` a topic, `competitor` a competing product that sources name. All in the singular.
    """
    items = {item.id: item for item in task.evidence}
    found: dict[str, dict[str, Witness]] = {}
    for signal, evidence, day in (*_signals_of_findings(task), *_signals_of_datasets(task)):
        for key in evidence:
            if key in items:
                found.setdefault(singular(signal), {}).setdefault(key, witness(task, items[key], day))
    return {signal: list(each.values()) for signal, each in found.items()}


Sign = tuple[str, tuple[str, ...], date | None]  # signal, evidence, the day it is of


def _signals_of_findings(task: Task) -> Iterator[Sign]:
    yield from ((article.sure_signal or "news", article.evidence, article.day) for article in articles.found(task))
    yield from (("hiring", job.evidence, job.day) for job in findings.jobs(task))
    for need in (*findings.integrations(task), *findings.challenges(task)):
        if need.dataset == "integration_needs" or "integration" in themes_of(need.name):
            yield "integration", need.evidence, None
    yield from (("intent", topic.evidence, None) for topic in findings.topics(task))
    yield from (("competitor", rival.evidence, None) for rival in competing(task))


def _signals_of_datasets(task: Task) -> Iterator[Sign]:
    for dataset in task.facts:
        yield from ((dataset, record.evidence, day_of(record)) for record in values.records(task, dataset))
