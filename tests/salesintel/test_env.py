"""The typed readers of the environment: what they take, and what they refuse by name."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from salesintel import env

NAME = "SALESINTEL_TRIED_HERE"


@pytest.fixture
def given(monkeypatch):
    """Sets variables of the environment for one test."""
    monkeypatch.delenv(NAME, raising=False)

    def give(value: str, *, name: str = NAME) -> None:
        monkeypatch.setenv(name, value)

    return give


def test_a_variable_that_is_not_set_is_its_default(given):
    assert env.text(NAME, default="as it was") == "as it was"


def test_a_variable_set_to_nothing_is_nothing_rather_than_its_default(given):
    given("")

    assert env.text(NAME, default="as it was") == ""


def test_a_secret_may_come_from_a_file_and_loses_the_line_end_that_editors_add(given, tmp_path):
    (tmp_path / "secret").write_text("s3cret\n")
    given(str(tmp_path / "secret"), name=f"{NAME}_FILE")

    assert env.text(NAME, default="d") == "s3cret"


def test_the_variable_itself_wins_over_its_file(given, tmp_path):
    (tmp_path / "secret").write_text("from the file")
    given(str(tmp_path / "secret"), name=f"{NAME}_FILE")
    given("from the variable")

    assert env.text(NAME) == "from the variable"


def test_a_file_that_cannot_be_read_is_refused_by_name_and_cause(given, tmp_path):
    given(str(tmp_path / "absent"), name=f"{NAME}_FILE")

    with pytest.raises(
        ImproperlyConfigured, match=rf"{NAME}_FILE='.*absent' cannot be read: No such file or directory"
    ):
        env.text(NAME)


@pytest.mark.parametrize("word", ["1", "true", "Yes", "ON"])
def test_a_switch_is_on_in_any_of_four_words_and_any_case(given, word):
    given(word)

    assert env.flag(NAME, default="off") is True


@pytest.mark.parametrize("word", ["0", "False", "no", "off", ""])
def test_a_switch_is_off_in_any_of_four_words_or_none(given, word):
    given(word)

    assert env.flag(NAME, default="on") is False


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (lambda: env.flag(NAME, default="off"), "maybe", "a switch; use on or off"),
        (lambda: env.integer(NAME, default="1"), "8000x", "a whole number"),
        (lambda: env.integer(NAME, default="1"), "", "a whole number"),
        (lambda: env.seconds(NAME, default="1"), "5 min", "a number of seconds"),
        (lambda: env.seconds(NAME, default="1"), "inf", "a number of seconds"),
        (lambda: env.port(NAME, default="1"), "0", "a port; use 1 to 65535"),
        (lambda: env.port(NAME, default="1"), "65536", "a port; use 1 to 65535"),
        (lambda: env.choice(NAME, default="a", among=("a", "b")), "c", "one of a, b"),
    ],
)
def test_a_bad_value_is_refused_by_name_with_what_is_wanted(given, read, value, wanted):
    given(value)

    with pytest.raises(ImproperlyConfigured, match=rf"{NAME}='{value}' is not {wanted}\."):
        read()


def test_numbers_and_spans_have_the_units_their_readers_promise(given):
    given("12")

    assert env.integer(NAME, default="1") == 12
    assert env.seconds(NAME, default="1") == timedelta(seconds=12)


def test_a_span_may_be_a_fraction_of_a_second(given):
    given("0.25")

    assert env.seconds(NAME, default="1") == timedelta(milliseconds=250)


def test_a_list_is_separated_by_commas_and_drops_blanks(given):
    given(" one, ,two,")

    assert env.words(NAME) == ["one", "two"]


def test_a_choice_is_one_of_its_words(given):
    given("b")

    assert env.choice(NAME, default="a", among=("a", "b")) == "b"


@pytest.mark.parametrize("address", ["", "db.example.com/sales", "mysql://app:p4ss@db/sales", "postgres://app:p4ss@db"])
def test_an_address_of_no_database_that_we_run_on_is_refused_without_repeating_its_password(given, address):
    given(address)

    with pytest.raises(
        ImproperlyConfigured, match=f"^{NAME} is not the address of a database; use postgres://"
    ) as refusal:
        env.database(NAME, default="sqlite:////x")

    assert "p4ss" not in str(refusal.value)


def test_a_mail_server_is_read_and_without_one_mails_go_nowhere(given):
    assert env.mail(NAME)["EMAIL_BACKEND"].endswith("dummy.EmailBackend")

    given("smtp+tls://ops:s3cret@mail.example:587")

    found = env.mail(NAME)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example", 587, True)


@pytest.mark.parametrize("value", ["mail.example", "smtp://", "gopher://x"])
def test_what_is_no_mail_server_is_refused_without_repeating_it(given, value):
    given(value)

    with pytest.raises(ImproperlyConfigured, match=f"{NAME} is not the address of a mail server") as refused:
        env.mail(NAME)
    assert value not in str(refused.value).replace("smtp+tls://user", "")
