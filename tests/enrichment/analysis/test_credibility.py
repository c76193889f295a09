"""A publisher is believed by what it is, by its address, by what others say of the same, and by what an admin says."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.analysis import articles
from enrichment.analysis.credibility import Judge, Standing, credibility, publisher_of, standings
from enrichment.analysis.model import PublisherView
from tests.enrichment.analysis.worlds import acme, evidence, item, with_evidence, with_fact

pytestmark = pytest.mark.once

KINDS = {
    "https://www.sec.gov/cgi-bin/browse-edgar": "register",
    "https://find-and-update.company-information.service.gov.uk/company/1": "register",
    "https://www.reuters.com/technology/acme": "wire",
    "https://asia.nikkei.com/Business": "press",
    "https://cs.stanford.edu/people": "academic",
    "https://techcrunch.com/2026/03/10/acme": "trade",
    "https://blog.acmecorp.com/launch": "own",
    "https://www.crunchbase.com/organization/acme": "database",
    "https://en.wikipedia.org/wiki/Acme": "reference",
    "https://github.com/acme": "code",
    "https://boards.greenhouse.io/acme/jobs/1": "jobs",
    "https://www.prnewswire.com/news/acme": "release",
    "https://www.linkedin.com/company/acme": "social",
    "https://news.google.com/rss/articles/x": "aggregator",
    "https://acme.medium.com/post": "forum",
    "https://ezinearticles.com/?acme": "farm",
    "https://techcrunch.sandbox.example/acme": "trade",
    "https://nobody-knows-this.org/acme": "unknown",
}


@pytest.mark.parametrize(("url", "kind"), KINDS.items())
def test_a_publisher_is_known_by_its_domain(url: str, kind: str) -> None:
    assert credibility(url, own="acmecorp.com").kind == kind


def test_kinds_are_told_apart_by_their_scores() -> None:
    by_kind = {kind: credibility(url, own="acmecorp.com").score for url, kind in KINDS.items()}

    ranked = sorted(by_kind, key=lambda kind: -by_kind[kind])

    assert ranked[:3] == ["register", "wire", "press"]
    assert ranked[-2:] == ["forum", "farm"]
    assert by_kind["press"] > by_kind["trade"] > by_kind["release"] > by_kind["unknown"]


@pytest.mark.parametrize(
    "url",
    [
        "https://bloornberg.com/acme",
        "https://reuterz.com/acme",
        "https://bl00mberg.com/acme",
        "https://reuters-news.info/acme",
        "https://reuters.xyz/acme",
        "https://bloomberg.com.reads-well.net/acme",
        "https://xn--reuers-q2e.com/acme",
        "https://thetechcrunch.blogspot.com/acme",
        "http://203.0.113.7/acme",
    ],
)
def test_who_imitates_or_hides_is_doubtful_and_the_reason_is_told(url: str) -> None:
    judged = credibility(url, publisher="Reuters")

    assert judged.band == "doubtful"
    assert len(judged.reasons) > 1


def test_a_famous_name_on_a_strangers_site_helps_nobody() -> None:
    assert credibility("https://nobody-knows-this.org/acme", "Reuters").kind == "unknown"


def test_a_famous_name_counts_where_an_aggregator_passes_it_on() -> None:
    judged = credibility("https://news.google.com/rss/articles/x", "Financial Times")

    assert (judged.kind, judged.score) == ("press", 0.81)
    assert "news.google.com" in judged.reasons[-1]


def test_an_open_connection_is_believed_a_little_less() -> None:
    open_one, secure = credibility("http://techcrunch.com/a"), credibility("https://techcrunch.com/a")

    assert open_one.score == pytest.approx(secure.score - 0.05)


def test_an_admins_word_settles_it() -> None:
    judge = Judge("acmecorp.com", [PublisherView(domain="techcrunch.com", score=0.3, why="It was wrong on us twice.")])

    judged = judge.of("https://beta.techcrunch.com/a", "TechCrunch")

    assert (judged.score, judged.band) == (0.3, "doubtful")
    assert judged.reasons == ("An admin says so: It was wrong on us twice.",)


def test_what_was_measured_moves_the_score_once_there_is_enough_of_it() -> None:
    url = "https://nobody-knows-this.org/acme"

    assert credibility(url, standing=Standing(agreed=2)).score == 0.5
    assert credibility(url, standing=Standing(agreed=10)).score == 0.75
    assert credibility(url, standing=Standing(contradicted=10)).score == 0.25
    assert "Of 10 comparisons" in credibility(url, standing=Standing(contradicted=10)).reasons[-1]


@given(url=st.text(max_size=80) | st.builds("https://{}".format, st.text(max_size=60)), publisher=st.text(max_size=60))
def test_whatever_is_given_has_a_score_and_a_reason(url: str, publisher: str) -> None:
    judged = credibility(url, publisher, own="acmecorp.com")

    assert 0 <= judged.score <= 1
    assert judged.band in {"high", "good", "fair", "doubtful"}
    assert all(judged.reasons)


# --- Measured ---------------------------------------------------------------------------------------------------------


def test_a_publisher_stands_by_what_other_groups_say_of_the_same() -> None:
    task = with_evidence(
        acme(facts={}),
        evidence("x1", url="https://right.org/a"),
        evidence("x2", url="https://wrong.org/b"),
    )
    agreed = item("FinTech", "x1")
    alone = item("Agriculture", "x2")
    agreed = type(agreed)(**{**_fields(agreed), "sources": ("one", "two", "copy_of_two")})
    alone = type(alone)(**{**_fields(alone), "sources": ("three",)})
    task = with_fact(task, "industry", "scalar", agreed, alone)

    found = standings(task, {"one": "a", "two": "b", "copy_of_two": "b", "three": "c"})

    assert found == {
        "right.org": Standing(agreed=1, contradicted=1),
        "wrong.org": Standing(agreed=0, contradicted=2),
    }


def test_what_others_lack_is_no_contradiction() -> None:
    task = with_evidence(
        acme(facts={}), evidence("x1", url="https://right.org/a"), evidence("x2", url="https://b.org/")
    )
    task = with_fact(task, "tech_stack", "records", item({"name": "React"}, "x1"), item({"name": "Vue"}, "x2"))

    assert {standing.contradicted for standing in standings(task, {}).values()} == {0}


def _fields(row: Any) -> dict[str, object]:
    return {each.name: getattr(row, each.name) for each in fields(row)}


# --- Order ------------------------------------------------------------------------------------------------------------


def _news(*told: tuple[str, str, int]) -> list[str]:
    items = [
        evidence(f"x{place}", headline, url=url, published_at=datetime(2026, 3, day, tzinfo=UTC))
        for place, (headline, url, day) in enumerate(told)
    ]
    records = [item({"headline": headline}, f"x{place}") for place, (headline, _, _) in enumerate(told)]
    task = with_fact(with_evidence(acme(facts={}), *items), "recent_news", "records", *records)
    return [article.headline for article in articles.found(task)]


def test_of_one_day_the_more_credible_article_comes_first_and_a_newer_day_goes_before() -> None:
    order = _news(
        ("Blogged", "https://acme.substack.com/1", 10),
        ("Wired", "https://www.reuters.com/1", 10),
        ("Newer", "https://nobody-knows-this.org/1", 11),
    )

    assert order == ["Newer", "Wired", "Blogged"]


def test_a_doubtful_publishers_article_stands_behind_all_others() -> None:
    order = _news(
        ("Imitated", "https://bloornberg.com/1", 14),
        ("Older", "https://techcrunch.com/1", 2),
    )

    assert order == ["Older", "Imitated"]


def test_a_publisher_goes_by_its_registrable_domain() -> None:
    assert publisher_of("https://www.beta.techcrunch.com/a") == "techcrunch.com"
    assert publisher_of("ftp://techcrunch.com") == ""
    assert publisher_of("https://techcrunch.sandbox.example/a") == "techcrunch.sandbox.example"
