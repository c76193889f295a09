"""What is a change, and what is the same in other words, another order, or by another source."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enrichment.automation.watches.differing import Change, Item, Look, differences, from_json, remembered, to_json
from enrichment.automation.watches.ranking import score

KINDS = {
    "industry": "scalar", "employee_count": "scalar", "headquarters": "scalar", "company_overview": "scalar",
    "tech_stack": "records", "recent_news": "records", "growth_signals": "records", "decision_makers": "records",
    "key_contacts": "records", "hiring_trends": "records", "value_propositions": "list", "competitors": "list",
}  # fmt: skip
THEN = datetime(2026, 11, 2, 6, tzinfo=UTC)
NOW = THEN + timedelta(days=7)


def item(dataset: str, value: Any, *sources: str) -> Item:
    return Item(dataset=dataset, value=value, sources=sources or ("s",), reliability=0.9)


def changes(before: list[Item], now: list[Item], *, anew: tuple[str, ...] = ("s",), **more: Any) -> list[Change]:
    """What changed, where source s had answered before; `anew`: who answered again since."""
    known = {source for each in before for source in each.sources} | {"s"}
    earlier = Look(items=tuple(before), sources=dict.fromkeys(known, THEN), at=THEN)
    later = Look(items=tuple(now), sources=dict.fromkeys(known, THEN) | dict.fromkeys(anew, NOW), at=NOW, **more)
    return differences(earlier, later, kinds=KINDS, company="Acme Corp")


def told(*args: Any, **more: Any) -> list[tuple[str, str]]:
    return [(change.kind, change.what) for change in changes(*args, **more)]


def news(headline: str, dataset: str = "recent_news", **more: Any) -> Item:
    return item(dataset, {"headline": headline, **more})


def person(name: str, title: str = "CTO", *sources: str, dataset: str = "decision_makers") -> Item:
    return item(dataset, {"name": name, "title": title}, *sources)


def tech(name: str, *sources: str) -> Item:
    return item("tech_stack", {"name": name}, *sources)


# --- Changes ----------------------------------------------------------------------------------------------------------


def test_a_new_headline_is_news_and_one_with_a_signal_is_a_signal():
    now = [news("Acme wins prize"), news("Acme raises $50M", "growth_signals", signal_type="funding")]

    assert told([], now) == [("signal", "Acme raises $50M"), ("news", "Acme wins prize")]


def test_the_same_headline_in_two_datasets_is_told_once():
    both = [news("Acme raises $50M"), news("Acme raises $50M", "growth_signals", signal_type="funding")]

    assert told([], both) == [("signal", "Acme raises $50M")]


def test_people_come_leave_and_change_titles():
    before = [person("Ann Lee"), person("Bo Diaz", "Head of Sales")]
    now = [person("Bo Diaz", "Chief Revenue Officer"), person("Cy Ngo", "CFO")]

    assert told(before, now) == [
        ("title_changed", "Bo Diaz: Head of Sales → Chief Revenue Officer"),
        ("person_came", "Cy Ngo, CFO"),
        ("person_left", "Ann Lee, CTO"),
    ]


def test_technologies_are_added_and_removed():
    assert told([tech("Salesforce"), tech("React")], [tech("React"), tech("HubSpot")]) == [
        ("added", "HubSpot"),
        ("removed", "Salesforce"),
    ]


def test_a_value_that_nobody_claimed_before_is_a_change_with_both():
    [change] = changes([item("headquarters", "Austin, Texas")], [item("headquarters", "Denver, Colorado")])

    assert (change.kind, change.what) == ("changed", "Austin, Texas → Denver, Colorado")
    assert change.old is not None
    assert change.new is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme opens office in Berlin", "Acme opens office in Paris"),
        ("Acme raises $50M Series B", "Acme raises $90M Series C"),
        ("Acme names Ann Lee as CFO", "Acme names Bo Diaz as CTO"),
        ("Acme acquires Initech", "Acme acquires Hooli"),
        ("Acme lays off 200 people", "Acme hires 500 people in sales"),
    ],
)
def test_headlines_of_two_events_are_two(one, other):
    assert told([news(one)], [news(one), news(other)]) == [("news", other)]


# --- Noise ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme raises $50M Series B", "Acme Corp raised $50 million in Series B funding"),
        ("Acme Corp lands $50M Series B", "Acme raises $50M Series B"),
        ("Acme opens its new office in Berlin", "Acme Corp opens Berlin office"),
        ("Acme names Ann Lee CFO", "Ann Lee named CFO at Acme Corp"),
        ("Acme acquires Initech for $1.5B", "Acme is acquiring Initech for $1.5 billion"),
        ("ACME LAYS OFF 1,200 EMPLOYEES", "Acme lays off 1200 employees"),
    ],
)
def test_a_headline_in_other_words_is_no_news(one, other):
    assert told([news(one)], [news(other)]) == []


def test_another_headline_at_the_same_address_is_no_news():
    before = [news("Acme expands", url="https://www.news.example/acme-berlin?utm=1")]

    assert told(before, [news("Why Berlin is calling", url="https://news.example/acme-berlin/")]) == []


def test_an_old_article_that_is_found_late_is_no_news():
    late = news("Acme wins prize", date=(THEN - timedelta(days=30)).isoformat())
    fresh = news("Acme opens Rome", date=(NOW - timedelta(days=1)).isoformat())

    assert told([], [late, fresh]) == [("news", "Acme opens Rome")]


@pytest.mark.parametrize(
    ("dataset", "one", "other"),
    [
        ("industry", "Financial Technology", "financial technology"),
        ("industry", "Software", "Computer Software"),
        ("headquarters", "San Francisco, CA", "San Francisco, California, USA"),
        ("employee_count", {"low": 251, "high": 500}, {"low": 480, "high": 480}),
        (
            "company_overview",
            "Acme makes payment software for banks.",
            "Acme Corp. makes software for payments of banks.",
        ),
    ],
)
def test_a_value_in_other_words_is_no_change(dataset, one, other):
    assert told([item(dataset, one)], [item(dataset, other)]) == []


def test_lines_in_other_words_are_no_change():
    before = [item("value_propositions", "Cut the cost of every payment by half")]
    now = [item("value_propositions", "Halve costs: cut payment cost by half")]

    assert told(before, now) == []


@pytest.mark.parametrize(
    ("one", "other"), [("CTO", "Chief Technology Officer"), ("VP, IT", "Vice President of IT Operations")]
)
def test_a_title_in_other_words_is_no_change(one, other):
    assert told([person("Ann Lee", one)], [person("Ann Lee", other)]) == []


def test_a_name_in_another_spelling_is_the_same_person():
    assert told([person("José Núñez")], [person("Jose Nunez", dataset="key_contacts")]) == []


def test_another_order_is_no_change():
    looks = [tech(f"Tool {n}") for n in range(30)] + [person(f"Person {c}") for c in "ABCDE"]
    mixed = looks[:]
    random.Random(7).shuffle(mixed)

    assert told(looks, mixed) == []


def test_nothing_is_gone_because_its_source_failed():
    assert told([tech("React"), person("Ann Lee")], [], anew=()) == []


def test_nothing_is_gone_because_its_source_spoke_of_other_things():
    assert told([tech("React"), news("Acme wins")], [news("Acme wins")]) == []


def test_nothing_is_gone_that_another_source_still_says():
    assert told([tech("React", "s", "t")], [tech("React", "t"), tech("Vue", "s")]) == [("added", "Vue")]


def test_what_a_source_says_that_was_never_asked_before_is_no_change():
    assert told([tech("React")], [tech("React"), tech("Vue", "newcomer")], anew=("s", "newcomer")) == []


def test_a_value_that_wins_because_another_aged_is_no_change():
    austin, denver = item("headquarters", "Austin, Texas", "s"), item("headquarters", "Denver, Colorado", "t")

    assert told([austin, denver], [denver, austin]) == []


def test_a_persons_correction_is_no_change():
    before, now = [item("industry", "Banking")], [item("industry", "Insurance")]

    assert told(before, now, corrected=frozenset({"industry"})) == []


def test_the_same_look_twice_has_no_changes_after_it_was_kept():
    looks = [
        tech("React"),
        person("Ann Lee"),
        news("Acme wins", url="https://x.example/a"),
        item("industry", "Banking"),
    ]

    assert told(list(from_json(to_json(looks))), looks) == []


# --- Ranking ----------------------------------------------------------------------------------------------------------


def test_a_change_scores_by_kind_role_and_reliability():
    funding = Change(kind="signal", dataset="growth_signals", what="", new=news("Acme raises $50M"))
    system = Change(kind="added", dataset="tech_stack", what="", new=tech("Kafka"))
    ae, se = ("news", "challenge", "systems", "usage", "job"), ("systems", "challenge", "usage", "job", "news")

    assert [score(each, emphasis=ae) for each in (funding, system)] == [0.9, 0.432]
    assert [score(each, emphasis=se) for each in (funding, system)] == [0.54, 0.54]


def test_what_is_remembered_of_every_kind_is_bounded_and_drops_what_is_gone():
    values = [
        tech("React"),
        item("competitors", "Globex"),
        item("employee_count", {"low": 1, "high": 5}),
        news("Acme wins"),
    ]
    before, now = Look(items=tuple(values)), Look(items=tuple(tech(f"Tool {n}") for n in range(400)))
    gone = [Change(kind="removed", dataset="tech_stack", what="React", old=values[0])]

    kept = remembered(before, now, gone, kinds=KINDS)

    assert sum(each.dataset == "tech_stack" for each in kept) == 300
    assert values[0] not in kept
    assert [each.dataset for each in kept if each.dataset != "tech_stack"] == [
        "competitors",
        "employee_count",
        "recent_news",
    ]
