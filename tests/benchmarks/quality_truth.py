"""Is a fact right? Judged by what is true in the sandbox's world, dataset by dataset. Pure.

What nobody can be right or wrong about is not judged: a need is left out where the world holds nothing of it, and an
item where a seller made it up beside the world (an estimate, a growth, a purchase of years ago). A list or records are
right by the share of their judged items that are true; a scalar is right or wrong.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from enrichment.sandbox.world import Company, World
from enrichment.technologies import by_name

LIKENESS = 0.5  # share of an overview's words that the world's own words about the company must hold
# Which property holds what there is to know of a dataset; all else is always there to be known.
KNOWN = {
    "decision_makers": "people",
    "key_contacts": "people",
    "tech_stack": "technologies",
    "competitive_usage": "technologies",
    "integration_needs": "technologies",
    "recent_news": "headlines",
    "recent_activities": "headlines",
    "growth_signals": "growth",
    "buying_signals": "buying",
    "budget_indicators": "budgets",
    "business_challenges": "challenges",
    "purchase_intent": "topics",
    "hiring_trends": "titles",
    "products": "products",
    "value_propositions": "propositions",
    "target_markets": "markets",
    "competitors": "competitors",
    "pricing_model": "prices",
    "customers": "customers",
    "integrations": "integrations",
    "competitor_focus": "nothing",  # what people take over; no source gives it
}
# Of records that are told by one field, which: right is what is known under it.
BY_FIELD = {
    "decision_makers": "name",
    "key_contacts": "name",
    "tech_stack": "name",
    "competitive_usage": "product",
    "integration_needs": "system",
    "purchase_intent": "topic",
    "hiring_trends": "title",
    "products": "name",
}
# Systems that take applications: which one a company has is the sandbox's lot, and what its careers page shows holds.
BOARDS = ("Greenhouse", "Lever", "Ashby", "Recruitee", "SmartRecruiters", "Teamtailor")
BAD_NEWS = frozenset({"security_incident", "layoffs", "regulation"})


@dataclass(frozen=True)
class Judge:
    """What is true of one company, in the form in which facts are compared with it."""

    company: Company
    world: World

    def share_right(self, dataset: str, value: Any) -> float | None:
        """0 to 1; None for a dataset of which the world holds nothing."""
        if not self.holds(dataset):
            return None
        items = [item for item in (value if isinstance(value, list) else [value]) if not is_beside_the_world(item)]
        return sum(self.is_right(dataset, item) for item in items) / len(items) if items else None

    def holds(self, dataset: str) -> bool:
        """Whether the world holds anything of it."""
        return dataset not in KNOWN or bool(getattr(self, KNOWN[dataset]))

    def is_right(self, dataset: str, item: Any) -> bool:
        """Whether one item, or a scalar, is true."""
        if dataset in BY_FIELD:
            return plain(item[BY_FIELD[dataset]]) in getattr(self, KNOWN[dataset])
        if isinstance(item, dict) and "headline" in item:
            return self._has_happened(item["headline"], item.get("publisher", ""))
        check = {
            "employee_count": self._holds_head_count,
            "headquarters": lambda place: plain(place.split(",")[0]) == plain(self.company.city),
            "company_overview": self._is_like_it,
            "budget_indicators": self._is_money_of_theirs,
            "business_challenges": lambda said: plain(said["challenge"]) in self.challenges | self.headlines,
        }.get(dataset)
        return check(item) if check else plain(item) in getattr(self, KNOWN.get(dataset, dataset))

    # --- What there is to know ----------------------------------------------------------------------------------------

    @cached_property
    def company_name(self) -> set[str]:
        return {plain(name) for name in (*self.company.names, *self.company.former_names)}

    @cached_property
    def company_domain(self) -> set[str]:
        return {plain(self.company.domain)}

    @cached_property
    def industry(self) -> set[str]:
        return {plain(name) for name in (self.company.industry, *self.company.industries)}

    @cached_property
    def people(self) -> set[str]:
        """Who is there today."""
        return {plain(person.name) for person in self.company.people if person.left is None}

    @cached_property
    def technologies(self) -> set[str]:
        """What it runs on, what that is made with (WordPress with PHP), and where it takes applications."""
        used = [each.name for each in self.company.technologies if not each.dropped]
        return {plain(name) for name in (*used, *made_with(used), *BOARDS)}

    @cached_property
    def headlines(self) -> set[str]:
        mentions = self.world.truth(self.company.domain).mentions
        return {plain(title) for title in (*(article.title for article in self.company.news), *mentions)}

    @cached_property
    def rounds(self) -> set[str]:
        return {plain(each.title) for each in self.company.rounds}

    @cached_property
    def titles(self) -> set[str]:
        return {plain(job.title) for job in self.company.jobs}

    @cached_property
    def topics(self) -> set[str]:
        return {plain(topic.topic) for topic in self.company.topics}

    @cached_property
    def growth(self) -> set[str]:
        return {plain(each.title) for each in self.company.news if each.signal} | self.titles | self.rounds

    @cached_property
    def buying(self) -> set[str]:
        return {plain(each.title) for each in self.company.news if each.signal} | self.topics

    @cached_property
    def budgets(self) -> set[str]:
        funded = {plain(each.title) for each in self.company.news if each.signal == "funding"}
        return self.rounds | funded

    @cached_property
    def challenges(self) -> set[str]:
        bad = {plain(each.title) for each in self.company.news if each.signal in BAD_NEWS}
        return bad | {plain(each) for each in self.company.challenges}

    @cached_property
    def products(self) -> set[str]:
        return {plain(each.name) for each in self.company.products}

    @cached_property
    def propositions(self) -> set[str]:
        return {plain(each) for each in (*self.company.value_propositions, self.company.site.tagline) if each}

    @cached_property
    def markets(self) -> set[str]:
        return {plain(each) for each in self.company.target_markets}

    @cached_property
    def competitors(self) -> set[str]:
        return {plain(each) for each in self.company.competitors}

    @cached_property
    def prices(self) -> set[str]:
        return {plain(each) for each in self.company.pricing}

    @cached_property
    def customers(self) -> set[str]:
        return {plain(each) for each in self.company.customers}

    @cached_property
    def integrations(self) -> set[str]:
        return {plain(each) for each in self.company.integrations}

    @property
    def nothing(self) -> set[str]:
        return set()

    @cached_property
    def words(self) -> set[str]:
        """Every word of the world's own about the company."""
        company = self.company
        texts = [company.overview, company.industry, company.site.tagline, company.headquarters, company.country]
        texts += [*company.names, *company.industries, *company.value_propositions, *company.target_markets]
        texts += [f"{product.name} {product.description}" for product in company.products]
        texts += [line for page in company.site.pages for line in (page.title, *page.paragraphs, *page.points)]
        texts += [str(company.founded), company.company_db.about, "company founded in"]
        return words_of(" ".join(texts))

    # --- Comparing ----------------------------------------------------------------------------------------------------

    def _holds_head_count(self, band: dict[str, Any]) -> bool:
        """Whether the band holds the true head-count, a tenth apart at most."""
        high = band["high"] or float("inf")
        return bool(band["low"] * 0.9 <= self.company.employees <= high * 1.1)

    def _is_like_it(self, text: str) -> bool:
        found = words_of(text)
        return bool(found) and len(found & self.words) / len(found) >= LIKENESS

    def _has_happened(self, headline: str, publisher: str = "") -> bool:
        """Whether it was in the news, was filed, or is one of the company's jobs, rounds, topics or releases."""
        text = plain(headline)
        if publisher in ("SEC EDGAR", "GitHub"):  # the register's own words, which hold the company's name
            return any(plain(name) in text for name in self.company.names)
        told = re.sub(r"^(open position|intent topic) ", "", text)
        return text in self.headlines or told in self.titles | self.topics or self._is_round(headline)

    def _is_round(self, text: str) -> bool:
        """“Series C - Acme: $50,000,000”."""
        return plain(re.split(r" - |:", text)[0]) in self.rounds

    def _is_money_of_theirs(self, item: dict[str, Any]) -> bool:
        text, amount = item["indicator"], item.get("amount_usd")
        sums = [each.usd for each in self.company.rounds if each.usd]
        if text.startswith("Total funding"):
            return amount == sum(sums)
        return self._has_happened(text) or self._is_round(text) or amount in sums


def is_beside_the_world(item: Any) -> bool:
    """Whether a seller or a register made it up beside the world's files, so that nothing there bears or denies it."""
    told = str(item.get("headline") or item.get("indicator") or "") if isinstance(item, dict) else ""
    return bool(re.search(r"revenue|Head-count grew| acquired | became ", told, re.IGNORECASE))


def made_with(names: Iterable[str]) -> list[str]:
    """What certainly runs beneath these technologies."""
    known = [found for name in names if (found := by_name(name)) is not None]
    return [name for technology in known for name in technology.implies]


def plain(text: str) -> str:
    """Without accents, case, punctuation and doubled spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def words_of(text: str) -> set[str]:
    return {word for word in plain(text).split() if len(word) > 2}


def judges(world: World) -> dict[str, Judge]:
    """Domain → judge."""
    return {company.domain: Judge(company, world) for company in world}


def rank_correlation(pairs: Iterable[tuple[float, float]]) -> float:
    """Spearman's rho: the correlation of the ranks, equals sharing their mean rank; 0 where one side is constant."""
    first, second = zip(*pairs, strict=True)
    one, other = _ranks(first), _ranks(second)
    mean = (len(one) + 1) / 2
    both = sum((a - mean) * (b - mean) for a, b in zip(one, other, strict=True))
    spread = sum((a - mean) ** 2 for a in one) * sum((b - mean) ** 2 for b in other)
    return both / spread**0.5 if spread else 0.0


def _ranks(values: tuple[float, ...]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and values[order[end]] == values[order[begin]]:
            end += 1
        for place in order[begin:end]:
            ranks[place] = (begin + 1 + end) / 2
        begin = end
    return ranks
