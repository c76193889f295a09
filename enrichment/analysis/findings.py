"""What was found, as typed values: the facts' records read back, the same finding of several datasets folded into one.

Records come from sources and are untrusted: fields of a wrong type are read as absent, texts are tidied and cut, and a
record that talks to machines is left out. Order is by reliability, best first, then as the facts have it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from enrichment import technologies as catalogue
from enrichment.analysis.credibility import Judge
from enrichment.analysis.hostile import is_hostile, talks_to_machines
from enrichment.analysis.leaving import is_leaving
from enrichment.analysis.model import EvidenceItem, FactItem, Task
from enrichment.analysis.text import leaves, normal, tidy
from enrichment.signals import SIGNALS, why
from enrichment.sources.site_hiring import OPEN_POSITION

NEWS = ("recent_news", "recent_activities", "buying_signals", "growth_signals")
PEOPLE = ("decision_makers", "key_contacts")
_NOT_WRITTEN = {"job", "record"}  # kinds of evidence that no journalist wrote
_NEWS_FOR = timedelta(days=365)
_SAME_EVENT = timedelta(days=45)  # databases date a round by its filing


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One item of a fact."""

    dataset: str
    value: Mapping[str, Any]
    evidence: tuple[str, ...]
    reliability: float

    def text(self, key: str, longest: int = 300) -> str:
        """The field as one line; empty where it is no text."""
        value = self.value.get(key)
        return tidy(value, longest) if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    headline: str
    day: date | None
    publisher: str
    signal: str | None
    evidence: tuple[str, ...]
    datasets: tuple[str, ...]
    credibility: float = 0.5  # of the best publisher that has it, 0 to 1
    is_doubtful: bool = False  # it stands at doubtful publishers only
    is_sure: bool = False  # the signal is beyond doubt, so that sentences may take it for granted

    @property
    def sure_signal(self) -> str | None:
        """The signal, where it is beyond doubt."""
        return self.signal if self.is_sure else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    title: str
    email: str
    profile_url: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    title: str
    location: str
    department: str
    day: date | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A technology, a product in use, a system, a topic or a challenge: one text of one dataset."""

    dataset: str
    name: str
    group: str
    category: str
    evidence: tuple[str, ...]


def records(task: Task, *datasets: str) -> Iterator[Record]:
    """The datasets' items that are records, apart from hostile ones; a dataset that was not found gives none."""
    for dataset in datasets:
        fact = task.facts.get(dataset)
        for item in fact.items if fact else ():
            if isinstance(item.value, dict) and not is_hostile(item.value):
                yield Record(dataset=dataset, value=item.value, evidence=item.evidence, reliability=item.reliability)


def articles(task: Task) -> list[Article]:
    """Articles by headline, newest first, undated ones last; those of doubtful publishers behind all others.

    Of one day, the more credible publisher's first: a rank, no weight, for nothing else is changed by it.
    Signs that stand in no article are left out where they are told elsewhere: open posts and topics under their own
    names, a record's line on a round where an article tells of the same kind of thing in the same weeks.
    """
    by_headline: dict[str, list[Record]] = {}
    for record in records(task, *NEWS):
        if (headline := record.text("headline")) and not _is_topic(record):
            by_headline.setdefault(normal(headline), []).append(record)
    known = {item.id: item for item in task.evidence}
    judge = Judge(task.domain, task.publishers)
    found = [_article(same, known, judge) for same in by_headline.values()]
    told = [article for article in found if not _kinds(article, known) <= _NOT_WRITTEN]
    found = [article for article in found if article in told or _is_new(article, told, known)]
    return sorted(found, key=lambda each: (not each.is_doubtful, each.day or date.min, each.credibility), reverse=True)


def is_news(article: Article, task: Task) -> bool:
    """Whether it is young enough to be spoken of as new: a year at most, or undated."""
    return article.day is None or task.as_of.date() - article.day <= _NEWS_FOR


def _kinds(article: Article, known: Mapping[str, EvidenceItem]) -> set[str]:
    return {known[key].kind for key in article.evidence if key in known} or {"article"}


def _is_new(sign: Article, told: list[Article], known: Mapping[str, EvidenceItem]) -> bool:
    """Whether a sign that stands in no article is told nowhere else."""
    if sign.signal is None or (_kinds(sign, known) == {"job"} and sign.headline.startswith(OPEN_POSITION)):
        return False
    same = [article.day for article in told if article.signal == sign.signal]
    return not any(day is None or sign.day is None or abs(day - sign.day) <= _SAME_EVENT for day in same)


def _article(same: list[Record], known: Mapping[str, EvidenceItem], judge: Judge) -> Article:
    headline = same[0].text("headline")
    evidence = evidence_of(same)
    told = next((signal for record in same if (signal := record.text("signal_type")) in SIGNALS), None)
    kinds = {known[key].kind for key in evidence if key in known}
    is_of_jobs = kinds == {"job"}  # no headline's words
    reading = why(headline)
    tells_of = (told if is_of_jobs else None) or reading.signal or told
    judged = [judge.of(known[key].url, known[key].publisher) for key in evidence if key in known]
    return Article(
        headline=headline,
        day=next((day for record in same if (day := day_of(record))), None) or _published(evidence, known),
        publisher=_name(same, "publisher", 80) or _publisher(evidence, known),
        signal=tells_of,
        evidence=evidence,
        datasets=tuple(dict.fromkeys(record.dataset for record in same)),
        credibility=max((each.score for each in judged), default=0.5),
        is_doubtful=bool(judged) and all(each.band == "doubtful" for each in judged),
        # A database files what it tells of under its kind; a journalist's headline is read.
        is_sure=(tells_of == told and bool(kinds) and kinds <= _NOT_WRITTEN)
        or (tells_of == reading.signal and reading.is_sure),
    )


def people(task: Task) -> list[Person]:
    """People by name, in the facts' order."""
    by_name: dict[str, list[Record]] = {}
    for record in records(task, *PEOPLE):
        name = record.text("name", 120)
        if is_name(name, longest=60):
            by_name.setdefault(normal(name), []).append(record)
    return [
        Person(
            name=same[0].text("name", 120),
            title=_name(same, "title", 120),
            email=next((record.text("email") for record in same if _is_usable(record)), ""),
            profile_url=next((url for record in same if (url := _web_address(record))), ""),
            evidence=evidence_of(same),
        )
        for same in by_name.values()
    ]


_DEAD = frozenset({"invalid", "not_valid", "bounced", "unavailable"})  # as the sources say that an address is none


def _web_address(record: Record) -> str:
    url = record.value.get("profile_url")
    is_whole = isinstance(url, str) and len(url) <= 1_000 and tidy(url) == url
    return url if is_whole and isinstance(url, str) and url.startswith(("https://", "http://")) else ""


def _is_usable(record: Record) -> bool:
    return "@" in record.text("email") and record.text("email_status").casefold() not in _DEAD


def jobs(task: Task) -> list[Job]:
    """Open posts by title and place, newest first, undated ones last."""
    by_post: dict[tuple[str, str], list[Record]] = {}
    for record in records(task, "hiring_trends"):
        title = record.text("title", 150)
        if is_name(title, longest=150):
            by_post.setdefault((normal(title), normal(record.text("location"))), []).append(record)
    found = [
        Job(
            title=same[0].text("title", 150),
            location=_name(same, "location", 100),
            department=_name(same, "department", 80),
            day=next((day for record in same if (day := day_of(record))), None),
            evidence=evidence_of(same),
        )
        for same in by_post.values()
    ]
    return sorted(found, key=lambda job: job.day or date.min, reverse=True)


def technologies(task: Task) -> list[Named]:
    """What the company runs, by name: its stack, then products of vendors that it is known to use; none of `unseen`."""
    found = _named(task, ("tech_stack", "name"), ("competitive_usage", "product"))
    return [named for named in found if not _is_unseen(named, task)]


def unseen(task: Task) -> list[Named]:
    """What one database names, and the company's own pages would show and do not: it may be gone by now."""
    found = _named(task, ("tech_stack", "name"), ("competitive_usage", "product"))
    return [named for named in found if _is_unseen(named, task)]


# Technologies of these kinds leave their mark in the code of pages.
_ON_PAGES = frozenset({
    "Marketing automation", "Customer support", "Experimentation", "Tag manager", "Web analytics", "Advertising",
    "Consent management", "Content management", "JavaScript framework", "Live chat", "Personalization",
})  # fmt: skip


def _is_unseen(named: Named, task: Task) -> bool:
    known = {item.id: item for item in task.evidence}
    told = [known[key] for key in named.evidence if key in known]
    origins = {task.groups.get(item.source, item.source) for item in told}
    is_weak = named.category in _ON_PAGES and len(origins) == 1 and all(item.kind == "record" for item in told)
    return is_weak and any(
        known[key].kind == "page" for record in records(task, "tech_stack") for key in record.evidence if key in known
    )


def challenges(task: Task) -> list[Named]:
    return _named(task, ("business_challenges", "challenge"))


def integrations(task: Task) -> list[Named]:
    """What a new product has to work with; the vendor's own is what it would work for, and what goes needs no work."""
    found = [named for named in _named(task, ("integration_needs", "system")) if not is_own(task, named.name)]
    known = {item.id: item.text for item in task.evidence}
    return [named for named in found if not any(is_leaving(known.get(key, ""), named.name) for key in named.evidence)]


def is_own(task: Task, name: str) -> bool:
    """Whether that is one of the vendor's own products, or what goes by the vendor's name."""
    products = {normal(product.name) for product in task.vendor.products} if task.vendor else set()
    vendors = (task.vendor_name, task.vendor.name if task.vendor else None)
    return normal(name) in products or any(is_of(usual(name), usual(vendor)) for vendor in vendors if vendor)


def usual(name: str) -> str:
    """The name by which a technology of several names is compared."""
    known = catalogue.by_name(name)
    return normal(known.name if known else name)


def is_of(product: str, maker: str) -> bool:
    """Whether a product goes by its maker's name, or a maker by its product's; both as `usual` has them."""
    return bool(maker) and (product == maker or product.startswith(f"{maker} ") or maker.startswith(f"{product} "))


def topics(task: Task) -> list[Named]:
    """What the company reads up on."""
    return [
        Named(dataset=record.dataset, name=record.text("topic"), group="", category="", evidence=record.evidence)
        for record in topic_records(task)
    ]


def topic_records(task: Task) -> list[Record]:
    """What the company reads up on, each topic once: as a dataset of its own tells it, else as a buying signal."""
    told = [*records(task, "purchase_intent"), *filter(_is_topic, records(task, "buying_signals"))]
    by_topic: dict[str, Record] = {}
    for record in told:
        topic = record.text("topic")
        if is_name(topic, longest=100):
            by_topic.setdefault(normal(topic), record)
    return list(by_topic.values())


def _is_topic(record: Record) -> bool:
    """Whether a buying signal says what people there read up on, which is no headline of anybody's."""
    return record.text("signal_type") == "intent"


def _named(task: Task, *fields: tuple[str, str]) -> list[Named]:
    by_name: dict[str, list[tuple[str, Record]]] = {}
    for dataset, field in fields:
        for record in records(task, dataset):
            name = record.text(field)
            if name if field == "challenge" else is_name(name, longest=100):
                by_name.setdefault(normal(name), []).append((name, record))
    return [
        Named(
            dataset=same[0][1].dataset,
            name=same[0][0],
            group=_first([record for _, record in same], "group"),
            category=_name([record for _, record in same], "category", 80),
            evidence=evidence_of([record for _, record in same]),
        )
        for same in by_name.values()
    ]


def words_of(task: Task, dataset: str) -> list[tuple[str, tuple[str, ...]]]:
    """The strings of a list dataset with their evidence, hostile ones left out."""
    fact = task.facts.get(dataset)
    return [
        (tidy(item.value, 300), item.evidence)
        for item in (fact.items if fact else ())
        if isinstance(item.value, str) and item.value.strip() and not talks_to_machines(item.value)
    ]


def scalar(task: Task, dataset: str, longest: int = 300) -> tuple[str, tuple[str, ...]] | None:
    """The winning text of a scalar dataset with its evidence; None where there is none, or a hostile one."""
    item = best_of(task, dataset)
    if item is None or not isinstance(item.value, str) or not item.value.strip() or talks_to_machines(item.value):
        return None
    if dataset in _SHORT and not is_name(tidy(item.value), longest=120):
        return None
    return tidy(item.value, longest), item.evidence


def best_of(task: Task, dataset: str) -> FactItem | None:
    """What is shown of a scalar: the most reliable claim, or one nearly as reliable that the company bears out itself.

    A claim of where the company sits is borne out by its own pages, and by the places of its open posts. What a person
    pinned stands.
    """
    fact = task.facts.get(dataset)
    items = fact.items if fact else ()
    if not items or dataset != "headquarters" or "correction" in items[0].sources:
        return items[0] if items else None
    near = [item for item in items if item.reliability >= items[0].reliability - _NEARLY]
    return max(near, key=lambda item: (_own_words(task, item), item.reliability))


_NEARLY = 0.1  # of reliability, within which the company's own word decides


def _own_words(task: Task, item: FactItem) -> int:
    """How many kinds of the company's own items bear the place out: its pages, its open posts."""
    kinds = {each.kind for each in task.evidence if each.id in item.evidence} & {"page"}
    city = normal(str(item.value).partition(",")[0])
    posts = any(normal(record.text("location").partition(",")[0]) == city for record in records(task, "hiring_trends"))
    return len(kinds) + posts


_SHORT = frozenset({"company_name", "industry", "headquarters"})
# Fields of records that hold a name, whichever dataset they are of.
_NAMES = frozenset({"name", "title", "location", "department", "category", "product", "system", "topic", "publisher"})


def texts_of(dataset: str, value: Any) -> Iterator[str]:
    """The texts in a fact's value that may bear a sentence: what should be a name and has no form of one does not."""
    if isinstance(value, dict):
        for field, inner in value.items():
            if field not in _NAMES or not isinstance(inner, str) or is_name(tidy(inner), longest=150):
                yield from leaves(inner)
    elif dataset not in _SHORT or not isinstance(value, str) or is_name(tidy(value), longest=120):
        yield from leaves(value)


# Names hold none of these; an address, a formula, a list of settings and markup do.
_NO_NAME = re.compile(r"[<>{}\[\]|=\\]|://|www\.|:\s|[.!?] [A-Z]|^[=@]|\$\(")


def is_name(text: str, *, longest: int) -> bool:
    """Whether the text could be what somebody or something is called, as far as its form goes."""
    return 0 < len(text) <= longest and not text.endswith((".…", "…")) and _NO_NAME.search(text) is None


def day_of(record: Record) -> date | None:
    """The record's date; None where it has none that can be read."""
    try:
        return date.fromisoformat(record.text("date")[:10])
    except ValueError:
        return None


def evidence_of(same: list[Record]) -> tuple[str, ...]:
    """The evidence of several records, each id once, in order."""
    return tuple(dict.fromkeys(key for record in same for key in record.evidence))


def _name(same: list[Record], key: str, longest: int) -> str:
    """The first record's field that has the form of a name."""
    return next((text for record in same if is_name(text := record.text(key), longest=longest)), "")


def _first(same: list[Record], key: str) -> str:
    return next((text for record in same if (text := record.text(key))), "")


def _published(evidence: tuple[str, ...], known: Mapping[str, EvidenceItem]) -> date | None:
    items = [known[key] for key in evidence if key in known]
    return next((item.published_at.date() for item in items if item.published_at), None)


def _publisher(evidence: tuple[str, ...], known: Mapping[str, EvidenceItem]) -> str:
    items = [known[key] for key in evidence if key in known]
    named = (tidy(item.publisher, 200) for item in items if not talks_to_machines(item.publisher))
    return next((name for name in named if is_name(name, longest=80)), "")
