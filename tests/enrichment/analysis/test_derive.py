"""What is computed from facts: parts played, sizes, urgencies, groups, posts."""

from datetime import date
from typing import Any

import pytest

from enrichment.analysis.derive import group_of, head_count_band, open_position, pricing_model, urgency
from enrichment.analysis.findings import Job, Named


@pytest.mark.parametrize(
    ("count", "band"),
    [
        ({"low": 251, "high": 500}, "251-500 employees"),
        ({"low": 500, "high": 500}, "~500 employees"),
        ({"low": 10_001, "high": None}, "10,001+ employees"),
        ({"low": 1_001, "high": 5_000}, "1,001-5,000 employees"),
        ({"low": None, "high": 10}, None),
        ({"low": "many"}, None),
        ({"low": True, "high": 2}, None),
        (500, None),
        (None, None),
    ],
)
def test_a_head_count_is_told_as_a_band(count: Any, band: str | None) -> None:
    assert head_count_band(count) == band


TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("signal", "headline", "day", "expected"),
    [
        ("leadership", "Acme hires new CISO", date(2026, 3, 8), "high"),
        ("leadership", "Acme promotes three directors", date(2026, 3, 8), "medium"),
        ("funding", "Acme raises $50M", date(2026, 3, 8), "medium"),
        ("funding", "Acme raises $200M", date(2026, 3, 8), "high"),
        ("funding", "Acme raises $200K", date(2026, 3, 8), "low"),
        ("funding", "Acme raises $50M", date(2025, 12, 20), "low"),
        ("security_incident", "Acme breached", date(2026, 3, 8), "high"),
        ("security_incident", "Acme breached", date(2026, 1, 8), "medium"),
        ("security_incident", "Acme breached", date(2025, 1, 8), "low"),
        ("security_incident", "Acme breached", None, "low"),
        ("product", "Acme launches a thing", date(2026, 3, 14), "low"),
        ("funding", "Acme raises €200m", date(2026, 3, 8), "high"),
        ("funding", "Acme raises ¥50 million", date(2026, 3, 8), "low"),
        ("funding", "Acme raises 200 million złoty", date(2026, 3, 8), "medium"),
        ("layoffs", "Acme cuts 4,000 jobs", date(2026, 3, 8), "medium"),
        ("layoffs", "Acme lays off 12", date(2026, 3, 8), "low"),
        ("hiring", "Acme to hire 600 engineers", date(2026, 3, 8), "high"),
        ("hiring", "Acme to hire 60 engineers", date(2026, 3, 8), "medium"),
        ("hiring", "Acme to hire 600 engineers", date(2025, 1, 8), "low"),
        ("expansion", "Acme to open 40 stores across Poland", date(2026, 3, 8), "high"),
        ("expansion", "Acme opens office in Oslo", date(2026, 3, 8), "medium"),
    ],
)
def test_urgency_follows_signal_size_and_age(signal: str, headline: str, day: date | None, expected: str) -> None:
    assert urgency(signal, headline, day, TODAY) == expected


def technology(name: str, group: str = "", category: str = "") -> Named:
    return Named(dataset="tech_stack", name=name, group=group, category=category, evidence=("e1",))


@pytest.mark.parametrize(
    ("found", "group"),
    [
        (technology("React", "backend"), "frontend"),
        (technology("Frobnicator", "analytics"), "analytics"),
        (technology("Frobnicator", "nonsense", "Identity provider"), "security"),
        (technology("Frobnicator", "", "Relational database"), "backend"),
        (technology("Frobnicator", "", "CDN"), "infrastructure"),
        (technology("Frobnicator", "", "Widgets"), None),
        (technology("Frobnicator"), None),
    ],
)
def test_a_technology_is_grouped_by_our_list_then_the_source_then_its_category(found: Named, group: str | None) -> None:
    assert group_of(found) == group


def test_an_open_post_tells_place_and_date_where_known() -> None:
    known = Job(title="x", location="Berlin", department="", day=date(2026, 3, 1), evidence=("e1",))
    unknown = Job(title="x", location="", department="", day=None, evidence=("e1",))

    assert open_position(known) == "Open position in Berlin, posted 2026-03-01"
    assert open_position(unknown) == "Open position"


@pytest.mark.parametrize(
    ("lines", "model"),
    [
        (["Single Sign-On: from $2 per user and month", "Adaptive MFA: from $6 per user and month"], "Per user"),
        (
            ["Developer: free for 1,000 records a month", "Business: $900 a month"],
            "By use; also by subscription; with a free offer",
        ),
        (["Draft: 29 EUR per user and month", "Sign: 0.80 EUR per signature"], "Per user; also by use"),
        (["Traces: $18 / host / month", "Hall: on request"], "Per machine; partly on request"),
        (["Start: free for three cards"], "With a free offer"),
        (["Spare parts cost money"], None),
        ([], None),
    ],
)
def test_how_a_price_list_charges_is_told_by_its_lines(lines: list[str], model: str | None) -> None:
    assert pricing_model(lines) == model
