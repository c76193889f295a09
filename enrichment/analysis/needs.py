"""What a company needs, what a vendor's products do, and where the two meet.

A need is a finding: a challenge, an open post, a system, a topic, a headline. Both sides are read as themes
(`data/needs.toml`) and as plain words; what fewer of the vendor's products share counts more, as idf does.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from enrichment.analysis import articles, findings
from enrichment.analysis.derive import group_of
from enrichment.analysis.model import Product, Task, VendorContext
from enrichment.analysis.text import bag, normal

_RAW = tomllib.loads((Path(__file__).parents[1] / "data" / "needs.toml").read_text(encoding="utf-8"))

NEARLY = 0.4  # of the best score, that the next need of a product has to reach


@dataclass(frozen=True, slots=True)
class Theme:
    name: str
    label: str
    outcome: str
    words: re.Pattern[str]
    near: tuple[str, ...]
    weak: frozenset[str]  # words that tell of the theme beside another of its words alone


THEMES = {
    raw["name"]: Theme(
        raw["name"],
        raw["label"],
        raw["outcome"],
        re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, raw["words"]), key=len, reverse=True)) + r")(?:s|es)?\b"),
        tuple(raw.get("near", ())),
        frozenset(raw.get("weak", ())),
    )
    for raw in _RAW["themes"]
}
THEMES_OF_SIGNAL: dict[str, list[str]] = _RAW["signals"]

# How much each kind of finding says about what will be bought.
_WEIGHT = {"challenge": 1.0, "topic": 1.0, "system": 0.8, "job": 0.7, "news": 0.5, "technology": 0.35}

# Too common in descriptions of products and companies to tell one from another.
_COMMON_WORDS = (
    "about across also business businesses cloud companies company customer customers enterprise every everything"
    " from have help helps into leading management more most offers over platform product products provide provides"
    " service services software solution solutions system systems team teams than that their them these they this"
    " through tool tools using user users with without work works world your"
)
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A finding that a product may answer. `kind` is a key of the weights above."""

    kind: str
    text: str
    dataset: str
    evidence: tuple[str, ...]
    themes: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A product and the need that it answers best; `theme` is None where they share only words."""

    product: Product
    need: Need
    theme: Theme | None
    shared: tuple[str, ...]  # words, as in the need
    score: float

    @property
    def described(self) -> str:
        """What the vendor says of the product, its name included."""
        return f"{self.product.name} {self.product.description}"

    @property
    def word(self) -> str:
        """A word of the description for which the product fits."""
        if self.theme is None:
            return self.shared[0] if self.shared else ""
        return word_of(self.theme.name, self.product.description) or word_of(self.theme.name, self.described)


@lru_cache(maxsize=4096)
def themes_of(text: str) -> frozenset[str]:
    """The themes that a text speaks of."""
    return frozenset(name for name, told in _told(text).items() if told)


def word_of(theme: str, text: str) -> str:
    """The first of the theme's words in the text, as it stands there; empty where there is none."""
    word = next(iter(_told(text).get(theme, ())), "")
    written = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) if word else None
    return written[0] if written else word


def hits(theme: str, text: str) -> int:
    """How often the text speaks of the theme."""
    return len(_told(text).get(theme, ()))


@lru_cache(maxsize=4096)
def _told(text: str) -> Mapping[str, tuple[str, ...]]:
    """Theme → the words with which the text speaks of it, in their order.

    A word inside a longer one of another theme is not counted: "access policies" speak of sign-in, not of policies.
    """
    read = normal(text)
    found = [(match.span(), match[0], name) for name, theme in THEMES.items() for match in theme.words.finditer(read)]
    spans = {span for span, _, _ in found}
    told: dict[str, list[str]] = {}
    for span, word, name in found:
        if not any(begin <= span[0] and span[1] <= end and (begin, end) != span for begin, end in spans):
            told.setdefault(name, []).append(word)
    return {name: tuple(words) for name, words in told.items() if not set(words) <= THEMES[name].weak}


def needs_of(task: Task) -> Iterator[Need]:
    """Every finding that may be a need, strongest kinds first."""
    for kind, found in (
        ("challenge", findings.challenges),
        ("topic", findings.topics),
        ("system", findings.integrations),
    ):
        for named in found(task):
            text = f"{named.name} {named.category}"
            yield _need(kind, named.name, named.dataset, named.evidence, themes_of(text) | _of_system(kind))
    for job in findings.jobs(task):
        text = f"{job.title} {job.department}"
        yield _need("job", job.title, "hiring_trends", job.evidence, themes_of(text) | {"provisioning"})
    for article in articles.found(task):
        if article.signal and article.evidence:
            themes = themes_of(article.headline) | frozenset(THEMES_OF_SIGNAL.get(article.sure_signal or "", ()))
            yield _need("news", article.headline, article.datasets[0], article.evidence, themes)
    for technology in findings.technologies(task):
        if group_of(technology) == "security" or technology.category:
            themes = themes_of(f"{technology.name} {technology.category}")
            yield _need("technology", technology.name, technology.dataset, technology.evidence, themes)


def _of_system(kind: str) -> frozenset[str]:
    return frozenset({"integration"}) if kind == "system" else frozenset()


def _need(kind: str, text: str, dataset: str, evidence: tuple[str, ...], themes: frozenset[str]) -> Need:
    return Need(kind=kind, text=text, dataset=dataset, evidence=evidence, themes=themes)


def fits(task: Task, vendor: VendorContext) -> list[Fit]:
    """The vendor's products that answer some need, best first, each with the need that it answers best.

    A product answers a need with which it shares a theme: a word that both happen to use is no answer. One need speaks
    for one product: for another, its next best need has to be nearly as good, else it is left out.
    """
    needs = [need for need in needs_of(task) if need.evidence]
    offers = [sorted(each, key=lambda fit: -fit.score) for each in _offers(needs, _Scales(vendor))]
    offers.sort(key=lambda each: -each[0].score)
    chosen: list[Fit] = []
    for each in offers:
        taken = {fit.need.text for fit in chosen}
        free = next((fit for fit in each if fit.need.text not in taken), None)
        if free is not None and free.score > 0 and free.score >= NEARLY * each[0].score:
            chosen.append(free)
    return sorted(chosen, key=lambda fit: -fit.score)


def _offers(needs: Sequence[Need], scales: "_Scales") -> Iterator[list[Fit]]:
    for product in scales.vendor.products:
        offers = [fit for need in needs if (fit := scales.fit(product, need)).theme is not None]
        if offers:
            yield offers


class _Scales:
    """Weighs what a need and a product share: ln(1 + N/n) for what n of the vendor's N products have."""

    def __init__(self, vendor: VendorContext) -> None:
        self.vendor = vendor
        described = {product.name: f"{product.name} {product.description}" for product in vendor.products}
        self._themes = {name: themes_of(text) for name, text in described.items()}
        own = bag(vendor.name) | _COMMON
        self._words = {name: _telling(text) - own for name, text in described.items()}

    def fit(self, product: Product, need: Need) -> Fit:
        themes = self._themes[product.name] & need.themes
        words = self._words[product.name] & _telling(need.text)
        weighed = {theme: self._idf(theme, self._themes) for theme in themes}
        score = sum(weighed.values()) + 0.5 * sum(self._idf(word, self._words) for word in words)
        described = f"{product.name} {product.description}"
        strength = {theme: weighed[theme] * hits(theme, described) * (1 + hits(theme, need.text)) for theme in themes}
        strongest = min(themes, key=lambda theme: (-strength[theme], theme), default=None)
        return Fit(
            product=product,
            need=need,
            theme=THEMES[strongest] if strongest else None,
            shared=tuple(sorted(words)),
            score=score * _WEIGHT[need.kind],
        )

    def _idf(self, feature: str, features: dict[str, frozenset[str]]) -> float:
        having = sum(feature in has for has in features.values())
        return math.log(1 + len(features) / having)


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in bag(text) if len(word) > 3 and word not in _COMMON)
