"""Reports, plans and traces as text for a terminal, 100 columns wide."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

WIDTH = 100


# Section of a brief → its parts of an analysis.
_PARTS = {
    "now": ("opportunity_signals", "news_signals"),
    "whom": ("target_contacts",),
    "fit": ("recommended_products",),
    "say": ("talking_points",),
    "object": ("competitor_context",),
    "against": ("competitor_context",),
    "tech": ("tech_stack",),
}


def brief(answer: Mapping[str, Any], order: Sequence[str] = ()) -> str:
    """A customer-intelligence (or any other) answer as a readable brief with its sources and its cost.

    `order` are the sections of the role's briefs, first to last; what is in none of them comes before.
    """
    data = answer["data"]
    title = data["companyName"] + (f" for {data['vendorCompany']}" if data["vendorCompany"] else "")
    lines = [title, "=" * len(title)]
    if answer["sandbox"]:
        lines += ["SANDBOX: everything here is invented.", ""]
    lines += _sections(answer, order)
    lines += _missing(answer["gaps"])
    lines += _sources(answer["grounding"])
    lines += _cost(answer)
    return "\n".join(lines)


def _sections(answer: Mapping[str, Any], order: Sequence[str]) -> Iterator[str]:
    marks = _Marks(answer["grounding"])
    hidden = ("data_quality", "persona", "vendor_context_used", "last_updated")
    analysis = answer["data"]["analysis"]
    placed = [name for section in order for name in _PARTS.get(section, ())]
    for name in dict.fromkeys([*(name for name in analysis if name not in placed), *placed]):
        value = analysis.get(name)
        if name in hidden or not value:
            continue
        lines = list(_value(value, f"/{name}", marks))
        if lines:
            yield from ("", name.replace("_", " ").capitalize(), "-" * len(name), *lines)


class _Marks:
    """Which footnotes a statement has: the cited documents are numbered in the order in which they appear."""

    def __init__(self, grounding: Mapping[str, Any]) -> None:
        self._statements = grounding["statements"]
        places = {_document(item): place for place, item in enumerate(_documents(grounding), 1)}
        self._numbers = {name: places[_document(item)] for name, item in grounding["evidence"].items()}

    def of(self, pointer: str) -> str:
        statement = self._statements.get(pointer)
        if not statement or not statement["evidence"]:
            return ""
        numbers = sorted({self._numbers[name] for name in statement["evidence"] if name in self._numbers})
        mark = "".join(f"[{number}]" for number in numbers[:3])
        return f" {mark}" + (" (inferred)" if statement["support"] == "inferred" else "")


def _value(value: Any, pointer: str, marks: _Marks, indent: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if isinstance(part, list | dict):
                if part:
                    yield f"{indent}{name.replace('_', ' ')}:"
                    yield from _value(part, f"{pointer}/{name}", marks, indent + "  ")
            elif part not in (None, ""):
                yield from _wrapped(f"{name.replace('_', ' ')}: {part}{marks.of(f'{pointer}/{name}')}", indent)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            if isinstance(part, Mapping):
                yield from _record(part, f"{pointer}/{place}", marks, indent)
            else:
                yield from _wrapped(f"- {part}{marks.of(f'{pointer}/{place}')}", indent)
    else:
        yield from _wrapped(f"{value}{marks.of(pointer)}", indent)


def _record(record: Mapping[str, Any], pointer: str, marks: _Marks, indent: str) -> Iterator[str]:
    bullet = "- "
    for name, part in record.items():
        if part not in (None, "", []):
            yield from _wrapped(f"{bullet}{name.replace('_', ' ')}: {part}{marks.of(f'{pointer}/{name}')}", indent)
            bullet = "  "


def _wrapped(text: str, indent: str) -> list[str]:
    hang = indent + ("  " if text.startswith(("- ", "  ")) else "")
    # An address is kept whole, even where it is wider than the screen: it is there to be clicked or copied.
    wrapper = textwrap.TextWrapper(WIDTH, indent, f"{hang}  ", break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(text)


def _missing(gaps: list[dict[str, Any]]) -> Iterator[str]:
    if not gaps:
        return
    yield from ("", "Missing", "-------")
    for gap in gaps:
        cost = _to_fill(gap["costToFill"])
        yield from _wrapped(f"- {gap['label']}: {gap['why']} ({cost})", "")


def _documents(grounding: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What was cited, each document once though several of its passages may be."""
    return list({_document(item): item for item in reversed(grounding["evidence"].values())}.values())[::-1]


def _document(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return item["source"], item["title"], item["url"]


def _to_fill(cost: str | None) -> str:
    if cost is None:
        return "no source could fill it now"
    return f"up to {usd(cost)} to fill" if Decimal(cost) else "free to fill"


def usd(amount: object) -> str:
    """USD with two places, four below a cent: "0.223363636" → "0.22 USD"."""
    exact = Decimal(str(amount))
    return f"{exact:.4f} USD" if exact and exact < Decimal("0.01") else f"{exact:.2f} USD"


def _sources(grounding: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "Sources", "-------")
    for place, item in enumerate(_documents(grounding), 1):
        when = f", {item['publishedAt'][:10]}" if item["publishedAt"] else ""
        yield from _wrapped(f"[{place}] {item['title'] or item['kind']} ({item['source']}{when}) {item['url']}", "")
    if grounding["withheld"]:
        were = "statement was" if grounding["withheld"] == 1 else "statements were"
        yield f"{grounding['withheld']} {were} withheld because nothing bears them."
        yield from (f"  {row['count']}: {row['why']}" for row in grounding.get("withheldReasons", ()))


def _cost(answer: Mapping[str, Any]) -> Iterator[str]:
    quality = answer["data"]["analysis"]["data_quality"]
    parts = ", ".join(f"{name} {quality[name]:.2f}" for name in ("completeness", "freshness", "reliability"))
    yield from ("", "Quality and cost", "----------------", f"Quality {quality['overall']:.2f} ({parts}).")
    source = "from the cache" if answer["source"] == "cache" else "by a run"
    yield f"Cost {usd(answer['totalCost'])}, {source}; {usd(answer['cacheSavings'])} had been paid before."


def plan(explained: Mapping[str, Any]) -> str:
    """An explained plan as text: what is asked, reused and left out, and why."""
    company, found = explained["company"], explained["plan"]
    title = f"Plan for {company['name']} ({company['domain'] or 'domain unknown'}): {explained['consumerLabel']}"
    lines = [title, "=" * min(len(title), WIDTH)]
    if explained["cached"]:
        lines.append("A report that meets today's rules is cached: nothing would be asked, and it costs nothing.")
    lines += _calls(found)
    lines += _expectations(found)
    lines += [line for note in found["notes"] for line in _wrapped(f"Note: {note}", "")]
    lines += _if_disabled(explained)
    for name, quoted in explained["quote"].items():
        lines.append(f"{name.capitalize():>9}: {usd(quoted['cost'])}, {quoted['seconds']:.1f} s")
    return "\n".join(lines)


def _calls(found: Mapping[str, Any]) -> Iterator[str]:
    for heading, key in (("To ask", "calls"), ("Reused", "reused"), ("Not asked", "rejected")):
        if found[key]:
            yield from ("", heading)
        for entry in found[key]:
            price = f" ({usd(entry['worstPrice'])} at most)" if "worstPrice" in entry else ""
            yield from _wrapped(f"- {entry['source']}{price}: {entry['why']}", "")


def _expectations(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"{'Dataset':<24}{'wanted':>8}{'expected':>10}  from")
    for expected in found["expectations"]:
        short = "  SHORT" if expected["shortfall"] > 0 else ""
        optional = "" if expected["required"] else " (optional)"
        sources = ", ".join(expected["by"])
        yield (
            f"{expected['dataset']:<24}{expected['threshold']:>8.2f}{expected['reliability']:>10.2f}"
            f"  {sources}{optional}{short}"
        )
    yield ""


def _if_disabled(explained: Mapping[str, Any]) -> Iterator[str]:
    if explained["ifDisabled"]:
        yield from ("If a source were switched off", "------------------------------")
    for each in explained["ifDisabled"]:
        change = Decimal(each["costChange"])
        cost = "the same cost" if not change else f"{usd(abs(change))} {'more' if change > 0 else 'less'}"
        instead = f"; {', '.join(each['instead'])} asked instead" if each["instead"] else ""
        lost = ", ".join(
            f"{loss['dataset']} {loss['before']:.2f} → {loss['after']:.2f}{' MISSED' if loss['missed'] else ''}"
            for loss in each["losses"]
        )
        yield from _wrapped(f"- {each['source']}: {cost}{instead}; {lost or 'nothing is lost'}", "")
    yield ""


# --- What-if ----------------------------------------------------------------------------------------------------------

PLANNED = {"reliability": "reliability", "met": "thresholds met"}
LIVED = {"coverage": "coverage", "quality": "quality"}


def what_if(told: Mapping[str, Any]) -> str:
    """What edited rules would have meant for past runs: before and after, and the runs that changed most."""
    planned, lived = told["replanned"], told["replayed"]
    lines = [f"Re-planned: {planned['runs']} runs, {planned['changed']} of them would be planned otherwise", ""]
    lines += _sides(planned, PLANNED)
    if len(told["byConsumer"]) > 1:
        for each in told["byConsumer"]:
            lines += ["", f"{each['label']}: {each['runs']} runs, {each['changed']} otherwise", *_sides(each, PLANNED)]
    lines += ["", f"Replayed: {lived['runs']} runs, {lived['share']:.0%} of them, whose every answer is recorded", ""]
    lines += _sides(lived, LIVED)
    lacking = ", ".join(f"{each['source']} ({each['runs']})" for each in lived["lacking"])
    lines += _wrapped(f"Not replayed since nothing is recorded of: {lacking}", "") if lacking else []
    lines += _most_changed("The plans that change most", planned["mostChanged"])
    lines += _most_changed("The replayed runs that change most", lived["mostChanged"])
    if told["leftOut"]:
        lines.append(f"{told['leftOut']} runs were left out: their consumer does not exist.")
    return "\n".join([*lines, "", "Nothing was bought, nothing saved."])


def _sides(found: Mapping[str, Any], shares: Mapping[str, str]) -> Iterator[str]:
    before, after = found["before"], found["after"]
    yield f"{'':<16}{'before':>14}{'after':>14}"
    yield f"{'cost':<16}{usd(before['cost']):>14}{usd(after['cost']):>14}"
    yield f"{'cost per run':<16}{usd(before['costPerRun']):>14}{usd(after['costPerRun']):>14}"
    yield f"{'wait':<16}{before['seconds']:>12.1f} s{after['seconds']:>12.1f} s"
    for name, label in shares.items():
        yield f"{label:<16}{before[name]:>14.3f}{after[name]:>14.3f}"


def _most_changed(heading: str, changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if changes:
        yield from ("", heading)
    for each in changes:
        moved = [f"+ {source}" for source in each["asked"]] + [f"- {source}" for source in each["dropped"]]
        costs = f"{usd(each['before']['cost'])} → {usd(each['after']['cost'])}"
        what = f"{each['at'][:16]} {each['company']}, {each['consumer']}: {costs}"
        yield from _wrapped("  ".join(["- " + what, *moved]), "")


# --- Traces -----------------------------------------------------------------------------------------------------------

HEADING = f"{'start':>9} {'took':>9} {'waited':>8} {'cost':>11}  what happened"
INDENT = len(HEADING) - len("what happened")


def trace(found: Mapping[str, Any]) -> str:
    """A run's trace as a tree: when each span began, how long it took and waited, its cost, its end, what followed.

    Times are seconds from the run's start; a span that goes on has no length.
    """
    begin = datetime.fromisoformat(found["started"])
    title = f"{found['label']}: {found['status']}{_took(found)}, {usd(found['cost'])}"
    lines = [title, "=" * min(len(title), WIDTH), HEADING]
    return "\n".join([*lines, *_spans(found["children"], begin, "")])


def _took(found: Mapping[str, Any]) -> str:
    return "" if found["seconds"] is None else f" in {found['seconds']:.2f} s"


def _spans(spans: Sequence[Mapping[str, Any]], begin: datetime, branch: str) -> Iterator[str]:
    for place, each in enumerate(spans):
        is_last = place == len(spans) - 1
        start = (datetime.fromisoformat(each["started"]) - begin).total_seconds()
        took = "" if each["seconds"] is None else f"{each['seconds']:.3f} s"
        wait = f"{each['wait']:.2f} s" if each.get("wait") else ""
        cost = "unknown" if each["cost"] is None else (usd(each["cost"]) if Decimal(each["cost"]) else "")
        own = branch + ("└ " if is_last else "├ ")
        yield f"{start:>7.2f} s {took:>9} {wait:>8} {cost:>11}  {own}{each['label']}: {each['status']}"
        below = branch + ("  " if is_last else "│ ")
        for words in filter(None, (each["detail"], _followed(each))):
            room = " " * INDENT + below + ("│ " if each["children"] else "  ")
            yield from textwrap.wrap(words, max(WIDTH, INDENT + 60), initial_indent=room, subsequent_indent=room)
        yield from _spans(each["children"], begin, below)


def _followed(each: Mapping[str, Any]) -> str:
    others = each.get("fallback", ())
    return (
        f"It gave nothing, so {' and '.join(others)} {'was' if len(others) == 1 else 'were'} asked." if others else ""
    )
