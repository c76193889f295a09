"""What is happening: news and money, hiring, signals, pain, and what is new to us. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Part, Said
from chat.answering.words import counted, day_of, joined, text
from enrichment.door import FactItem

MOST = 8
URGENCIES = {"high": "Urgent", "medium": "Soon", "low": "Also"}
JOB_WORDS = (
    "hire hires hiring jobs open opening openings position positions role roles recruit recruiting team post posts"
)
NEW = timedelta(days=30)  # what “new” means where no time is asked of
WATCHED = ("recent_activities", "growth_signals", "decision_makers", "hiring_trends", "tech_stack")
KIND_WORDS = {  # signal of a headline → words of a question that ask for it
    "funding": frozenset("funding funded raised raise round rounds investors investment money".split()),
    "layoffs": frozenset("layoffs layoff redundancies dismissals".split()),
    "acquisition": frozenset("acquisition acquisitions acquired acquire merger merged takeover".split()),
    "partnership": frozenset("partnership partnerships partnered".split()),
    "security_incident": frozenset("breach breached hacked incident ransomware".split()),
    "expansion": frozenset("expansion expanding expand".split()),
}
Row = tuple[str, Mapping[str, Any]]


def funding_and_news(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """The newest news first, with what it may mean; of what is asked for, where it is."""
    rows = sorted(held.rows("news_signals"), key=lambda each: str(each[1].get("date") or ""), reverse=True)
    kind = next((kind for kind, words in KIND_WORDS.items() if about.spoken & words), "")
    about = about if kind else about.telling([row.get("headline") for _, row in rows], but="news press happened")
    chosen = [each for each in rows if _is_asked(held, each[1], about, kind)]
    money = _money(held, about) if kind in ("", "funding") else []
    if not chosen and not money and (about or kind or about.span):
        return _no_news(held, rows, about, kind, datasets)
    first, rest = chosen[:1], chosen[1:]
    if kind:
        rest += [each for each in rows if each not in chosen]
    return held.answer(
        f"What sources tell of {held.name}:" if first else "",
        part("What it may mean", [_insight(held, each) for each in first]),
        part("More news", [_news(held, each) for each in rest], MOST),
        part("Money", money, 4),
        lead=_news(held, first[0]) if first else None,
        datasets=datasets,
    )


def _no_news(held: Held, rows: Sequence[Row], about: About, kind: str, datasets: Sequence[str]) -> Answer:
    what = f"names {about.shown}" if about else f"tells of {kind.replace('_', ' ')}" if kind else "is news"
    when = f" of the last {about.span.days} days" if about.span else ""
    opening = f"Nothing that we hold{when} {what}; that proves nothing."
    return held.answer(
        opening, part("The news there is", [_news(held, each) for each in rows], 4), datasets=datasets, nothing=opening
    )


def _is_asked(held: Held, row: Mapping[str, Any], about: About, kind: str) -> bool:
    if not _is_in_time(held, row.get("date"), about):
        return False
    if kind:
        return row.get("signal_type") == kind
    return not about or about.is_in([row.get("headline"), row.get("source")])


def _news(held: Held, row: Row) -> Said | None:
    """“Acme raises $50M Series C (TechCrunch, 5 days ago)”."""
    at, each = row
    headline, publisher = text(each.get("headline")), text(each.get("source"), 60)
    told_of = ", ".join(filter(None, (publisher, held.ago(each.get("date")))))
    pointers = [f"{at}/headline", *(f"{at}/{name}" for name in ("source", "date") if each.get(name))]
    words = f"{headline} ({told_of})" if told_of else headline
    return held.said(words, *pointers, dataset="recent_activities") if headline else None


def _insight(held: Held, row: Row) -> Said | None:
    return held.said(text(row[1].get("insight"), 600), f"{row[0]}/insight", dataset="recent_activities")


def _money(held: Held, about: About) -> list[Said | None]:
    """What is known of sums, the newest first, without what is told as news already."""
    headlines = {text(row.get("headline")).casefold() for _, row in held.rows("news_signals")}
    found = [each for each in held.records("budget_indicators", "indicator") if each[0].casefold() not in headlines]
    found.sort(key=lambda each: str(_field(each[1], "date")), reverse=True)
    said = []
    for name, item in found:
        is_asked = not about or about.is_in([name, "funding money raised raise round"])
        if is_asked and _is_in_time(held, _field(item, "date"), about):
            age = held.ago(_field(item, "date"))
            said.append(held.of_items(f"{name} ({age})" if age else name, [item], "budget_indicators"))
    return said


def _is_in_time(held: Held, day: Any, about: About) -> bool:
    """Whether it is of the time that is asked of; what has no date is not."""
    read = day_of(day)
    return about.span is None or (read is not None and read >= held.now.date() - about.span)


# --- Hiring -----------------------------------------------------------------------------------------------------------


def hiring(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Open posts, the newest first, and what the news says of jobs."""
    posts = sorted(held.records("hiring_trends", "title"), key=lambda each: str(held.seen(each[1]) or ""), reverse=True)
    about = about.telling([item.value for _, item in posts], but=JOB_WORDS)
    chosen = [each for each in posts if _is_post(held, each[1], about)]
    opening = "" if chosen else f"No open post of {held.name} is known."
    if posts and not chosen:
        opening = f"No open post that we hold is one of {about.shown if about else 'that time'}; that proves nothing."
    lines = [_post(held, name, item) for name, item in chosen or posts[:4]]
    return held.answer(
        opening,
        part("Open posts" if chosen else "The posts there are", lines, MOST),
        None if about else part("In the news", _news_of_jobs(held), 3),
        lead=_posts_counted(held, [item for _, item in chosen], about),
        datasets=datasets,
    )


def _posts_counted(held: Held, items: Sequence[FactItem], about: About) -> Said | None:
    """“Acme has 5 open posts that we know of: 2 in Engineering and 1 in IT.”"""
    where = Counter(text(_field(item, "department"), 60) for item in items)
    teams = joined([f"{count} in {team}" for team, count in where.most_common(4) if team])
    words = (
        f"{held.name} has {counted(len(items), 'open post')}{f' for {about.shown}' if about else ''} that we know of"
    )
    return held.of_items(f"{words}: {teams}." if teams else f"{words}.", items, "hiring_trends", support="derived")


def _news_of_jobs(held: Held) -> list[Said | None]:
    told = ("hiring", "layoffs", "expansion")
    return [_news(held, each) for each in held.rows("news_signals") if each[1].get("signal_type") in told]


def _is_post(held: Held, item: FactItem, about: About) -> bool:
    is_asked = not about or about.is_title(text(_field(item, "title"))) or about.is_in(item.value)
    return is_asked and _is_in_time(held, held.seen(item), about)


def _post(held: Held, title: str, item: FactItem) -> Said | None:
    """“IAM Architect · San Francisco, CA · Security · 4 days ago”."""
    place, team = text(_field(item, "location"), 80), text(_field(item, "department"), 60)
    told = " · ".join(filter(None, (title, place, team, held.ago(_field(item, "date")))))
    return held.of_items(told, [item], "hiring_trends")


def _field(item: FactItem, name: str) -> Any:
    return item.value.get(name) if isinstance(item.value, Mapping) else None


# --- Signals and pain -------------------------------------------------------------------------------------------------


def buying_signals(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Why now: each signal with what to do about it, the most urgent first."""
    rows = [each for each in held.rows("opportunity_signals") if not about or about.is_in(dict(each[1]))]
    by_urgency = {
        name: [_signal(held, at, row) for at, row in rows if row.get("urgency") == name] for name in URGENCIES
    }
    urgent = len(by_urgency["high"])
    opening = f"{counted(urgent, 'sign')} at {held.name} {'asks' if urgent == 1 else 'ask'} for a call now:"
    if about and not rows:
        opening = f"No sign that we hold names {about.shown}; that proves nothing."
    elif not urgent:
        opening = f"Nothing that we hold of {held.name} is urgent. What there is:"
    most = dict(zip(URGENCIES, (6, 4, 2), strict=True))
    parts = [part(label, by_urgency[name], most[name]) for name, label in URGENCIES.items()]
    return held.answer(opening, *parts, datasets=datasets)


def _signal(held: Held, at: str, row: Mapping[str, Any]) -> Said | None:
    signal, action = text(row.get("signal")), text(row.get("action"), 600)
    pointers = [f"{at}/signal", *([f"{at}/action"] if action else [])]
    return (
        held.said(f"{signal}: {action}" if action else signal, *pointers, dataset="buying_signals") if signal else None
    )


def challenges(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What hurts, in the words in which it was found, with where and when."""
    told = held.leaves("competitor_context", "pain_points")
    about = about.telling([pain for _, pain in told], but="challenges problems pain points struggle issues trouble")
    pains = [each for each in told if not about or about.is_in(each[1])]
    topics = [each for each in held.records("purchase_intent", "topic") if not about or about.is_in(each[0])]
    opening = f"What hurts at {held.name}, in their own words:"
    nothing = ""
    if about and not (pains or topics):
        opening = nothing = f"No challenge that we hold names {about.shown}; that proves nothing."
        pains = told
    names = joined([name for name, _ in topics[:6]])
    read = held.of_items(f"Intent data names {names}", [item for _, item in topics[:6]], "purchase_intent")
    return held.answer(
        opening,
        part("What they do say" if nothing else "", [_pain(held, at, pain) for at, pain in pains], 6),
        part("What they read up on", [read]),
        datasets=datasets,
        nothing=nothing,
    )


def _pain(held: Held, at: str, told: str) -> Said | None:
    said = held.said(f"“{told.rstrip('.')}”", at, dataset="business_challenges")
    row = held.known.evidence[said.evidence[0]] if said else {}
    place = text(row.get("title"), 80)
    told_of = ", ".join(filter(None, (place, held.ago(row.get("publishedAt")))))
    return (
        held.said(f"“{told.rstrip('.')}” ({told_of})", at, dataset="business_challenges") if said and told_of else said
    )


# --- What is new to us ------------------------------------------------------------------------------------------------


def changes(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """What came to be known lately, by dataset: since the time that is asked of, else of thirty days.

    Where all that is known was learnt in that time there is nothing to compare with: then the newest news is told.
    """
    first = _known_since(held, datasets)
    start = held.now.date() - (about.span or NEW)
    if first is None or first >= start:
        told = funding_and_news(held, about, datasets)
        since = (
            f"All that is held was learnt since {first.isoformat()}: nothing earlier to compare with." if first else ""
        )
        return Answer(opening=f"{since} The newest:".strip() if told.said else told.opening,
                      lead=told.lead, parts=told.parts, missing=told.missing)  # fmt: skip
    parts = [_new(held, dataset, start, about) for dataset in datasets or WATCHED]
    opening = f"New to us on {held.name} since {start.isoformat()}:"
    nothing = f"Nothing new is known of {held.name} since {start.isoformat()}."
    return held.answer(opening, *parts, datasets=datasets, nothing=nothing)


def _known_since(held: Held, datasets: Sequence[str]) -> date | None:
    days = [day for slug in datasets or WATCHED for item in held.items(slug) if (day := held.since(slug, item))]
    return min(days, default=None)


def _new(held: Held, dataset: str, start: date, about: About) -> Part | None:
    new = [item for item in held.items(dataset) if (day := held.since(dataset, item)) and day >= start]
    said = [held.of_items(_told(held, item), [item], dataset) for item in new if not about or about.is_in(item.value)]
    return part(held.label(dataset), said, 5)


def _told(held: Held, item: FactItem) -> str:
    if not isinstance(item.value, Mapping):
        return text(item.value)
    told = [text(item.value.get(name)) for name in ("headline", "name", "title", "product", "challenge", "system")]
    age = held.ago(item.value.get("date"))
    words = ", ".join(dict.fromkeys(filter(None, told)))
    return f"{words} ({age})" if words and age else words


__all__ = ["buying_signals", "challenges", "changes", "funding_and_news", "hiring"]
