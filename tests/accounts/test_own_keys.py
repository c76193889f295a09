"""Owners make, rotate and revoke their keys: by page, API and command."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from salesintel.accounts import keys
from salesintel.accounts.authentication import note_use
from salesintel.accounts.models import ApiKey, User, digest
from salesintel.audit.models import Entry

LOOKUP = "/api/v1/company/acmecorp.com/lookup"
DAY = timedelta(days=1)


def status_with(key: str) -> int:
    return APIClient(headers={"Authorization": f"Bearer {key}"}).get(LOOKUP).status_code


@pytest.fixture
def issued(user):
    return keys.make(user=user, name="CRM", scopes=["read"])


@pytest.fixture
def page(user):
    client = Client()
    client.force_login(user)
    return client


# --- Rotating ---------------------------------------------------------------------------------------------------------


def test_both_keys_hold_for_the_overlap_and_then_the_new_one_alone(user, clock):
    old, plain = keys.make(user=user, name="CRM", scopes=["read"])
    new, fresh = keys.rotate(old.pk, user=user)

    during = status_with(plain), status_with(fresh)
    clock.shift(DAY)

    assert during == (200, 200)
    assert (status_with(plain), status_with(fresh)) == (401, 200)
    assert (new.name, new.scopes, new.expires_at) == ("CRM", ["read"], None)


def test_rotating_twice_makes_one_key_and_lets_the_old_one_end_as_it_was_said(user, issued):
    old, _ = issued
    new, _ = keys.rotate(old.pk, user=user)
    old.refresh_from_db()
    until = old.expires_at

    with pytest.raises(keys.KeyRefused, match=f"was replaced by {new.prefix}… already: rotate that one"):
        keys.rotate(old.pk, user=user, overlap=timedelta(days=30))

    old.refresh_from_db()
    assert (old.expires_at, ApiKey.objects.count()) == (until, 2)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_rotate_at_once_one_does(user, issued):
    def rotate(_):
        try:
            keys.rotate(issued[0].pk, user=user)
        except keys.KeyRefused:
            return 0
        else:
            return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(rotate, range(8))) == 1
    assert ApiKey.objects.count() == 2


def test_an_overlap_makes_no_key_last_longer(user):
    old, _ = keys.make(user=user, name="CRM", scopes=["read"], lasts=timedelta(hours=2))
    until = old.expires_at

    new, _ = keys.rotate(old.pk, user=user, overlap=DAY)

    old.refresh_from_db()
    assert old.expires_at == until
    assert timedelta(hours=1, minutes=59) < new.expires_at - timezone.now() < timedelta(hours=2, minutes=1)


def test_a_revoked_key_is_not_rotated(user, issued):
    keys.revoke(issued[0].pk, user=user)

    with pytest.raises(keys.KeyRefused, match="is revoked: make a new one instead"):
        keys.rotate(issued[0].pk, user=user)


def test_a_scope_that_its_owner_may_have_no_more_does_not_go_over(user):
    old, _ = ApiKey.issue(user=user, name="x", scopes=["read", "admin"])

    new, _ = keys.rotate(old.pk, user=user)

    assert new.scopes == ["read"]


def test_another_persons_key_is_out_of_reach(user, issued):
    other = User.objects.create_user("other")

    with pytest.raises(ApiKey.DoesNotExist):
        keys.rotate(issued[0].pk, user=other)
    with pytest.raises(ApiKey.DoesNotExist):
        keys.revoke(issued[0].pk, user=other)


def test_the_command_prints_the_new_key_alone(user, issued):
    call_command("rotate_api_key", issued[0].prefix, "--overlap", "1", stdout=(out := StringIO()), stderr=StringIO())

    new = ApiKey.objects.get(replaces=issued[0])
    assert digest(out.getvalue().removesuffix("\n")) == new.digest


@pytest.mark.parametrize(("prefix", "words"), [("si_nothing", "There is no API key"), ("", "There is no API key")])
def test_the_command_says_what_is_wrong(user, issued, prefix, words):
    with pytest.raises(CommandError, match=words):
        call_command("rotate_api_key", prefix, stdout=StringIO(), stderr=StringIO())


def test_rotating_does_not_pass_the_bound_of_keys(user, issued, monkeypatch):
    monkeypatch.setattr(keys, "MOST", 2)
    keys.make(user=user, name="second", scopes=["read"])

    with pytest.raises(keys.KeyRefused, match="revoke one first, or rotate this one without an overlap"):
        keys.rotate(issued[0].pk, user=user)
    keys.rotate(issued[0].pk, user=user, overlap=timedelta(0))

    assert ApiKey.objects.usable(timezone.now()).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_keys_rotated_at_once_no_more_hold_than_the_bound_says(user, monkeypatch):
    monkeypatch.setattr(keys, "MOST", 5)
    made = [keys.make(user=user, name=str(number), scopes=["read"])[0].pk for number in range(4)]

    def rotate(pk):
        try:
            keys.rotate(pk, user=user)
        except keys.KeyRefused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rotate, made))

    assert ApiKey.objects.usable(timezone.now()).count() == 5


def test_the_command_does_not_pass_the_bound_either(user, issued, monkeypatch):
    monkeypatch.setattr(keys, "MOST", 1)

    with pytest.raises(CommandError, match="the most that one person may have"):
        call_command("create_api_key", "rep", "--name", "second", stdout=StringIO())


# --- By page ----------------------------------------------------------------------------------------------------------


def test_a_key_is_made_on_the_page_and_shown_once_with_a_command(page, user):
    answer = page.post("/account/keys/", {"name": "CRM", "scopes": ["read", "enrich"], "days": "30"})

    text = answer.content.decode()
    row = ApiKey.objects.get()
    plain = text.split('id="key" readonly value="')[1].split('"')[0]
    assert digest(plain) == row.digest
    assert f"curl -H &quot;Authorization: Bearer {plain}&quot; http://testserver/api/v1/" in text
    assert "no-store" in answer["Cache-Control"]
    assert plain not in page.get("/account/keys/").content.decode()
    assert status_with(plain) == 200


def test_the_scope_admin_is_no_choice_of_who_is_no_staff(page, user):
    answer = page.post("/account/keys/", {"name": "CRM", "scopes": ["admin"]})

    assert (answer.status_code, ApiKey.objects.count()) == (400, 0)


def test_the_list_shows_how_each_key_stands(page, user, issued):
    keys.rotate(issued[0].pk, user=user)
    keys.revoke(keys.make(user=user, name="dead", scopes=["enrich"])[0].pk, user=user)
    ApiKey.issue(user=User.objects.create_user("other"), name="theirs", scopes=["read"])

    text = page.get("/account/keys/").content.decode()

    assert "replaced by" in text
    assert "revoked" in text
    assert "theirs" not in text


def test_the_list_takes_the_same_queries_however_many_keys(page, user):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page.get("/account/keys/")
        return len(captured)

    keys.rotate(keys.make(user=user, name="x", scopes=["read"])[0].pk, user=user)
    page.get("/account/keys/")  # what a process remembers
    few = queries()
    for _ in range(12):
        keys.rotate(keys.make(user=user, name="x", scopes=["read"])[0].pk, user=user)

    assert queries() == few


def test_revoking_is_asked_for_first(page, user, issued):
    row, plain = issued

    asked = page.get(f"/account/keys/{row.pk}/revoke/")
    before = status_with(plain)
    page.post(f"/account/keys/{row.pk}/revoke/")

    assert (asked.status_code, before, status_with(plain)) == (200, 200, 401)


def test_rotating_on_the_page_shows_the_new_key_and_how_long_the_old_one_goes_on(page, user, issued):
    row, plain = issued

    answer = page.post(f"/account/keys/{row.pk}/rotate/", {"hours": "2"})
    again = page.post(f"/account/keys/{row.pk}/rotate/", {"hours": "2"})

    row.refresh_from_db()
    assert timedelta(hours=1) < row.expires_at - timezone.now() < timedelta(hours=3)
    assert f"<code>{row.prefix}…</code> goes on until" in answer.content.decode()
    assert (again.status_code, "already" in again.content.decode()) == (409, True)
    assert status_with(plain) == 200


def test_what_one_sells_is_ones_own_to_say(page, user, rules):
    answer = page.post(
        "/account/", {"role": "SE", "segment": "SMB", "region": "APAC", "vendor": "Okta", "time_zone": "Asia/Tokyo"}
    )

    user.refresh_from_db()
    assert (answer.status_code, user.role, user.region, user.time_zone) == (302, "SE", "APAC", "Asia/Tokyo")


def test_nothing_else_of_an_account_is(page, user, rules):
    page.post("/account/", {"role": "SE", "time_zone": "UTC", "is_staff": "on", "is_superuser": "on", "username": "x"})

    user.refresh_from_db()
    assert (user.role, user.username, user.is_staff, user.is_superuser) == ("SE", "rep", False, False)


def test_a_time_zone_that_there_is_not_is_told(page, user, rules):
    answer = page.post("/account/", {"time_zone": "Mars/Olympus"})

    assert (answer.status_code, "Mars/Olympus" in answer.content.decode()) == (400, True)


# --- By API -----------------------------------------------------------------------------------------------------------


def test_the_api_makes_lists_rotates_and_revokes(page, user):
    made = page.post("/api/v1/keys", {"name": "CRM", "scopes": ["read"]}, content_type="application/json")
    rotated = page.post(f"/api/v1/keys/{made.json()['id']}/rotate", {}, content_type="application/json")
    again = page.post(f"/api/v1/keys/{made.json()['id']}/rotate", {}, content_type="application/json")
    revoked = page.delete(f"/api/v1/keys/{made.json()['id']}")
    listed = page.get("/api/v1/keys").json()["results"]

    assert [a.status_code for a in (made, rotated, again, revoked)] == [201, 201, 409, 204]
    assert (status_with(made.json()["key"]), status_with(rotated.json()["key"])) == (401, 200)
    assert [(key["state"], key["replacedBy"]) for key in listed] == [
        ("usable", None),
        ("revoked", rotated.json()["id"]),
    ]
    assert not any("key" in key or "digest" in key for key in listed)


def test_what_is_done_to_keys_is_recorded(page, user, issued):
    page.delete(f"/api/v1/keys/{issued[0].pk}")

    entry = Entry.objects.filter(action="revoke").get()
    assert (entry.actor, entry.via, entry.object_id) == (user.pk, "api", str(issued[0].pk))


@pytest.mark.django_db(transaction=True)
def test_noting_the_use_of_a_key_waits_for_nobody(user, issued):
    writing, done = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ApiKey.objects.filter(pk=issued[0].pk).update(name="busy")
                writing.set()
                done.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        writing.wait(30)
        note_use(issued[0], timezone.now())
        waited = held.done()
        done.set()

    assert not waited
    assert ApiKey.objects.get().last_used is None
    note_use(issued[0], timezone.now())
    assert ApiKey.objects.get().last_used is not None
