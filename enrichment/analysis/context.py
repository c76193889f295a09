"""What grounding looks things up in: a task's findings by the words that reports show."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from enrichment.analysis import articles, findings, phrases, values
from enrichment.analysis.hostile import is_hostile, talks_to_machines
from enrichment.analysis.intent import Intent, intent
from enrichment.analysis.model import Claim, EvidenceItem, FactItem, Task
from enrichment.analysis.needs import needs_of
from enrichment.analysis.opportunities import Opportunity, opportunities
from enrichment.analysis.text import normal
from enrichment.analysis.told import Sources, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A string, number or truth value of a body.

    `parent` is what directly holds it; `whole` the list item or scalar of a dataset that it is in (generic bodies).
    """

    path: tuple[str | int, ...]
    value: Any
    parent: Any
    whole: Any
    claim: Claim


class Context:
    """A task, indexed. Hostile evidence and hostile facts bear nothing."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.evidence = {item.id: item for item in task.evidence}
        self._sources: dict[tuple[str, ...], Sources] = {}

    def items(self, dataset: str, *, cited_by: Claim | None = None) -> list[FactItem]:
        """The fact's items; with `cited_by` those that the claim cites.

        An item that a person pinned has no evidence: a claim without any cites it.
        """
        fact = self.task.facts.get(dataset)
        found = [item for item in (fact.items if fact else ()) if not is_hostile(item.value)]
        return [item for item in found if cited_by is None or self.cites(cited_by, item.evidence)]

    def cites(self, claim: Claim, evidence: Iterable[str]) -> bool:
        """Whether the claim cites some of the evidence, and nothing but that evidence."""
        own = set(evidence)
        return set(claim.evidence) <= own and bool(claim.evidence) == bool(own)

    @cached_property
    def articles(self) -> dict[str, articles.Article]:
        return {normal(article.headline): article for article in articles.found(self.task)}

    @cached_property
    def people(self) -> dict[str, findings.Person]:
        return {normal(person.name): person for person in findings.people(self.task)}

    @cached_property
    def technologies(self) -> dict[str, findings.Named]:
        return {normal(found.name): found for found in findings.technologies(self.task)}

    @cached_property
    def jobs(self) -> dict[str, list[findings.Job]]:
        by_title: dict[str, list[findings.Job]] = {}
        for job in findings.jobs(self.task):
            by_title.setdefault(normal(job.title), []).append(job)
        return by_title

    @cached_property
    def opportunities(self) -> dict[str, list[Opportunity]]:
        by_signal: dict[str, list[Opportunity]] = {}
        for found in opportunities(self.task):
            by_signal.setdefault(normal(found.signal), []).append(found)
        return by_signal

    @cached_property
    def intent(self) -> Intent:
        return intent(self.task)

    def sources_of(self, claim: Claim) -> Sources:
        """What a sentence that cites `claim.evidence` may draw on."""
        if claim.evidence not in self._sources:
            self._sources[claim.evidence] = self._sources_of(claim)
        return self._sources[claim.evidence]

    def _sources_of(self, claim: Claim) -> Sources:
        return Sources(
            cited=[text for key in claim.evidence for text in self._texts.get(key, ())],
            items=[self._texts.get(key, ()) for key in claim.evidence],
            subjects=frozenset[str]().union(*(self._subjects.get(key, frozenset()) for key in claim.evidence)),
            themes=frozenset[str]().union(*(self._themes.get(key, frozenset()) for key in claim.evidence)),
            vendor=self._vendor,
            names=self._names,
            own=self._own,
            unseen=self._unseen,
            promises=self._promises,
            seller=self.task.vendor.name if self.task.vendor else self.task.vendor_name or "",
            signals=[signal for key in claim.evidence for signal in self._signals.get(key, ())],
            products=self._products,
            kinds=frozenset(self.evidence[key].kind for key in claim.evidence if key in self.evidence),
        )

    @cached_property
    def _unseen(self) -> frozenset[str]:
        """What one database names against the company's own pages."""
        return frozenset(found.name for found in findings.unseen(self.task))

    @cached_property
    def _own(self) -> Told:
        """What the rep's role stresses, in the admin's words."""
        role = self.task.role
        return Told(" ".join((role.focus, *role.talking_points, *role.recommendations)) if role else "")

    @cached_property
    def _signals(self) -> dict[str, list[str]]:
        """Evidence id → the lines that the report's opportunities have on it."""
        signals: dict[str, list[str]] = {}
        for found in opportunities(self.task):
            for key in found.evidence:
                signals.setdefault(key, []).append(found.signal)
        return signals

    @cached_property
    def _products(self) -> dict[str, Told]:
        vendor = self.task.vendor
        described = vendor.products if vendor else ()
        return {product.name: Told(f"{product.name} {product.description}") for product in described}

    @cached_property
    def _texts(self) -> dict[str, list[Told]]:
        """Evidence id → its own texts and those of the facts read from it, hostile ones left out."""
        texts = {key: dict.fromkeys(_texts_of(item)) for key, item in self.evidence.items()}
        for fact in self.task.facts.values():
            for item in fact.items:
                if not is_hostile(item.value):
                    for key in item.evidence:
                        texts.setdefault(key, {}).update(dict.fromkeys(values.texts_of(fact.dataset, item.value)))
        return {key: [Told(text) for text in found] for key, found in texts.items()}

    @cached_property
    def _subjects(self) -> dict[str, frozenset[str]]:
        """Evidence id → words for what it is about: of an article its signal's, of a post those of hiring."""
        subjects: dict[str, frozenset[str]] = {}
        news = [article for article in self.articles.values() if articles.is_news(article, self.task)]
        told = [(article.evidence, article.signal or "") for article in news]
        told += [(job.evidence, "hiring") for posts in self.jobs.values() for job in posts]
        for evidence, signal in told:
            for key in evidence:
                subjects[key] = subjects.get(key, frozenset()) | phrases.about(signal)
        return subjects

    @cached_property
    def _themes(self) -> dict[str, frozenset[str]]:
        """Evidence id → themes of the needs that were read from it."""
        themes: dict[str, frozenset[str]] = {}
        for need in needs_of(self.task):
            for key in need.evidence:
                themes[key] = themes.get(key, frozenset()) | need.themes
        return themes

    @cached_property
    def _vendor(self) -> list[Told]:
        """The vendor's own texts. Its competitors are left out: that one is in use must come from evidence."""
        vendor = self.task.vendor
        if vendor is None:
            return []
        products = (f"{product.name} {product.description}" for product in vendor.products)
        texts = (
            *products,
            *(product.name for product in vendor.products),
            *vendor.value_propositions,
            *vendor.target_markets,
        )
        return [Told(text) for text in texts if not talks_to_machines(text)]

    @cached_property
    def _promises(self) -> list[Told]:
        """Those of the vendor's texts that speak of all it sells."""
        vendor = self.task.vendor
        texts = (*vendor.value_propositions, *vendor.target_markets) if vendor else ()
        return [Told(text) for text in texts if not talks_to_machines(text)]

    @cached_property
    def _names(self) -> list[Told]:
        task = self.task
        vendor = task.vendor.name if task.vendor else None
        role = (task.role.slug, task.role.label) if task.role else ()
        names = (task.company, task.domain, task.vendor_name, vendor, *role, task.segment, task.region)
        stated = (item.value for item in self.items("company_name") if isinstance(item.value, str))
        stated = (name for name in stated if values.is_name(name, longest=120))
        return [Told(name) for name in (*names, *stated) if name]


def _texts_of(item: EvidenceItem) -> list[str]:
    day = item.published_at.date().isoformat() if item.published_at else ""
    return [text for text in (item.title, item.publisher, item.text, day) if text and not talks_to_machines(text)]
