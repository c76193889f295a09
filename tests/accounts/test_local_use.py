"""`API_KEY_REQUIRED=off`: programs on this machine need no key; nobody else gains anything by it."""

import pytest
from rest_framework.test import APIClient

from salesintel.accounts.models import User

LOOKUP = "/api/v1/company/acmecorp.com/lookup"
HERE = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def no_key_required(settings, db):
    settings.API_KEY_REQUIRED = False


def look_up(**extra: str) -> int:
    return APIClient().get(LOOKUP, **{**HERE, **extra}).status_code


def test_a_keyless_program_on_this_machine_acts_as_the_user_local(no_key_required):
    assert look_up() == 200
    assert list(User.objects.values_list("username", "is_staff")) == [("local", False)]


def test_the_user_local_cannot_log_in(no_key_required):
    look_up()

    assert not User.objects.get(username="local").has_usable_password()


@pytest.mark.parametrize(
    "sent",
    [
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
        {"HTTP_FORWARDED": "for=10.0.0.7"},
        {"HTTP_HOST": "salesintel.example.com"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
    ],
    ids=lambda sent: " ".join(f"{name}={value}" for name, value in sent.items()),
)
def test_whoever_is_not_on_this_machine_still_needs_a_key(no_key_required, settings, sent):
    settings.ALLOWED_HOSTS = ["*"]

    assert look_up(**sent) == 401
    assert not User.objects.exists()


def test_our_own_pages_on_this_machine_need_no_key(no_key_required):
    assert look_up(HTTP_ORIGIN="http://127.0.0.1:8000", HTTP_SEC_FETCH_SITE="same-origin") == 200


def test_production_needs_a_key_whatever_the_switch_says(no_key_required, settings):
    settings.PRODUCTION = True

    assert look_up() == 401


def test_the_switch_is_on_unless_somebody_turns_it_off(db):
    assert look_up() == 401


def test_the_user_local_may_be_locked_out(no_key_required):
    look_up()
    User.objects.update(is_active=False)

    assert look_up() == 401
