"""How many labelled questions of the conversation are understood, and how long that takes."""

import time
from collections.abc import Iterator
from dataclasses import replace

from chat.understanding.learning import learnt
from chat.understanding.model import Context
from chat.understanding.recognise import understand
from tests.chat.understanding.labelled import HALVES, answered, labelled, rules

PARTS = 8
ACME = Context(company="Acme Corp", vendor="Okta")
Figure = tuple[str, str, str]  # what, measured, target


def run() -> list[Figure]:
    halves = [row for half in HALVES if labelled(half) for row in of_half(half)]
    return [*halves, *left_out(), *milliseconds()]


def of_half(half: str) -> Iterator[Figure]:
    rows = answered(half)
    right = [row.is_met_by(found) for row, found in rows]
    sure = [row.is_met_by(found) for row, found in rows if found.is_sure]
    wanted = "≥ 0.90" if half.startswith("unseen") else "reported"
    yield f"Question → intent, {half}: share right of {len(rows)}", f"{sum(right) / len(rows):.3f}", wanted
    yield f"  {half}: answered without asking back", f"{len(sure) / len(rows):.3f}", "reported"
    yield f"  {half}: of these right", f"{sum(sure) / len(sure):.3f}", "reported"
    named = [found.slots.company.casefold() == row.company.casefold() for row, found in rows]
    yield f"  {half}: another company named, or rightly none", f"{sum(named) / len(rows):.3f}", "reported"
    about = [frozenset(found.slots.about) == row.about for row, found in rows]
    yield f"  {half}: what it is about, or rightly nothing", f"{sum(about) / len(rows):.3f}", "reported"
    for kind in sorted({row.kind for row, _ in rows}):
        of_kind = [is_right for is_right, (row, _) in zip(right, rows, strict=True) if row.kind == kind]
        yield f"  {half}: {kind} ({len(of_kind)})", f"{sum(of_kind) / len(of_kind):.2f}", "reported"


def left_out() -> Iterator[Figure]:
    """Each example, asked of what the other seven eighths of them teach. The row's words stay as they are."""
    found = []
    for part in range(PARTS):
        known = tuple(replace(rule, phrases=_without(rule.phrases, part)) for rule in rules())
        for rule in rules():
            found += [(rule.slug, understand(text, known, ACME)) for text in rule.phrases[part::PARTS]]
    right = [answer.intent == slug for slug, answer in found]
    sure = [answer.intent == slug for slug, answer in found if answer.is_sure]
    yield (
        f"Question → intent, examples left out: share right of {len(found)}",
        f"{sum(right) / len(right):.3f}",
        "reported",
    )
    yield "  left out: answered without asking back", f"{len(sure) / len(found):.3f}", "reported"
    yield "  left out: of these right", f"{sum(sure) / len(sure):.3f}", "reported"


def _without(phrases: tuple[str, ...], part: int) -> tuple[str, ...]:
    return tuple(text for at, text in enumerate(phrases) if at % PARTS != part)


def milliseconds() -> Iterator[Figure]:
    known = rules()
    learnt.cache_clear()
    begun = time.process_time()
    understand("What do they do?", known, Context())
    yield "Question → intent: learning the rules", f"{(time.process_time() - begun) * 1000:.0f} ms", "reported"
    texts = [row.text for row in labelled("seen")]
    begun = time.process_time()
    for text in texts:
        understand(text, known, Context(company="Acme Corp", vendor="Okta"))
    yield "Question → intent: time of one", f"{(time.process_time() - begun) * 1000 / len(texts):.2f} ms", "≤ 2 ms"
