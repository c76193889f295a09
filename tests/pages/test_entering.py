"""Who comes in: login, logout, what is closed to strangers and to colleagues, error pages."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.once

OPEN = ["/login/"]
ADDRESSES = ["home", "plan", "quote", "start", "suggestions"]
OF_A_REQUEST = ["run", "live", "brief", "renewal", "brief-file", "refresh-quote"]
CHANGES = ["cancel", "again"]


def without_token(text):
    """The page but for what differs at every showing."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_the_right_password_leads_to_the_page_that_was_asked_for(rep):
    client = Client()

    answer = client.post("/login/?next=/plan/", {"username": "rep", "password": "correct horse", "next": "/plan/"})

    assert (answer.status_code, answer["Location"]) == (302, "/plan/")


def test_a_wrong_password_is_told_in_words(rep):
    answer = Client().post("/login/", {"username": "rep", "password": "wrong"})

    assert answer.status_code == 200
    assert "Please enter a correct username and password" in answer.content.decode()


def test_login_leads_to_no_other_site(rep):
    answer = Client().post("/login/", {"username": "rep", "password": "correct horse", "next": "https://evil.example/"})

    assert answer["Location"] == "/"


def test_logout_ends_the_session(page):
    page.post("/logout/")

    assert page("/").status_code == 302


def test_logout_is_not_done_by_a_link(page):
    assert page("/logout/").status_code == 405


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_is_sent_to_the_login(name, rules):
    address = reverse(name)

    answer = Client().get(address)

    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={address}")


@pytest.mark.parametrize("name", OF_A_REQUEST)
def test_a_colleagues_request_is_as_absent_as_one_that_never_was(name, page, other):
    theirs = factories.answered(other)

    found, missing = page(reverse(name, args=[theirs.pk])), page(reverse(name, args=[uuid.uuid4()]))

    assert (found.status_code, missing.status_code) == (404, 404)
    assert without_token(found.text_) == without_token(missing.text_)


@pytest.mark.parametrize("name", CHANGES)
def test_a_colleagues_request_is_not_changed(name, page, other):
    theirs = factories.request(other)

    answer = page.post(reverse(name, args=[theirs.pk]), role="SE")

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.status) == (404, "attached")


def test_a_form_from_another_site_is_refused_with_a_page(rep):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rep)

    answer = client.post(reverse("start"), {"company": "Acme Corp"})

    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_an_unknown_address_says_so_in_the_house_style(page):
    answer = page("/nothing-here/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text_


def test_a_fault_of_ours_is_told_without_a_database(db):
    from django.template.loader import render_to_string

    assert "Something went wrong on our side" in render_to_string("500.html")


@pytest.mark.parametrize("address", ["/", "/plan/", "/login/", "/nothing-here/"])
def test_no_page_has_a_script_or_style_of_its_own(address, page):
    text = page(address).text_

    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert text.count("<script") == text.count('<script src="/static/')


def test_pages_forbid_inline_scripts(page):
    policy = page("/")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
