"""How often callers may ask: counted exactly, told in every answer, refused in time, by rows that an admin edits."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from rest_framework.test import APIClient

from enrichment import throttling
from enrichment.models import RequestCount, RequestLimit
from enrichment.throttling import count
from salesintel.accounts import keys
from salesintel.accounts.models import ApiKey, User

SEARCH = "/api/v1/customers/search"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def limit(db):
    """Lets `requests` pass in a minute under a scope."""

    def limit(requests: int, scope: str = "read", **more: object) -> RequestLimit:
        return RequestLimit.objects.create(scope=scope, requests=requests, seconds=60, **more)

    return limit


def search(api_client, **more):
    return api_client.post(SEARCH, {"query": "Acme"}, format="json", **more)


# --- Counting ---------------------------------------------------------------------------------------------------------


def test_what_nobody_limits_is_not_counted(db):
    assert count("read", "key 1", at=NOW) is None
    assert not RequestCount.objects.exists()


def test_so_many_pass_and_the_next_one_does_not(limit):
    limit(2)

    passed = [count("read", "key 1", at=NOW).is_passed for _ in range(3)]

    assert passed == [False, False, True]


def test_the_window_begins_with_the_first_request_and_not_with_the_minute(limit):
    limit(2)
    late = NOW + timedelta(seconds=55)

    seen = [count("read", "key 1", at=late + timedelta(seconds=s)) for s in (0, 4, 6, 59, 60)]

    assert [each.used for each in seen] == [1, 2, 3, 4, 1]
    assert [each.resets_in for each in seen] == [60, 56, 54, 1, 60]


def test_callers_and_scopes_are_counted_apart(limit):
    limit(1)
    limit(1, "enrich")

    seen = [count(scope, who, at=NOW).used for scope in ("read", "enrich") for who in ("key 1", "key 12", "user 1")]

    assert seen == [1] * 6


def test_a_changed_limit_holds_from_the_next_request_on(limit):
    limit(1)
    before = [count("read", "key 1", at=NOW).is_passed for _ in range(2)]
    RequestLimit.objects.update(requests=3)

    after = [count("read", "key 1", at=NOW).is_passed for _ in range(2)]

    assert (before, after) == ([False, True], [False, True])


@pytest.mark.parametrize("enabled", [True, False])
def test_a_keys_own_limit_goes_first_while_it_is_on(limit, user, enabled):
    key, _ = ApiKey.issue(user=user, name="batch", scopes=["read"])
    limit(1)
    limit(5, key=key, enabled=enabled)

    own = count("read", f"key {key.pk}", at=NOW, family=key.pk)
    others = count("read", "key 0", at=NOW, family=0)

    assert (own.requests, others.requests) == (5 if enabled else 1, 1)


def test_a_scope_has_one_line_for_everybody(limit):
    limit(1)

    with pytest.raises(ValidationError, match="change that one"):
        RequestLimit(scope="read", requests=2).full_clean()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("", "not an address", True),
    ],
)
def test_who_comes_from_one_network_is_one_stranger(one, other, same):
    assert (throttling.stranger(one) == throttling.stranger(other)) is same
    assert not one or one not in throttling.stranger(one)


def test_counts_are_outdated_after_a_day(limit):
    limit(1)
    count("read", "key 1", at=NOW - timedelta(hours=25))
    count("read", "key 2", at=NOW - timedelta(hours=23))

    assert [row.bucket for row in throttling.outdated(NOW)] == ["read key 1"]


HAMMER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, UTC
import django
django.setup()
from django.db import connection
from enrichment.throttling import count
print("ready", flush=True)
sys.stdin.readline()
def one(_):
    passed = count("enrich", "key 1", at=datetime.now(UTC)).is_passed
    return "." if passed else "1"
with ThreadPoolExecutor(10) as threads:
    print("".join(threads.map(one, range(50))))
"""


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_of_200_at_once_from_four_processes_exactly_100_pass(limit, product_env, trials, record_property):
    """S7."""
    limit(100, "enrich")
    rounds = trials(short=1, full=20)
    told = []
    for _ in range(rounds):
        RequestCount.objects.all().delete()
        hammers = [
            subprocess.Popen(
                [sys.executable, "-c", HAMMER],
                env=product_env,
                cwd=settings.BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for hammer in hammers:
            assert hammer.stdout.readline() == "ready\n"
        for hammer in hammers:
            hammer.stdin.write("go\n")
            hammer.stdin.flush()
        told.append("".join(hammer.communicate(timeout=60)[0].strip() for hammer in hammers))

    assert [(each.count("1"), len(each)) for each in told] == [(100, 200)] * rounds
    record_property("trial", f"S7: {rounds} × 200 requests at once from 4 processes, limit 100: 100 passed each time")


# --- Over HTTP --------------------------------------------------------------------------------------------------------


def test_every_answer_tells_the_limit_and_what_is_left(api_client, limit):
    limit(10)

    first, second = search(api_client), search(api_client)

    assert first["RateLimit-Policy"] == '"read";q=10;w=60'
    assert first["RateLimit"] == '"read";r=9;t=60'
    assert second["RateLimit"].startswith('"read";r=8;t=')


def test_a_refusal_of_something_else_tells_it_too(api_client, limit):
    limit(10)

    answer = api_client.post(SEARCH, {"no": 1}, format="json")

    assert (answer.status_code, answer["RateLimit"]) == (400, '"read";r=9;t=60')


def test_one_too_many_is_429_and_told_when_to_come_back(api_client, limit):
    limit(1)
    search(api_client)

    answer = search(api_client)

    body = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert (body["type"], body["requestId"]) == ("throttled", answer["X-Request-ID"])
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert body["detail"].startswith("The limit of requests of scope read is 1 in 60 seconds; come back in ")
    assert answer["RateLimit"].startswith('"read";r=0;t=')


def test_the_next_window_lets_in_again(api_client, limit, clock):
    limit(1)
    statuses = [search(api_client).status_code for _ in range(2)]
    clock.shift(timedelta(seconds=60))

    assert [*statuses, search(api_client).status_code] == [200, 429, 200]


def test_a_request_under_one_scope_takes_nothing_from_another(api_client, limit, rules):
    RequestLimit.objects.filter(scope="read").update(requests=1)
    statuses = [search(api_client).status_code for _ in range(2)]

    started = api_client.post("/api/v1/runs", {"company": "acmecorp.com", "consumer": "profile"}, format="json")

    assert (statuses, started.status_code) == ([200, 429], 202)


def test_each_key_has_its_own_limit_and_a_person_one_more(client, api_client, user, limit):
    limit(1)
    _, other = ApiKey.issue(user=user, name="other", scopes=["read"])
    client.force_login(user)

    statuses = [
        search(api_client).status_code,
        search(api_client, headers={"Authorization": f"Bearer {other}"}).status_code,
        client.post(SEARCH, {"query": "Acme"}, content_type="application/json").status_code,
        search(api_client).status_code,
    ]

    assert statuses == [200, 200, 200, 429]


def with_key(plain):
    return APIClient(headers={"Authorization": f"Bearer {plain}"})


def test_a_key_and_its_successors_are_counted_as_one(user, limit):
    limit(2)
    row, plain = keys.make(user=user, name="CRM", scopes=["read"])
    statuses = [search(with_key(plain)).status_code]
    for _ in range(2):
        row, plain = keys.rotate(row.pk, user=user)
        statuses.append(search(with_key(plain)).status_code)

    assert statuses == [200, 200, 429]


def test_a_keys_own_limit_goes_over_to_its_successor_until_that_has_one(user, limit):
    old, _ = keys.make(user=user, name="CRM", scopes=["read"])
    limit(1)
    limit(5, key=old)
    new, plain = keys.rotate(old.pk, user=user)

    inherited = search(with_key(plain))["RateLimit-Policy"]
    limit(7, key=new)

    assert (inherited, search(with_key(plain))["RateLimit-Policy"]) == ('"read";q=5;w=60', '"read";q=7;w=60')


def test_strangers_behind_a_proxy_of_ours_are_told_apart(client, limit, settings):
    settings.PROXIES = 1
    limit(1, "strangers")

    statuses = [client.post(SEARCH, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 1, 2)]

    assert statuses == [401, 429, 401]


def test_strangers_cannot_name_an_address_of_their_own_choice(client, limit):
    limit(1, "strangers")

    statuses = [client.post(SEARCH, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 2)]

    assert statuses == [401, 429]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-API-Key": "mistyped"}, {"X-API-Key": ""}],
    ids=["no key", "mistyped key", "empty key"],
)
def test_strangers_are_limited_by_address(client, limit, headers):
    limit(2, "strangers")

    statuses = [client.post(SEARCH, headers=headers).status_code for _ in range(3)]
    elsewhere = client.post(SEARCH, headers=headers, REMOTE_ADDR="192.0.2.7").status_code

    assert (statuses, elsewhere) == ([401, 401, 429], 401)


def test_who_tries_keys_does_not_shut_out_a_good_one_behind_the_same_address(client, api_client, limit):
    limit(1, "strangers")
    for _ in range(3):
        client.post(SEARCH, headers={"X-API-Key": "guess"})

    assert search(api_client).status_code == 200


def test_no_address_is_stored(client, limit):
    limit(2, "strangers")

    client.post(SEARCH, REMOTE_ADDR="192.0.2.7")

    assert "192.0.2" not in RequestCount.objects.get().bucket


def test_counting_is_one_statement(api_client, limit, django_assert_num_queries):
    limit(10)
    url = "/api/v1/runs/00000000-0000-0000-0000-000000000000"
    api_client.get(url)  # notes when the key was used last

    with django_assert_num_queries(3):  # the key, the count, the request that is not there
        assert api_client.get(url).status_code == 404


def test_health_is_never_refused(client, limit, rules):
    RequestLimit.objects.update(requests=1)

    assert [client.get("/health").status_code for _ in range(3)] == [200] * 3


def test_the_seed_limits_every_scope_and_strangers(db):
    from enrichment.rules import seed

    seed()

    limited = dict(RequestLimit.objects.filter(key=None).values_list("scope", "requests"))
    assert limited == {"read": 600, "enrich": 100, "personas": 300, "admin": 100, "strangers": 60}


def test_a_key_is_named_by_its_visible_part_in_what_is_exported(limit, user):
    from enrichment.rules.fields import plain, read

    key, _ = ApiKey.issue(user=User.objects.get(pk=user.pk), name="batch", scopes=["read"])
    row = limit(5, key=key)

    word = plain(row, "key")

    assert word == key.prefix
    assert read(RequestLimit, "key", word) == key
