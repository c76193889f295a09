"""What a run tells of itself, as a person reads it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat.answering.escaping import inert
from chat.answering.words import ago, counted, day_of, ended, joined, text
from enrichment.door import safe_link

MOST = 3  # findings of a kind in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run's event in the conversation's words. `type` is one of the wire's; `content` is Markdown.

    `sources`: badges of what the findings were read of; their confidence is null, for nothing is merged yet.
    """

    type: str
    step: str
    status: str
    content: str
    sources: tuple[Mapping[str, Any], ...] = ()


STEPS = {  # kind of a run's event → type, step, status
    "planned": ("workflow_progress", "plan", "completed"),
    "progress": ("workflow_progress", "data_collection", "started"),
    "source_update": ("source_update", "data_collection", "completed"),
    "partial_results": ("partial_results", "data_collection", "completed"),
    "warning": ("workflow_progress", "data_collection", "failed"),
    "paused": ("workflow_progress", "data_collection", "started"),
    "resumed": ("workflow_progress", "data_collection", "started"),
    "retried": ("workflow_progress", "data_collection", "started"),
    "finished": ("workflow_progress", "complete", "completed"),
    "cancelled": ("workflow_progress", "complete", "failed"),
}
FAILED = ("failed", "refused", "in_doubt")  # of a source
OVER = {  # how a run finished → what is told
    "completed": "The research is complete",
    "partial": "The research is complete, with gaps",
    "failed": "The research could not be completed",
    "cancelled": "The research was stopped",
}
UPDATES = {  # how a source did → what is told
    "answered": "answered",
    "empty": "answered: nothing on this company",
    "reused": "had answered before; nothing was paid again",
    "refused": "was not asked",
    "failed": "did not answer",
    "waiting": "waits to be asked",
    "in_doubt": "was cut off; whether it charged is being found out",
}
KINDS = {  # kind of a finding → how they are introduced; first told first
    "news": "news",
    "challenge": "challenges",
    "person": "contacts",
    "technology": "technology",
    "job": "open posts",
    "product": "products",
    "competitor": "competitors",
}


def told_event(
    kind: str, data: Mapping[str, Any], labels: Mapping[str, str], *, at: datetime | None = None
) -> Told | None:
    """The event as it is told; None for one that nobody needs to read.

    `labels` names datasets and sources; `at` is when it happened, from which the age of news is told.
    """
    if kind not in STEPS:
        return None
    type_, step, status = STEPS[kind]
    if kind == "source_update" and data.get("status") in FAILED:
        status = "failed"
    if kind == "finished" and data.get("status") not in ("completed", "partial"):
        status = "failed"
    content = _words(kind, data, labels, at)
    return Told(type=type_, step=step, status=status, content=inert(content), sources=_pages(kind, data, labels, at))


def _words(kind: str, data: Mapping[str, Any], labels: Mapping[str, str], at: datetime | None) -> str:
    match kind:
        case "planned":
            return _planned(data, labels)
        case "source_update":
            return _update(data, labels)
        case "partial_results":
            return _found(data, labels, at)
        case "finished":
            return _finished(data)
        case _:
            source = f"{_label(data['source'], labels)}: " if data.get("source") else ""
            return ended(source + (text(data.get("detail")) or kind.capitalize()))


def _label(slug: Any, labels: Mapping[str, str]) -> str:
    return labels.get(str(slug)) or str(slug).replace("_", " ").capitalize()


def _names(data: Mapping[str, Any], name: str, labels: Mapping[str, str]) -> list[str]:
    found = data.get(name)
    return [_label(slug, labels) for slug in found] if isinstance(found, list | tuple) else []


def _planned(data: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """“I ask Snov and Google News now; what LinkedIn said is known already.”"""
    asked, reused = _names(data, "sources", labels), _names(data, "reused", labels)
    if not asked and not reused:
        return "Nothing has to be asked: all of it is known."
    words = f"I ask {joined(asked)} now" if asked else "Nothing has to be asked anew"
    return f"{words}; what {joined(reused)} said is known already." if reused else f"{words}."


def _update(data: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    status, seconds = str(data.get("status", "")), data.get("seconds")
    words = UPDATES.get(status, status.replace("_", " "))
    if status == "answered" and isinstance(seconds, int | float) and seconds >= 0.1:
        words += f" in {seconds:.1f} s"
    detail = text(data.get("detail"), 200)
    return ended(f"{_label(data.get('source') or 'A source', labels)} {words}" + (f": {detail}" if detail else ""))


# --- Findings ---------------------------------------------------------------------------------------------------------


def _found(data: Mapping[str, Any], labels: Mapping[str, str], at: datetime | None) -> str:
    """“Google News found news: Globex raises $20M (TechCrunch, 3 days ago). And 4 more.”"""
    source = _label(data.get("source") or "A source", labels)
    found = {kind: each for kind in KINDS if (each := list(_findings(data, kind)))}
    if not found:
        names = joined([name.lower() for name in _names(data, "datasets", labels)][:6]) or "something"
        return f"{source} told of {names}."
    sentences = [
        f"{KINDS[kind]}: {'; '.join(_finding(each, at) for each in told[:MOST])}" for kind, told in found.items()
    ]
    more = data.get("more")
    rest = sum(max(len(told) - MOST, 0) for told in found.values()) + (more if isinstance(more, int) else 0)
    words = ". ".join([sentences[0], *(f"{each[0].upper()}{each[1:]}" for each in sentences[1:])])
    return f"{source} found {ended(words)}" + (f" And {rest} more." if rest > 0 else "")


def _findings(data: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    found = data.get("findings")
    for each in found if isinstance(found, list | tuple) else ():
        if isinstance(each, Mapping) and each.get("kind") == kind and text(each.get("text")):
            yield each


def _finding(found: Mapping[str, Any], at: datetime | None) -> str:
    told = text(found.get("text"), 200).rstrip(".")
    day = day_of(found.get("date"))
    age = ago(day, at) if at is not None else day.isoformat() if day else ""
    about = ", ".join(filter(None, (text(found.get("publisher"), 60), age)))
    return f"{told} ({about})" if about else told


def _pages(
    kind: str, data: Mapping[str, Any], labels: Mapping[str, str], at: datetime | None
) -> tuple[Mapping[str, Any], ...]:
    """Who told it, with the page of its first finding where one can be opened."""
    if kind != "partial_results" or not data.get("source"):
        return ()
    found = [each for each in data.get("findings") or () if isinstance(each, Mapping)]
    url = next((link for each in found if (link := safe_link(each.get("url")))), "")
    name, moment = _label(data["source"], labels), at.isoformat() if at else None
    return ({"name": name, "confidence": None, "band": "", "lastUpdated": moment, "url": url},)


# --- The end ----------------------------------------------------------------------------------------------------------


def _finished(data: Mapping[str, Any]) -> str:
    status = str(data.get("status", ""))
    words = OVER.get(status, "The research is over")
    gaps, error = data.get("gaps"), text(data.get("error"))
    if isinstance(gaps, int) and gaps > 0:
        words += f": {counted(gaps, 'thing')} could not be found out"
    return ended(f"{words}: {error}" if error else words)
