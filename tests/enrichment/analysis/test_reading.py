"""What the built-in engine writes, read as a critical rep would: every role, every company of the sandbox's world."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from enrichment.analysis.builtin import Builtin
from tests.enrichment.analysis.prospects import companies, task_of, vendors
from tests.enrichment.analysis.worlds import ROLES

pytestmark = pytest.mark.once

Body = dict[str, Any]
WRITTEN = ("reason", "outcome", "insight", "action", "persona_fit", "positioning_advantage", "objection_handling")
LISTS = ("talking_points", "observations")

# A mark of an entry rather than something said.
NOTE = re.compile(r"The headline says “[^”]+”, which may be in your region, EMEA\.")

# What reads badly, and how it is seen. Quoted text is the company's own and is left out.
FAULTS = {
    "a hole": re.compile(r"[{}]|\bNone\b|“”|\(\)"),
    "a doubled space": re.compile(r"  | [,.;:?!]"),
    "doubled marks": re.compile(r"[.,;:]{2}|\?\.|\.”\.|\b(\w+) \1\b(?<!that that)(?<!had had)"),
    "a for an": re.compile(r"\ba [aeio]\w*(?<!\ba one)(?<!\ba euro)", re.IGNORECASE),
    "an for a": re.compile(r"\ban [bcdfgjklpqtvwxyz]\w+[a-z]\b"),
    "no beginning": re.compile(r"^[^A-Z“\d]"),
    "no end": re.compile(r"[^.?!”]$"),
}


def sentences(value: Any, key: str = "") -> Iterator[str]:
    """The texts of a body that the engine wrote itself."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from sentences(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from sentences(inner, key)
    elif isinstance(value, str) and key in (*WRITTEN, *LISTS):
        yield value


@pytest.fixture(scope="module")
def bodies() -> dict[tuple[str, str], Body]:
    """Report's body by company and role; the vendors in turn."""
    sellers = vendors()
    return {
        (company.name, role): Builtin().write(task_of(company, sellers[place % len(sellers)], role)).body
        for place, company in enumerate(companies())
        for role in ROLES
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_no_sentence_has_a_fault(bodies: dict[tuple[str, str], Body], fault: str) -> None:
    names = sorted({company for company, _ in bodies}, key=len, reverse=True)
    bare = re.compile(r"“[^”]*”|" + "|".join(map(re.escape, names)))

    def read(text: str) -> str:
        return bare.sub("“x”", text)

    found = {text for body in bodies.values() for text in sentences(body) if FAULTS[fault].search(read(text))}
    assert sorted(found) == []


def test_nothing_is_said_twice_in_a_report(bodies: dict[tuple[str, str], Body]) -> None:
    ends = re.compile(r"(?<=[.?!]) (?=[A-Z])")  # of the sentences within a text
    counted = {
        where: Counter(part for text in sentences(body) for part in ends.split(text) if not NOTE.fullmatch(part))
        for where, body in bodies.items()
    }

    twice = [(where, text) for where, texts in counted.items() for text, times in texts.items() if times > 1]
    assert twice == []


def test_whoever_has_a_reason_to_call_has_words_to_open_with(bodies: dict[tuple[str, str], Body]) -> None:
    reasons = {where: body for where, body in bodies.items() if body["opportunity_signals"]}

    assert len(reasons) > len(bodies) * 0.9
    assert [where for where, body in reasons.items() if not body["talking_points"]] == []


def test_roles_open_and_act_each_in_their_own_words(bodies: dict[tuple[str, str], Body]) -> None:
    companies_of = {company for company, _ in bodies}

    def words(company: str, role: str) -> set[str]:
        body = bodies[company, role]
        return {*body["talking_points"], *(each["action"] for each in body["opportunity_signals"])} - {None}

    alike = [
        (company, one, other, shared)
        for company in companies_of
        for one in ROLES
        for other in ROLES
        if one < other and (shared := words(company, one) & words(company, other))
    ]
    assert alike == []
