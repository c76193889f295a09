"""A request while it is being answered: how far it is, what was found, what is missing, what it has cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrichment import rules
from enrichment.models import OWN_ANALYSIS, Fact, ResearchRequest
from enrichment.pages.timeline import Timeline, timeline
from enrichment.pages.words import State, call_state, label_of, moment, request_state, span, stop_words, usd, value_text
from enrichment.rules import Rules
from enrichment.workflow import answers

MOST_EARLY = 18  # findings that are shown before the brief is written, newest first
MOST_SHOWN = 3  # words or records of a list, while the run is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """How one source does."""

    label: str
    state: State
    cost: str
    took: str
    detail: str
    gave: str  # datasets, in words


@dataclass(frozen=True, slots=True)
class Finding:
    """One dataset that something is known of."""

    label: str
    texts: list[str]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyLine:
    """One finding that was read of an answer while others were awaited; `url` is its page's, "" where it has none."""

    kind: str
    text: str
    about: str  # what else is known of it: a signal, a day, a group
    source: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run's page. `left` in words, "" where it is unknown or over."""

    state: State
    is_own: bool  # of the asker's own results: no source is asked for it
    is_active: bool
    is_ready: bool
    is_paused: bool
    paused_until: datetime | None  # None where it rests until it is resumed
    may_retry: bool
    refusal: str  # why what was just asked for cannot be done, in words
    percent: int
    cost: str
    cap: str
    expected: str
    saved: str
    left: str
    joined: bool
    error: str
    stop_reason: str
    sandbox: bool
    sources: list[SourceLine]
    found: list[Finding]
    early: list[EarlyLine]
    missing: list[str]
    warnings: list[str]
    timeline: Timeline

    @property
    def announcement(self) -> str:
        """What a screen reader is told when it changes."""
        if self.is_paused:
            return "Paused."
        if self.is_active:
            done = sum(line.state.tone != "busy" for line in self.sources)
            waits = "Writing." if self.is_own else "Planning."
            return f"{done} of {len(self.sources)} sources have answered." if self.sources else waits
        return "The brief is ready." if self.is_ready else f"It ended: {self.state.label}."


def progress_of(request: ResearchRequest, *, now: datetime, refusal: str = "") -> Progress:
    """Everything about a request that its page shows. Reads the database, a fixed number of queries."""
    known = rules.load(request.run.rule_set_id) if request.run else rules.current().rules
    state, trace, told = answers.run_state(request), answers.trace(request), answers.events(request)
    found, missing = _findings(request, known)
    labels = {slug: source.label for slug, source in known.sources.items()}
    is_active = request.status == ResearchRequest.Status.ATTACHED
    return Progress(
        state=request_state(request),
        is_own=request.consumer == OWN_ANALYSIS,
        is_active=is_active,
        is_ready=request.report is not None and not is_active,
        is_paused=request.is_paused(now),
        paused_until=answers.paused_until(request),
        may_retry=_may_retry(request),
        refusal=refusal,
        percent=state["progress"],
        cost=usd(state["cost"]),
        cap="" if state["cap"] is None else usd(state["cap"]),
        expected="" if state["estimatedCost"] is None else usd(state["estimatedCost"]),
        saved=usd(state["saved"]) if state["saved"] else "",
        left=_left(request, now) if is_active else "",
        joined=request.joined,
        error=state["error"] or "",
        stop_reason=stop_words(answers.stop_reason(request)),
        sandbox=state["sandbox"],
        sources=_sources(trace, told, known, labels),
        found=found,
        early=_early(told, labels)[:MOST_EARLY],
        missing=missing,
        warnings=[str(event["data"].get("detail", "")) for event in told if event["type"] == "warning"],
        timeline=timeline(trace, labels=labels, now=now),
    )


def _may_retry(request: ResearchRequest) -> bool:
    """Whether another attempt could bring more: it failed, was cancelled, or left gaps."""
    if request.run is None or request.status == ResearchRequest.Status.ATTACHED:
        return False
    if request.consumer == OWN_ANALYSIS:  # its gaps are not ours to fill
        return request.report is None
    return request.report is None or bool(request.report.gaps)


def _left(request: ResearchRequest, now: datetime) -> str:
    until = moment(answers.estimated_completion(request))
    seconds = (until - now).total_seconds() if until else 0.0
    return f"about {span(seconds)} left" if seconds > 1 else ""


# --- Sources ----------------------------------------------------------------------------------------------------------


def _sources(
    trace: Mapping[str, Any], told: Sequence[Mapping[str, Any]], known: Rules, labels: Mapping[str, str]
) -> list[SourceLine]:
    """One line per source: those that were asked, as they did last, then those that the plan still holds."""
    spans: dict[str, Mapping[str, Any]] = {each["name"]: each for each in _calls(trace)}
    gave = {e["data"]["source"]: e["data"]["datasets"] for e in told if e["type"] == "partial_results"}
    planned = [slug for event in told if event["type"] == "planned" for slug in event["data"].get("sources", ())]
    lines = [_line(slug, each, gave.get(slug, ()), known, labels) for slug, each in spans.items()]
    next_ones = dict.fromkeys(slug for slug in planned if slug not in spans)
    return lines + [_line(slug, {"status": "planned"}, (), known, labels) for slug in next_ones]


def _calls(span: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in span.get("children", ()):
        if span.get("name") == "collect":
            yield child
        else:
            yield from _calls(child)


def _line(
    slug: str, each: Mapping[str, Any], gave: Sequence[str], known: Rules, labels: Mapping[str, str]
) -> SourceLine:
    is_over = each.get("seconds") is not None
    return SourceLine(
        label=labels.get(slug) or label_of(slug),
        state=call_state(each["status"]),
        cost=usd(each.get("cost")) if is_over else "",
        took=span(each.get("seconds")) if is_over else "",
        detail=str(each.get("detail") or ""),
        gave=", ".join(_label(name, known) for name in gave),
    )


def _label(dataset: str, known: Rules) -> str:
    return known.datasets[dataset].label if dataset in known.datasets else label_of(dataset)


# --- What was read already --------------------------------------------------------------------------------------------


def _early(told: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> list[EarlyLine]:
    """The findings of the answers so far, the newest answer's first."""
    answered = [event["data"] for event in reversed(told) if event["type"] == "partial_results"]
    return [
        _early_line(found, labels.get(data["source"]) or label_of(data["source"]))
        for data in answered
        for found in data.get("findings", ())
    ]


def _early_line(found: Mapping[str, Any], source: str) -> EarlyLine:
    known = [label_of(found[name]) for name in ("signal", "group", "role") if found.get(name)]
    day, url = found.get("date"), str(found.get("url", ""))
    return EarlyLine(
        kind=label_of(found["kind"]),
        text=found["text"],
        about=", ".join([*known, *([str(day)] if day else [])]),
        source=source,
        url=url if url.startswith(("https://", "http://")) else "",
    )


# --- What is known so far ---------------------------------------------------------------------------------------------


def _findings(request: ResearchRequest, known: Rules) -> tuple[list[Finding], list[str]]:
    """What is known of the needed datasets, and the labels of those of which nothing is."""
    if request.consumer not in known.consumers:
        return [], []
    role = str(request.seller.get("role", ""))
    needed = [n.dataset for n in known.requirements(request.consumer, role=role, require=tuple(request.require))]
    origin = answers.origin_of(request)
    rows = Fact.objects.filter(company=request.company_id, origin=origin, dataset__in=needed)
    values = dict(rows.values_list("dataset", "value"))
    found = [_finding(_label(slug, known), values[slug]) for slug in needed if slug in values]
    return found, [_label(slug, known) for slug in needed if slug not in values]


def _finding(label: str, value: Any) -> Finding:
    values = value if isinstance(value, list) else [value]
    return Finding(label, [value_text(each) for each in values[:MOST_SHOWN]], max(len(values) - MOST_SHOWN, 0))
