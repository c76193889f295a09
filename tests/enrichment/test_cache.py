from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment import cache
from enrichment.cache import Answer
from enrichment.models import CacheEntry, Company
from tests.enrichment import market

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
NOW = market.moment("2026-11-02T09:00")  # as the fixture `now`

# --- Keys -------------------------------------------------------------------------------------------------------------


def test_a_digest_is_64_digits_and_the_same_in_every_process() -> None:
    assert cache.digest("response", "serp_news", 7, "live") == (
        "b9c402620f7e5ba4dffcc5aca6771760209a256ff58d110c9ba1328d1002c303"
    )


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_a_digest_knows_no_order_of_fields(value: dict[str, int]) -> None:
    assert cache.digest(value) == cache.digest(dict(reversed(value.items())))


def test_parts_are_not_run_together() -> None:
    assert cache.digest("ab", "c") != cache.digest("a", "bc")


def test_a_response_has_a_key_for_each_source_company_and_origin() -> None:
    keys = {cache.response_key(s, c, o) for s in ("serp_news", "snov") for c in (1, 2) for o in ("live", "sandbox")}

    assert len(keys) == 8


def test_a_sources_responses_have_a_type_of_their_own() -> None:
    assert cache.response_type("serp_news") == "SERP_NEWS_RAW"


# --- Reading and keeping ----------------------------------------------------------------------------------------------


@pytest.fixture
def acme() -> Company:
    return market.company()


def answer(of: Company, body: bytes = b"news", **values: Any) -> Answer:
    source = str(values.get("source", "serp_news"))
    defaults: dict[str, Any] = {
        "type": cache.response_type(source),
        "key": cache.response_key(source, of.pk, "live"),
        "company": of.pk,
        "origin": "live",
        "body": body,
        "fetched_at": NOW,
        "ttl": A_DAY,
        "source": source,
    }
    return Answer(**{**defaults, **values})


def derived(of: Company, *used: CacheEntry, name: str = "report", body: bytes = b"report") -> CacheEntry:
    """Something made from other entries."""
    made = answer(of, body, type="REPORT", key=cache.digest(name), source="")
    entry = cache.keep(made, at=NOW)
    cache.depend(entry, on=used)
    return entry


def is_fresh(entry: CacheEntry, *, at: datetime = NOW) -> bool:
    return CacheEntry.objects.fresh(at).filter(pk=entry.pk).exists()


def test_what_is_kept_is_read_again(acme: Company, now: datetime) -> None:
    kept = cache.keep(answer(acme, b"\x00\xff bytes"), at=now)

    found = cache.read(kept.type, kept.key, at=now)

    assert found is not None
    assert bytes(found.body) == b"\x00\xff bytes"


def test_an_answer_is_used_until_its_time_is_over_and_no_longer(acme: Company, now: datetime) -> None:
    kept = cache.keep(answer(acme, ttl=timedelta(hours=2)), at=now)

    assert is_fresh(kept, at=now + timedelta(minutes=119))
    assert not is_fresh(kept, at=now + timedelta(hours=2))


def test_an_answer_from_before_the_wished_moment_is_not_read(acme: Company, now: datetime) -> None:
    kept = cache.keep(answer(acme, fetched_at=now), at=now)

    assert cache.read(kept.type, kept.key, at=now, not_before=now) is not None
    assert cache.read(kept.type, kept.key, at=now, not_before=now + timedelta(seconds=1)) is None


def test_a_new_answer_takes_the_place_of_the_old(acme: Company, now: datetime) -> None:
    first = cache.keep(answer(acme, b"old"), at=now)

    second = cache.keep(answer(acme, b"new", is_empty=True), at=now)

    assert first.pk == second.pk
    assert CacheEntry.objects.get().is_empty


def test_responses_are_held_by_source_without_what_is_derived_or_of_another_origin(
    acme: Company, now: datetime
) -> None:
    news = cache.keep(answer(acme), at=now)
    cache.keep(answer(acme, source="snov_contacts", origin="sandbox"), at=now)
    derived(acme, news)

    assert cache.held_responses(acme.pk, origin="live", at=now) == {"serp_news": news}


def test_responses_too_old_for_the_ask_are_not_held(acme: Company, now: datetime) -> None:
    cache.keep(answer(acme, fetched_at=now - timedelta(hours=1)), at=now)

    assert cache.held_responses(acme.pk, origin="live", at=now, not_before=now) == {}


# --- What was made from what ------------------------------------------------------------------------------------------


def test_another_response_makes_stale_what_was_made_from_the_old_one(acme: Company, now: datetime) -> None:
    report = derived(acme, cache.keep(answer(acme, b"old"), at=now))

    cache.keep(answer(acme, b"new"), at=now)

    assert not is_fresh(report)


def test_the_same_response_once_more_makes_nothing_stale(acme: Company, now: datetime) -> None:
    report = derived(acme, cache.keep(answer(acme, b"same"), at=now))

    cache.keep(answer(acme, b"same"), at=now + timedelta(hours=1))

    assert is_fresh(report)


def test_the_end_of_a_responses_time_makes_nothing_stale(acme: Company, now: datetime) -> None:
    report = derived(acme, cache.keep(answer(acme, ttl=timedelta(0)), at=now))

    assert is_fresh(report)


def test_only_what_was_made_from_the_response_goes_stale(acme: Company, now: datetime) -> None:
    news = cache.keep(answer(acme, b"old"), at=now)
    people = cache.keep(answer(acme, source="snov_contacts"), at=now)
    of_news, of_people = derived(acme, news, name="news"), derived(acme, people, name="people")

    cache.keep(answer(acme, b"new"), at=now)

    assert (is_fresh(of_news), is_fresh(of_people)) == (False, True)


def test_what_is_made_anew_from_the_new_response_is_fresh(acme: Company, now: datetime) -> None:
    derived(acme, cache.keep(answer(acme, b"old"), at=now))
    new = cache.keep(answer(acme, b"new"), at=now)

    report = derived(acme, new, body=b"another")

    assert is_fresh(report)
    assert [row.on for row in report.made_from.all()] == [new]


def test_the_moment_something_went_stale_is_kept(acme: Company, now: datetime) -> None:
    report = derived(acme, cache.keep(answer(acme, b"one"), at=now))

    cache.keep(answer(acme, b"two"), at=now)
    cache.keep(answer(acme, b"three"), at=now + A_DAY)

    report.refresh_from_db()
    assert report.stale_since == now


def test_what_was_made_from_what_was_made_from_the_response_goes_stale_too(acme: Company, now: datetime) -> None:
    context = derived(acme, cache.keep(answer(acme, b"old"), at=now), name="context")
    brief = derived(market.company("Okta", domain="okta.com"), context, name="brief")

    cache.keep(answer(acme, b"new"), at=now)

    assert not is_fresh(brief)


# --- Invalidation -----------------------------------------------------------------------------------------------------


def test_after_an_invalidation_nothing_kept_is_used(acme: Company, now: datetime) -> None:
    news = cache.keep(answer(acme), at=now)
    report = derived(acme, news)
    other = cache.keep(answer(market.company("Okta", domain="okta.com")), at=now)

    cache.invalidate(acme, at=now)

    assert [is_fresh(entry) for entry in (news, report, other)] == [False, False, True]


def test_after_an_invalidation_nothing_made_from_it_for_another_company_is_used(acme: Company, now: datetime) -> None:
    brief = derived(
        market.company("Okta", domain="okta.com"), derived(acme, cache.keep(answer(acme), at=now)), name="b"
    )

    cache.invalidate(acme, at=now)

    assert not is_fresh(brief)


def test_an_invalidation_moves_the_epoch_so_that_what_is_under_way_is_not_kept(acme: Company, now: datetime) -> None:
    held = cache.claim("k", holder=uuid4(), data_epoch=acme.data_epoch)

    cache.invalidate(acme, at=now)

    acme.refresh_from_db()
    assert held is not None
    assert held.data_epoch < acme.data_epoch


def test_an_answer_that_is_kept_after_an_invalidation_is_used(acme: Company, now: datetime) -> None:
    cache.keep(answer(acme), at=now)
    cache.invalidate(acme, at=now)

    assert is_fresh(cache.keep(answer(acme), at=now))


# --- A company that was absorbed --------------------------------------------------------------------------------------


def came_over(into: Company, body: bytes, *, at: datetime, was: int = 999) -> CacheEntry:
    """A response of an absorbed company: it points to the one that is left, its key does not."""
    key = cache.response_key("serp_news", was, "live")
    return cache.keep(answer(into, body, key=key, fetched_at=at), at=at)


def test_a_response_that_came_over_is_held(acme: Company, now: datetime) -> None:
    theirs = came_over(acme, b"theirs", at=now)

    assert cache.held_responses(acme.pk, origin="live", at=now) == {"serp_news": theirs}


@pytest.mark.parametrize(("hours", "is_theirs"), [(-1, False), (1, True)])
def test_where_both_have_a_response_the_newer_is_held(
    acme: Company, now: datetime, hours: int, is_theirs: bool
) -> None:
    ours = cache.keep(answer(acme, b"ours", fetched_at=now), at=now)
    theirs = came_over(acme, b"theirs", at=now + timedelta(hours=hours))

    assert cache.held_responses(acme.pk, origin="live", at=now) == {"serp_news": theirs if is_theirs else ours}


def test_a_response_that_says_something_is_held_rather_than_a_newer_empty_one(acme: Company, now: datetime) -> None:
    ours = cache.keep(answer(acme, b"ours"), at=now)
    theirs = came_over(acme, b"", at=now + timedelta(hours=1))
    CacheEntry.objects.filter(pk=theirs.pk).update(is_empty=True)

    assert cache.held_responses(acme.pk, origin="live", at=now) == {"serp_news": ours}
