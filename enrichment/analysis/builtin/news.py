"""What happened, and what it means for a seller."""

import re
from typing import Any

from enrichment.analysis import articles
from enrichment.analysis.articles import Article
from enrichment.analysis.model import Task
from enrichment.analysis.phrases import phrase
from enrichment.analysis.said import derived, inferred, verbatim
from enrichment.analysis.schemas import MOST_ARTICLES

# Where a region's news is about; a region that is not here is looked for by its own name.
_PLACES = {
    "emea": "europe|european|emea|middle east|africa|germany|france|spain|italy|ireland|united kingdom|uk|britain|"
    "netherlands|sweden|poland|portugal|israel|uae|dubai|switzerland|nordic|nordics|london|paris|berlin|munich|dublin|"
    "amsterdam|madrid|lisbon|warsaw|stockholm|zurich|eu",
    "apac": "asia|asian|apac|asia-pacific|india|japan|china|singapore|australia|korea|tokyo|sydney|"
    "bengaluru|bangalore|hyderabad",
    "latam": "latin america|latam|brazil|mexico|argentina|colombia|chile|são paulo|sao paulo",
    "north america": "north america|united states|u.s.|usa|canada|new york|san francisco|austin|"
    "chicago|boston|seattle|toronto|texas",
}  # fmt: skip
_ALSO = {"na": "north america", "namer": "north america", "amer": "north america", "us": "north america"}

_SUM = re.compile(r"[$€£]\s?\d[\d.,]*\s?(?:[kmb]n?\b|thousand|million|billion)?", re.IGNORECASE)
_KIND_OF_EXPANSION = re.compile(r"\b([A-Z][a-z]+(?:ean|ian|an|ese|ish|ern|al|AC|EA)) [Ee]xpansion\b")
_INTO = re.compile(r"\b(?:in|into|to) ((?:the )?[A-Z][\w.]*(?: [A-Z][\w.]*){0,2})")
_OFFICER = re.compile(r"\b(C[EIFTRSPMH]O|CISO|[Cc]hief(?: [A-Z]\w+){1,3} Officer|VP of [A-Z]\w+|General Counsel)\b")
_ARRIVES = re.compile(r"\b(?:hires?|appoints?|names?|welcomes|taps|new|joins|promotes)\b", re.IGNORECASE)
_NAMED = {
    "product": re.compile(
        r"\b(?:launch|unveil|introduc|releas|debut|announc|roll(?:s|ed|ing)? out|new version|goes live|now available)",
        re.IGNORECASE,
    ),
    "partnership": re.compile(
        r"\b(?:partner|allianc|team(?:s|ed|ing)? up|join(?:s|ed|ing)? forces|joint|collaborat|work(?:s|ing)? with)",
        re.IGNORECASE,
    ),
}


def news_signals(task: Task) -> list[Any]:
    """Articles that give a signal, newest first, then the others."""
    every = sorted(articles.found(task), key=lambda article: article.signal is None)
    told: set[str] = set()
    return [_signal(task, article, told) for article in every[:MOST_ARTICLES]]


def _signal(task: Task, article: Article, told: set[str]) -> dict[str, Any]:
    """The article and what it means; `told` are meanings that stand with newer news of the same signal."""
    meaning = insight(task, article)
    mark = "news" if meaning and spoken_of(article) == "news" else meaning
    meaning = None if mark in told else meaning
    told.update(filter(None, (mark,)))
    day = article.day.isoformat() if article.day else None
    return {
        "date": derived(day, "iso_date", article.evidence),
        "headline": verbatim(article.headline, article.evidence),
        "source": verbatim(article.publisher, article.evidence),
        "insight": inferred(meaning, article.evidence),
        "signal_type": derived(article.signal, "signal_type", article.evidence),
    }


def insight(task: Task, article: Article) -> str | None:
    """Why the article matters, and whether it happens in the rep's region; nothing on what is no news any more."""
    if article.signal is None or not articles.is_news(article, task):
        return None
    meaning = phrase("insights", spoken_of(article), company=task.company)
    return " ".join(filter(None, (meaning, near(article, task.region)))) or None


def spoken_of(article: Article) -> str:
    """The signal that sentences may take for granted; "news" where it is in doubt, or an order is no partnership."""
    signal = article.sure_signal or "news"
    return "news" if signal == "partnership" and not _NAMED[signal].search(article.headline) else signal


def near(article: Article, region: str) -> str | None:
    """That the headline has a place which may be in the rep's region; None where it has none."""
    return phrase("region", "near", region=region, place=place_in_region(article, region))


def place_in_region(article: Article, region: str) -> str:
    """The first place of the region in the headline, as it is written there; empty where there is none."""
    wanted = " ".join(region.casefold().split())
    wanted = _ALSO.get(wanted, wanted)
    places = _PLACES.get(wanted, re.escape(wanted)).replace(".", r"\.") if wanted else ""
    found = re.search(rf"(?<!\w)(?:{places})(?!\w)", article.headline, re.IGNORECASE) if places else None
    return found[0] if found else ""


def topic(article: Article) -> str | None:
    """What the news is about, as it fits after "with": "the $50M that you raised", "your new CISO"."""
    signal, headline = spoken_of(article), article.headline
    if signal == "funding" and (money := _SUM.search(headline)) and "valu" not in headline.casefold():
        return phrase("topics", "funding_sum", sum=money[0].strip())
    if signal == "expansion" and (kind := _KIND_OF_EXPANSION.search(headline)):
        return phrase("topics", "expansion_kind", place=kind[1])
    if signal == "expansion" and (place := _INTO.search(headline)):
        return phrase("topics", "expansion_place", place=place[1])
    if signal == "leadership" and (officer := _OFFICER.search(headline)) and _ARRIVES.search(headline):
        return phrase("topics", "leadership_new", officer=officer[1])
    if (named := _NAMED.get(signal)) and not named.search(headline):  # a new wing is no launch, an order no partnership
        return phrase("topics", "news")
    return phrase("topics", signal)
