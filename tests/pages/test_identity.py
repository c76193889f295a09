"""Merging, taking apart and pinning, as an editor does it on the pages and in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from enrichment import companies
from enrichment.models import Company, CompanyMerge, Correction, Fact, OptOut
from enrichment.people import optouts
from enrichment.people.optouts import Marks
from salesintel.accounts.models import User
from tests import factories
from tests.pages.conftest import Browser


@pytest.fixture
def editor(rules) -> Browser:
    user = User.objects.create_user("editor", is_staff=True)
    rights = ("merge_companies", "correct_facts", "view_company", "change_company", "view_companymerge")
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    return Browser(user)


@pytest.fixture
def acme(rules) -> Company:
    return companies.resolve("Acme Corp", domain="acmecorp.com")


@pytest.fixture
def apex(rules) -> Company:
    return companies.resolve("Apex <Payments>", domain="apexpayments.com")


def merge(editor: Browser, company: Company, into: Company) -> None:
    editor.post(reverse("merge", args=[into.pk]), company=company.pk, into=into.pk, reason="Bought")


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_the_other_company_is_found_by_its_name(editor, acme, apex):
    text = editor(reverse("merge", args=[acme.pk]), other="apex").text_

    assert f'href="?other=%23{apex.pk}"' in text
    assert "Apex &lt;Payments&gt;" in text


@pytest.mark.parametrize(("keep", "gone"), [("", "Apex"), ("other", "Acme")])
def test_a_merge_is_shown_before_it_is_made(editor, acme, apex, keep, gone):
    answer = editor(reverse("merge", args=[acme.pk]), other=f"#{apex.pk}", keep=keep)

    assert answer.context["change"].company.name.startswith(gone)
    assert "names and domains" in answer.text_
    assert not CompanyMerge.objects.exists()


def test_what_is_merged_is_shown_as_a_part_and_taken_apart_again(editor, acme, apex):
    merge(editor, apex, acme)
    shown = editor(reverse("company", args=[acme.pk])).text_
    url = reverse("split", args=[acme.pk, apex.pk])
    preview = editor(url).text_
    before = Company.objects.get(pk=apex.pk).merged_into
    editor.post(url)

    assert "Companies that are part of it" in shown
    assert "by editor: Bought" in shown
    assert "What goes back to Apex &lt;Payments&gt;" in preview
    assert before == acme
    assert Company.objects.get(pk=apex.pk).merged_into is None


def test_what_is_no_part_cannot_be_taken_apart(editor, acme, apex):
    assert editor(reverse("split", args=[acme.pk, apex.pk])).status_code == 404


def test_a_company_is_not_merged_with_itself(editor, acme):
    merge(editor, acme, acme)

    assert "one company already" in editor(reverse("company", args=[acme.pk])).text_


def test_a_form_that_is_none_merges_nothing(editor, acme):
    answer = editor.post(reverse("merge", args=[acme.pk]), company="x", into="")

    assert (answer.status_code, CompanyMerge.objects.count()) == (302, 0)


def test_whoever_lacks_the_right_is_not_offered_any_of_it(page, acme, apex):
    factories.fact(acme, "industry", "Payments")
    text = page(reverse("company", args=[acme.pk])).text_

    assert "Merge with" not in text
    assert "Correct industry" not in text
    for name, args in [("merge", [acme.pk]), ("split", [acme.pk, apex.pk]), ("correct", [acme.pk, "industry"])]:
        assert page(reverse(name, args=args)).status_code == 403
        assert page.post(reverse(name, args=args)).status_code == 403


# --- The admin --------------------------------------------------------------------------------------------------------


def test_two_that_are_chosen_in_the_admin_lead_to_the_preview(editor, acme, apex):
    url = reverse("admin:enrichment_company_changelist")
    answer = editor.post(url, action="merge_two", _selected_action=[acme.pk, apex.pk])

    assert answer["Location"] == f"{reverse('merge', args=[acme.pk])}?other=%23{apex.pk}"


def test_one_that_is_chosen_in_the_admin_is_too_few(editor, acme):
    url = reverse("admin:enrichment_company_changelist")
    editor.post(url, action="merge_two", _selected_action=[acme.pk])

    assert "Choose two companies." in editor(url).text_


def test_a_merge_is_taken_apart_in_the_admin(editor, acme, apex):
    merge(editor, apex, acme)
    url = reverse("admin:enrichment_companymerge_changelist")
    editor.post(url, action="take_apart", _selected_action=[CompanyMerge.objects.get().pk])

    row = CompanyMerge.objects.get()
    assert (row.undone is not None, row.undone_by.username) == (True, "editor")
    assert Company.objects.get(pk=apex.pk).merged_into is None


# --- Facts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "text", "value"),
    [
        ("industry", "Payments", "Payments"),
        ("employee_count", "250-500", {"low": 250, "high": 500}),
        ("employee_count", "10,000+", {"low": 10000, "high": None}),
        ("employee_count", "42", {"low": 42, "high": 42}),
        ("competitors", "Okta\n\n Ping Identity ", ["Okta", "Ping Identity"]),
        ("tech_stack", '[{"name": "Kubernetes"}]', [{"name": "Kubernetes"}]),
    ],
)
def test_a_fact_is_pinned_as_people_write_it_and_let_go_again(editor, acme, dataset, text, value):
    url = reverse("correct", args=[acme.pk, dataset])
    answer = editor.post(url, value=text, reason="They told us.", evidence_url="https://acmecorp.com/about")
    pinned = Correction.objects.get()
    shown = editor(url).text_
    editor.post(url, withdraw="1")

    assert answer["Location"].endswith(f"#fact-{dataset}")
    assert (pinned.value, pinned.evidence_url) == (value, "https://acmecorp.com/about")
    assert "They told us." in shown
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("dataset", "text"),
    [("employee_count", "many"), ("employee_count", "9-1"), ("tech_stack", "Kubernetes"), ("tech_stack", '["x"]')],
)
def test_what_is_no_value_is_told_beside_the_field(editor, acme, dataset, text):
    answer = editor.post(reverse("correct", args=[acme.pk, dataset]), value=text, reason="They told us.")

    assert answer.status_code == 400
    assert "value" in answer.context["form"].errors
    assert not Correction.objects.exists()


def test_nobody_who_opted_out_is_pinned(editor, acme):
    optouts.add(Marks(names=("Jane Doe",), companies=("acmecorp.com",)), why=OptOut.Why.ASKED)
    url = reverse("correct", args=[acme.pk, "decision_makers"])

    answer = editor.post(url, value='[{"name": "Jane Doe", "title": "CFO"}]', reason="I met her.")

    assert answer.status_code == 409
    assert not Correction.objects.exists()


def test_a_dataset_that_there_is_not_is_not_found(editor, acme):
    assert editor(reverse("correct", args=[acme.pk, "shoe-size"])).status_code == 404
