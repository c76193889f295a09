"""What is happening: news and money, hiring, signals, and pain. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chat.answering.asked import About
from chat.answering.held import Held, part
from chat.answering.model import Answer, Said
from chat.answering.timed import in_that_time, is_in_time, nearest_before, when
from chat.answering.words import counted, joined, text
from enrichment.door import FactItem

MOST = 8
URGENCIES = {"high": "Urgent", "medium": "Soon", "low": "Also"}
JOB_WORDS = (
    "hire hires hiring jobs open opening openings position positions role roles recruit recruiting team post posts"
)
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
    """The newest news first, with what it may mean; what is asked for comes before all that is not."""
    rows = sorted(held.rows("news_signals"), key=lambda each: str(each[1].get("date") or ""), reverse=True)
    kind = next((kind for kind, words in KIND_WORDS.items() if about.spoken & words), "")
    about = about if kind else about.telling([row.get("headline") for _, row in rows], but="news press happened")
    chosen = [each for each in rows if _is_asked(held, each[1], about, kind)]
    money = _money(held, about) if kind in ("", "funding") else []
    if not chosen and not money and (about or kind or about.span):
        return _no_news(held, rows, about, kind, datasets)
    first, rest = chosen[:1], chosen[1:]
    others = [each for each in rows if each not in chosen] if kind and not about.span else []
    return held.answer(
        f"What sources tell of {held.name}{when(held, about)}:" if first or about.span else "",
        part("What it may mean", [_insight(held, each) for each in first]),
        part("More news", [_news(held, each) for each in rest], MOST),
        part("Money", money, 4),
        part("Also in the news", [_news(held, each) for each in others], 3),
        lead=_news(held, first[0]) if first else None,
        datasets=datasets,
    )


def _no_news(held: Held, rows: Sequence[Row], about: About, kind: str, datasets: Sequence[str]) -> Answer:
    what = f"names {about.shown}" if about else f"tells of {kind.replace('_', ' ')}" if kind else "is news"
    ever = replace(about, span=None)
    alike = [(row.get("date"), (at, row)) for at, row in rows if _is_asked(held, row, ever, kind)]
    how_near, before = nearest_before(held, about, alike)
    opening = f"Nothing that we hold of {held.name} {what}{in_that_time(held, about)}; that proves nothing.{how_near}"
    rest = part("The news there is", [_news(held, each) for each in rows if each not in before[:1]], 4)
    return held.answer(
        opening, rest, lead=_news(held, before[0]) if before else None, datasets=datasets, nothing=opening
    )


def _is_asked(held: Held, row: Mapping[str, Any], about: About, kind: str) -> bool:
    if not is_in_time(held, row.get("date"), about):
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
        if is_asked and is_in_time(held, _field(item, "date"), about):
            age = held.ago(_field(item, "date"))
            said.append(held.of_items(f"{name} ({age})" if age else name, [item], "budget_indicators"))
    return said


# --- Hiring -----------------------------------------------------------------------------------------------------------


def hiring(held: Held, about: About, datasets: Sequence[str]) -> Answer:
    """Open posts, the newest first, and what the news says of jobs."""
    posts = sorted(held.records("hiring_trends", "title"), key=lambda each: str(held.seen(each[1]) or ""), reverse=True)
    about = about.telling([item.value for _, item in posts], but=JOB_WORDS)
    chosen = [each for each in posts if _is_post(held, each[1], about)]
    if not chosen:
        return _no_posts(held, posts, about, datasets)
    return held.answer(
        f"Posts of {held.name}{when(held, about)}:" if about.span else "",
        part("Open posts", [_post(held, name, item) for name, item in chosen], MOST),
        None if about else part("In the news", _news_of_jobs(held, about), 3),
        lead=_posts_counted(held, [item for _, item in chosen], about),
        datasets=datasets,
    )


def _no_posts(held: Held, posts: Sequence[tuple[str, FactItem]], about: About, datasets: Sequence[str]) -> Answer:
    if not posts:
        return held.answer(f"No open post of {held.name} is known.", datasets=datasets)
    ever = replace(about, span=None)
    alike = [(held.seen(item), (name, item)) for name, item in posts if _is_post(held, item, ever)]
    how_near, before = nearest_before(held, about, alike)
    of = f"one of {about.shown}" if about else "a new one"
    told_when = in_that_time(held, about)
    opening = f"No open post that we hold of {held.name} is {of}{told_when}; that proves nothing.{how_near}"
    first = [_post(held, *each) for each in before[:1]]
    rest = [_post(held, *each) for each in posts[:4] if each not in before[:1]]
    there_are = part("The posts there are", rest, MOST)
    return held.answer(opening, there_are, lead=next(iter(first), None), datasets=datasets)


def _posts_counted(held: Held, items: Sequence[FactItem], about: About) -> Said | None:
    """“Acme has 5 open posts that we know of: 2 in Engineering and 1 in IT.”"""
    where = Counter(text(_field(item, "department"), 60) for item in items)
    teams = joined([f"{count} in {team}" for team, count in where.most_common(4) if team])
    words = (
        f"{held.name} has {counted(len(items), 'open post')}{f' for {about.shown}' if about else ''} that we know of"
    )
    return held.of_items(f"{words}: {teams}." if teams else f"{words}.", items, "hiring_trends", support="derived")


def _news_of_jobs(held: Held, about: About) -> list[Said | None]:
    told = ("hiring", "layoffs", "expansion")
    rows = [each for each in held.rows("news_signals") if each[1].get("signal_type") in told]
    return [_news(held, each) for each in rows if is_in_time(held, each[1].get("date"), about)]


def _is_post(held: Held, item: FactItem, about: About) -> bool:
    is_asked = not about or about.is_title(text(_field(item, "title"))) or about.is_in(item.value)
    return is_asked and is_in_time(held, held.seen(item), about)


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


__all__ = ["buying_signals", "challenges", "funding_and_news", "hiring"]
