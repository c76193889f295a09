"""Guessing passwords ends soon, in words that help whoever mistyped and tell a stranger nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
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


def known_device(username="rep"):
    """A browser from which somebody has logged in, and out again."""
    browser = Client()
    browser.post("/login/", {"username": username, "password": "correct horse"}, REMOTE_ADDR="10.0.0.7")
    browser.post("/logout/")
    return browser


def try_with(browser, password="wrong", address="10.0.0.7", username="rep"):
    return browser.post("/login/", {"username": username, "password": password}, REMOTE_ADDR=address).status_code


def test_strangers_lock_out_strangers_and_nobody_where_they_logged_in_before(user, settings):
    browser = known_device()
    settings.LOGIN_FAILURES = 1
    for number in range(11):
        try_to_log_in(address=f"10.0.1.{number}")
        try_to_log_in(username=f"guess{number}")  # from the very address of the person's

    stranger = try_to_log_in(password="correct horse").status_code

    assert (stranger, try_with(browser, "correct horse")) == (429, 302)


def test_a_login_where_one_logged_in_before_gives_strangers_no_further_tries(user, settings):
    browser = known_device()
    settings.LOGIN_FAILURES = 1
    for number in range(10):
        try_to_log_in(address=f"10.0.1.{number}")

    try_with(browser, "correct horse")

    assert try_to_log_in(address="10.0.2.1", password="correct horse").status_code == 429


def test_guesses_at_a_known_device_end_as_soon_and_leave_the_person_other_ones(user):
    stolen, own = known_device(), known_device()

    statuses = [try_with(stolen) for _ in range(11)]

    assert statuses == [200] * 10 + [429]  # its own five, then those that any stranger has
    assert try_with(own, "correct horse") == 302


def test_a_known_device_is_known_for_its_person_alone(user):
    User.objects.create_user("other", password="correct horse")
    browser = known_device()
    fail(username="other")

    assert try_with(browser, "correct horse", username="other") == 429


def test_a_made_up_cookie_makes_no_device_known(user):
    fail()
    browser = Client()
    browser.cookies["device"] = "WyJyZXAiLCIxIl0:1vM0aa:made-up"

    assert try_with(browser, "correct horse") == 429


def test_the_cookie_of_a_device_names_nobody_and_is_for_the_server_alone(user):
    cookie = known_device().cookies["device"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "rep" not in str(signing.loads(cookie.value, salt="salesintel.device"))


# --- The old password -------------------------------------------------------------------------------------------------


@pytest.fixture
def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def change(client, old):
    fields = {"old_password": old, "new_password1": "battery staple 9", "new_password2": "battery staple 9"}
    return client.post("/account/password/", fields, REMOTE_ADDR="10.0.0.7")


def test_guessing_the_old_password_is_counted_as_guessing_at_the_login_is(logged_in):
    statuses = [change(logged_in, "wrong").status_code for _ in range(5)]

    locked = change(logged_in, "correct horse")

    assert (statuses, locked.status_code) == ([200] * 5, 429)
    assert WORDS in locked.content.decode()
    assert try_to_log_in(password="correct horse").status_code == 429


def test_the_right_old_password_takes_the_wrong_ones_back(logged_in):
    for _ in range(4):
        change(logged_in, "wrong")

    assert change(logged_in, "correct horse").status_code == 302
    assert not LoginCount.objects.filter(failures__gt=4).exists()
    assert [try_to_log_in().status_code for _ in range(5)] == [200] * 5


def test_the_admin_has_no_other_page_for_it(admin_client):
    assert admin_client.get("/admin/password_change/")["Location"] == "/account/password/"


# --- Unlocking --------------------------------------------------------------------------------------------------------


def test_a_command_unlocks_a_name_whether_somebody_has_it_or_not(user):
    fail()
    fail(username="nobody")

    call_command("unlock", "rep", stdout=StringIO())
    call_command("unlock", "nobody", stdout=StringIO())

    assert try_to_log_in(password="correct horse").status_code == 302
    assert try_to_log_in(username="nobody").status_code == 200
    entries = Entry.objects.filter(action="unlock", via="command").order_by("pk")
    assert [entry.object_id for entry in entries] == [str(user.pk), ""]


def test_a_command_unlocks_an_address_for_all_names(user, settings):
    settings.LOGIN_FAILURES = 1
    for number in range(10):
        try_to_log_in(username=f"guess{number}")
    try_to_log_in()

    call_command("unlock", "--address", "10.0.0.7", stdout=StringIO())

    assert try_to_log_in(password="correct horse").status_code == 302
    assert try_to_log_in(username="guess1").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "No wrong password of 'nobody' is counted"),
        (["--address", "10.0.0.9"], "No wrong password from 10.0.0.9 is counted"),
        (["--address", "here"], "'here' is not an IP address"),
        ([], "one of the arguments"),
    ],
)
def test_the_command_says_what_is_wrong(db, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("unlock", *arguments, stdout=StringIO())


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
