"""Keys: how they are made, stored, presented, limited and refused."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from salesintel.accounts.models import ApiKey, digest, is_well_formed

LOOKUP = "/api/v1/company/acmecorp.com/lookup"


def bearer(key: str) -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def issued(user):
    return ApiKey.issue(user=user, name="CRM", scopes=["read"])


def test_only_a_digest_and_a_prefix_are_stored(issued):
    row, key = issued

    stored = {str(value) for value in ApiKey.objects.filter(pk=row.pk).values_list(named=False)[0]}

    assert not any(key in value or key[12:] in value for value in stored)
    assert row.digest == digest(key)
    assert key.startswith(row.prefix)


def test_a_secret_has_192_bits_and_no_two_are_alike(user):
    keys = {ApiKey.issue(user=user, name="n", scopes=[])[1] for _ in range(50)}

    assert len(keys) == 50
    assert {len(key) for key in keys} == {len("si_") + 8 + len("_") + 32 + 8}


def test_a_mistyped_key_is_told_from_an_unknown_one_without_a_look_for_it(issued, django_assert_num_queries):
    mistyped = issued[1][:-1] + ("0" if issued[1][-1] != "0" else "1")

    with django_assert_num_queries(1) as queries:  # a stranger's request is counted
        answer = bearer(mistyped).get(LOOKUP)

    assert "digest" not in queries[0]["sql"]
    assert not is_well_formed(mistyped)
    assert answer.status_code == 401
    assert "mistyped" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_key_is_taken_in_either_header(issued, header):
    value = f"Bearer {issued[1]}" if header == "Authorization" else issued[1]

    assert APIClient(headers={header: value}).get(LOOKUP).status_code == 200


def test_a_revoked_key_is_refused_at_once(issued):
    row, key = issued
    before = bearer(key).get(LOOKUP).status_code

    ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())

    assert (before, bearer(key).get(LOOKUP).status_code) == (200, 401)


def test_an_expired_key_is_refused(user):
    _, key = ApiKey.issue(user=user, name="old", scopes=["read"], expires_at=timezone.now() - timedelta(seconds=1))

    assert bearer(key).get(LOOKUP).status_code == 401


def test_the_key_of_a_person_who_may_no_longer_log_in_is_refused(user, issued):
    user.is_active = False
    user.save()

    assert bearer(issued[1]).get(LOOKUP).status_code == 401


def test_a_wrong_key_is_refused_even_beside_a_session(client, user):
    client.force_login(user)

    assert client.get(LOOKUP, headers={"X-API-Key": "si_00000000_nonsense"}).status_code == 401


def test_the_last_use_is_noted_once_a_minute(issued, clock):
    row, key = issued
    bearer(key).get(LOOKUP)
    row.refresh_from_db()
    first = row.last_used

    clock.shift(timedelta(seconds=30))
    bearer(key).get(LOOKUP)
    row.refresh_from_db()
    second = row.last_used
    clock.shift(timedelta(seconds=31))
    bearer(key).get(LOOKUP)
    row.refresh_from_db()

    assert (first == second, row.last_used - first) == (True, timedelta(seconds=61))


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic cmVwOng=", "Bearer \x00", "Bearer " + "x" * 9000, "é"]
)
def test_a_strange_authorization_header_is_unauthenticated(db, value):
    assert APIClient(headers={"Authorization": value}).get(LOOKUP).status_code == 401


EXPORT = "/api/v1/people/1/export"


@pytest.mark.parametrize(
    ("scopes", "is_staff", "url", "words"),
    [
        (["enrich"], False, LOOKUP, "Your API key lacks the scope “read”; make one that has it on Account."),
        (["read"], True, EXPORT, "Your API key lacks the scope “admin”; make one that has it on Account."),
        (["read"], False, EXPORT, "Your API key lacks the scope “admin”, which wants a member of the staff, too."),
        (
            ["admin"],
            False,
            EXPORT,
            "Your API key holds the scope “admin”, but whom it acts for is not a member of the staff.",
        ),
    ],
)
def test_a_refusal_names_what_is_lacking(user, scopes, is_staff, url, words):
    user.is_staff = is_staff
    user.save()
    _, key = ApiKey.issue(user=user, name="CRM", scopes=scopes)

    answer = bearer(key).get(url)

    assert (answer.status_code, answer.json()["detail"]) == (403, words)


def test_a_session_of_somebody_who_is_no_staff_is_told_so(client, user):
    client.force_login(user)

    assert client.get(EXPORT).json()["detail"] == "Only a member of the staff may do this."


def test_whoever_needs_no_key_is_told_the_scope_too(client, db, settings):
    settings.API_KEY_REQUIRED = False

    words = "Without an API key you lack the scope “admin”, which wants a member of the staff, too."
    assert client.get(EXPORT, headers={"Host": "127.0.0.1"}).json()["detail"] == words
