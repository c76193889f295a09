"""Reports and plans as text for a terminal, 100 columns wide."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 100


def brief(answer: Mapping[str, Any]) -> str:
    """A customer-intelligence (or any other) answer as a readable brief with its sources and its cost."""
    data = answer["data"]
    title = data["companyName"] + (f" for {data['vendorCompany']}" if data["vendorCompany"] else "")
    lines = [title, "=" * len(title)]
    if answer["sandbox"]:
        lines += ["SANDBOX: everything here is invented.", ""]
    lines += _sections(answer)
    lines += _missing(answer["gaps"])
    lines += _sources(answer["grounding"])
    lines += _cost(answer)
    return "\n".join(lines)


def _sections(answer: Mapping[str, Any]) -> Iterator[str]:
    marks = _Marks(answer["grounding"])
    hidden = ("data_quality", "persona", "vendor_context_used", "last_updated")
    for name, value in answer["data"]["analysis"].items():
        if name in hidden or not value:
            continue
        lines = list(_value(value, f"/{name}", marks))
        if lines:
            yield from ("", name.replace("_", " ").capitalize(), "-" * len(name), *lines)


class _Marks:
    """Which footnotes a statement has: the cited items are numbered in the order in which they appear."""

    def __init__(self, grounding: Mapping[str, Any]) -> None:
        self._statements = grounding["statements"]
        self._numbers = {name: place for place, name in enumerate(grounding["evidence"], 1)}

    def of(self, pointer: str) -> str:
        statement = self._statements.get(pointer)
        if not statement or not statement["evidence"]:
            return ""
        numbers = sorted(self._numbers[name] for name in statement["evidence"] if name in self._numbers)
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
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=hang + "  ")


def _missing(gaps: list[dict[str, Any]]) -> Iterator[str]:
    if not gaps:
        return
    yield from ("", "Missing", "-------")
    for gap in gaps:
        cost = f"up to {gap['costToFill']} USD to fill" if gap["costToFill"] else "no source could fill it now"
        yield from _wrapped(f"- {gap['label']}: {gap['why']} ({cost})", "")


def _sources(grounding: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", "Sources", "-------")
    for place, item in enumerate(grounding["evidence"].values(), 1):
        when = f", {item['publishedAt'][:10]}" if item["publishedAt"] else ""
        yield from _wrapped(f"[{place}] {item['title'] or item['kind']} ({item['source']}{when}) {item['url']}", "")
    if grounding["withheld"]:
        yield f"{grounding['withheld']} statements were withheld because nothing bears them."


def _cost(answer: Mapping[str, Any]) -> Iterator[str]:
    quality = answer["data"]["analysis"]["data_quality"]
    parts = ", ".join(f"{name} {quality[name]:.2f}" for name in ("completeness", "freshness", "reliability"))
    yield from ("", "Quality and cost", "----------------", f"Quality {quality['overall']:.2f} ({parts}).")
    source = "from the cache" if answer["source"] == "cache" else "by a run"
    yield f"Cost {answer['totalCost']:.4f} USD, {source}; {answer['cacheSavings']:.4f} USD had been paid before."


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
    for name, quoted in explained["quote"].items():
        lines.append(f"{name.capitalize():>9}: {quoted['cost']:.4f} USD, {quoted['seconds']:.1f} s")
    return "\n".join(lines)


def _calls(found: Mapping[str, Any]) -> Iterator[str]:
    for heading, key in (("To ask", "calls"), ("Reused", "reused"), ("Not asked", "rejected")):
        if found[key]:
            yield from ("", heading)
        for entry in found[key]:
            price = f" ({entry['worstPrice']} USD at most)" if "worstPrice" in entry else ""
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
