"""People, posts, technologies, systems, challenges and topics: the same one of several records folded into one."""

from dataclasses import dataclass
from datetime import date

from enrichment import technologies as catalogue
from enrichment.analysis.articles import is_topic
from enrichment.analysis.leaving import is_leaving
from enrichment.analysis.model import Task
from enrichment.analysis.text import normal, tidy
from enrichment.analysis.values import Record, day_of, evidence_of, first_in, is_name, name_in, records

PEOPLE = ("decision_makers", "key_contacts")


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
            title=name_in(same, "title", 120),
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
            location=name_in(same, "location", 100),
            department=name_in(same, "department", 80),
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
    told = [*records(task, "purchase_intent"), *filter(is_topic, records(task, "buying_signals"))]
    by_topic: dict[str, Record] = {}
    for record in told:
        topic = record.text("topic")
        if is_name(topic, longest=100):
            by_topic.setdefault(normal(topic), record)
    return list(by_topic.values())


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
            group=first_in([record for _, record in same], "group"),
            category=name_in([record for _, record in same], "category", 80),
            evidence=evidence_of([record for _, record in same]),
        )
        for same in by_name.values()
    ]
