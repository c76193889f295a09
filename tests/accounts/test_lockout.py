"""Guessing passwords ends soon, in words that help whoever mistyped and tell a stranger nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from salesintel.accounts import lockout
from salesintel.accounts.addresses import address_of
from salesintel.accounts.models import LoginCount, User
from salesintel.audit.models import Entry

WORDS = "Too many wrong passwords. Try again in 15 minutes, or ask an admin to unlock the account."


def try_to_log_in(username="rep", password="wrong", address="10.0.0.7", path="/login/", **headers):
    return Client().post(path, {"username": username, "password": password}, REMOTE_ADDR=address, **headers)


def fail(times=5, **how):
    return [try_to_log_in(**how).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_after_five_wrong_passwords_the_right_one_has_to_wait(user, path):
    User.objects.update(is_staff=True)
    statuses = fail(5, path=path)

    answer = try_to_log_in(password="correct horse", path=path)

    assert statuses == [200] * 5
    assert WORDS in answer.content.decode()
    assert "_auth_user_id" not in answer.client.session


def test_the_login_says_when_to_come_back(user):
    fail()

    answer = try_to_log_in()

    assert (answer.status_code, 0 < int(answer["Retry-After"]) <= 900) == (429, True)


def test_a_name_that_nobody_has_is_answered_the_same(user):
    fail()
    fail(username="nobody")

    there, missing = try_to_log_in(), try_to_log_in(username="nobody")

    assert (there.status_code, missing.status_code) == (429, 429)
    assert WORDS in there.content.decode()
    assert WORDS in missing.content.decode()


def test_the_same_person_may_still_come_from_elsewhere(user):
    fail()

    assert try_to_log_in(password="correct horse", address="10.0.0.8").status_code == 302


def test_a_colleague_at_the_same_address_may_still_come_in(user):
    User.objects.create_user("other", password="correct horse")
    fail()

    assert try_to_log_in(username="other", password="correct horse").status_code == 302


def test_many_names_from_one_address_lock_the_address(user, settings):
    settings.LOGIN_FAILURES = 1
    for number in range(10):
        try_to_log_in(username=f"guess{number}")

    assert try_to_log_in(password="correct horse").status_code == 429
    assert try_to_log_in(password="correct horse", address="10.0.0.8").status_code == 302


def test_one_name_from_many_addresses_locks_the_name(user, settings):
    settings.LOGIN_FAILURES = 1
    for number in range(10):
        try_to_log_in(address=f"10.0.1.{number}")

    assert try_to_log_in(password="correct horse").status_code == 429


def test_after_the_cool_off_it_may_be_tried_again(user, clock):
    fail()
    clock.shift(timedelta(minutes=15, seconds=1))

    assert try_to_log_in(password="correct horse").status_code == 302


def test_a_login_forgets_the_wrong_passwords_before_it(user):
    fail(4)
    try_to_log_in(password="correct horse")

    assert fail(5) == [200] * 5


def test_whoever_has_an_account_cannot_guess_at_others_for_ever(user, settings):
    settings.LOGIN_FAILURES = 1
    for number in range(10):
        try_to_log_in(username=f"guess{number}")
        try_to_log_in(password="correct horse")

    assert try_to_log_in(password="correct horse").status_code == 429


def test_an_admin_unlocks(admin_client, user):
    fail(6)

    admin_client.post("/admin/accounts/user/", {"action": "unlock", "_selected_action": [user.pk]})

    assert try_to_log_in(password="correct horse").status_code == 302
    assert Entry.objects.filter(action="unlock", object_id=str(user.pk), via="admin").exists()


def test_a_lock_out_is_recorded_once_and_by_no_name(user):
    fail(9)
    fail(9, username="nobody@example.com")

    entries = Entry.objects.filter(action="lock out").order_by("pk")
    assert [entry.object_id for entry in entries] == [str(user.pk), ""]


def test_neither_name_nor_address_is_stored_or_logged(user, caplog):
    with caplog.at_level("DEBUG"):
        fail(7, username="jane@example.com", address="10.9.8.7")

    stored = str(list(LoginCount.objects.values_list())) + str(list(Entry.objects.values_list()))
    assert LoginCount.objects.count() == 3
    assert not any(word in stored + caplog.text for word in ("jane", "10.9.8.7", "wrong"))


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at(user):
    now = timezone.now()

    def guess(_):
        try:
            return lockout.attempt("rep", "10.0.0.7", now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(40)))

    assert found.count(None) == 5


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "found"),
    [
        (0, "6.6.6.6", "10.0.0.7", "10.0.0.7"),
        (1, "6.6.6.6, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "127.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1", ""),
        (0, "", "", ""),
        (0, "", "::ffff:10.0.0.7", "10.0.0.7"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    ],
)
def test_the_address_is_what_our_own_proxies_say(rf, settings, proxies, forwarded, remote, found):
    settings.PROXIES = proxies

    assert address_of(rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == found


@pytest.mark.parametrize(
    "path", ["deploy/Dockerfile", "deploy/systemd/salesintel-web.service", "enrichment/management/commands/up.py"]
)
def test_the_web_server_leaves_it_to_us_whom_to_believe(settings, path):
    assert "--no-proxy-headers" in (settings.BASE_DIR / path).read_text()
