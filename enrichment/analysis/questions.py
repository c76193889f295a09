"""What a question about a company asks for: datasets, and the words that it asks about. Plain words, no model."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Dataset → words that ask for it, besides those of its label. Stems: “hir” stands for hire, hires and hiring.
ASKED_BY: Mapping[str, str] = {
    "company_name": "called name",
    "company_domain": "domain website web site address",
    "industry": "industr sector vertical field",
    "employee_count": "employee headcount staff size big large people many",
    "headquarters": "headquarter located location based office where hq",
    "company_overview": "overview summary describ business",
    "decision_makers": "who decid decision buyer lead leader executive chief ceo cto cfo ciso cio coo vp head founder",
    "key_contacts": "who contact reach talk person people ceo cto cfo ciso cio head",
    "tech_stack": "tech technolog stack software tool platform use uses run running built",
    "competitive_usage": "use uses using competitor rival vendor incumbent product replace",
    "integration_needs": "integrat connect system",
    "recent_activities": "news recent lately happen happening new latest activit announc",
    "recent_news": "news recent lately happen happening new latest announc press",
    "growth_signals": "grow growth expand expansion fund funding rais raised round",
    "buying_signals": "buy buying intent signal timing why now",
    "business_challenges": "challeng problem pain struggl issue worr",
    "budget_indicators": "budget money fund funding rais raised revenue spend",
    "purchase_intent": "intent research topic interest",
    "hiring_trends": "hir job post opening position vacanc recruit",
    "products": "product offer sell sells",
    "value_propositions": "value promis proposition differentiat",
    "target_markets": "market customer segment target sell",
    "competitors": "competitor rival compet alternative",
    "pricing_model": "price pricing cost plan",
    "customers": "customer client reference",
    "integrations": "integrat partner connect",
}
SCALARS = frozenset("company_name company_domain industry employee_count headquarters company_overview".split())
_COMMON = frozenset(
    "a an and any are as at be been by can company could did do does for from had has have how i in is it its me of on"
    " or our please she should so some tell than that the their them there they this to us was we were what when where"
    " which who whom whose why will with would you your use uses using run runs know about many much big did".split()
)
_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
MOST = 4  # datasets that one question is taken to ask for
PLAIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Question:
    """`datasets` in the order of how well they fit, none where nothing fits; `about` the words that single one out."""

    datasets: tuple[str, ...]
    about: tuple[str, ...]


def understood(question: str, *, labels: Mapping[str, str], company: Sequence[str] = ()) -> Question:
    """What is asked for. `labels` names the datasets that there are; `company` the words for whom it is asked about.

    "Who is the CISO of Acme?" → decision_makers, key_contacts; about "ciso".
    """
    theirs = {word for name in company for word in _words(name)}
    words = [word for word in _words(question) if word not in theirs]
    scores = {slug: _score(words, slug, label) for slug, label in labels.items()}
    best = max(scores.values(), default=0)
    ranked = sorted((slug for slug, score in scores.items() if score and score * 2 >= best), key=lambda s: -scores[s])
    asked = {word for slug in ranked for word in words if _asks(word, slug, labels[slug]) and word not in _titles()}
    about = tuple(dict.fromkeys(word for word in words if word not in _COMMON and word not in asked and len(word) > 1))
    if about and not SCALARS.issuperset(ranked):  # who asks for one name does not want to hear where they are
        ranked = [slug for slug in ranked if slug not in SCALARS]
    return Question(tuple(ranked[:MOST]), about)


def fits(value: Any, about: Sequence[str]) -> bool:
    """Whether a value names every word that is asked about, each at a word's beginning."""
    said = list(_words(" ".join(_texts(value))))
    return all(any(_like(word, other) for other in said) for word in about)


def _titles() -> frozenset[str]:
    """Words that ask for people and single one out, too."""
    return frozenset("ceo cto cfo ciso cio coo vp head chief founder".split())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _score(words: Sequence[str], slug: str, label: str) -> int:
    """How many words ask for it; those of its own label count twice."""
    own = [word for word in _words(label) if len(word) > 3]
    return sum(2 if any(_like(word, mine) for mine in own) else _asks(word, slug, label) for word in words)


def _asks(word: str, slug: str, label: str) -> bool:
    stems = ASKED_BY.get(slug, "").split()
    return any(word == stem or (len(stem) > 3 and word.startswith(stem)) for stem in stems) or any(
        _like(word, mine) for mine in _words(label) if len(mine) > 3
    )


def _like(word: str, other: str) -> bool:
    """The same word, or one with another ending: product, products."""
    if word == other:
        return True
    short, long = sorted((word, other), key=len)
    return len(short) > 3 and long.startswith(short) and len(long) - len(short) <= 2


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for name, held in value.items() if name not in ("url", "profile_url") for text in _texts(held)]
    if isinstance(value, list | tuple):
        return [text for held in value for text in _texts(held)]
    return [] if value is None else [str(value)]


def said(value: Any) -> str:
    """A value in one line, the first field before the others: {"name": "AWS", "category": "Cloud"} → AWS (Cloud)."""
    if isinstance(value, Mapping):
        if {"low", "high"} <= set(value):
            return _range(value)
        parts = [said(held) for name, held in value.items() if held not in (None, "") and name not in HIDDEN]
        return parts[0] + (f" ({', '.join(parts[1:])})" if parts[1:] else "") if parts else ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(said, value)))
    return "" if value is None else str(value)


HIDDEN = ("url", "profile_url", "email", "phone", "weeks", "score", "group")


def _range(value: Mapping[str, Any]) -> str:
    low, high = value["low"], value["high"]
    return f"{low}+" if high is None else str(low) if low == high else f"{low} to {high}"
