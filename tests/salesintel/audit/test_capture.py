"""What is changed is in the log by itself: who, how, which row, which columns, and never a value."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from enrichment.models import Budget, Dataset, RunEvent
from salesintel import audit
from salesintel.accounts.models import ApiKey, User
from salesintel.audit import scope
from salesintel.audit.models import Entry
from salesintel.audit.watched import WatchedQuerySet

KEYS = "accounts.ApiKey"


def written(model: str, **values: object) -> list[tuple[str, list[str]]]:
    """(action, fields) of what the log says of a table, in the order in which it happened."""
    rows = Entry.objects.filter(model=model, **values).order_by("pk")
    return list(rows.values_list("action", "fields"))


# --- Which tables -----------------------------------------------------------------------------------------------------


def test_of_every_table_somebody_has_said_whether_it_is_watched() -> None:
    assert scope.undecided() == []


def test_a_table_that_nobody_has_thought_about_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(scope.UNWATCHED, "enrichment.Fill")

    assert scope.undecided() == ["enrichment.Fill"]


def test_no_table_is_watched_and_left_alone_and_each_is_there() -> None:
    there = {model._meta.label for model in scope.tables()}

    assert scope.WATCHED.keys() & scope.UNWATCHED.keys() == set()
    assert (scope.WATCHED.keys() | scope.UNWATCHED.keys()) - there == set()


def test_every_watched_table_of_ours_tells_of_changes_of_many_rows() -> None:
    ours = [apps.get_model(label) for label in scope.WATCHED if not label.startswith("auth.")]

    assert [m.__name__ for m in ours if not isinstance(m._default_manager.get_queryset(), WatchedQuerySet)] == []


# --- Which changes ----------------------------------------------------------------------------------------------------


def test_a_row_that_is_made_changed_and_deleted_leaves_three_entries(db: None) -> None:
    row = Dataset.objects.create(slug="x", label="X", group="company", half_life=timedelta(days=1))
    row.label, row.quality_threshold = "Y", 0.9
    row.save()
    row.delete()

    assert written("enrichment.Dataset") == [
        ("create", []),
        ("update", ["label", "quality_threshold"]),
        ("delete", []),
    ]


def test_saving_what_is_there_already_leaves_none(user: User) -> None:
    before = Entry.objects.count()

    user.save()

    assert Entry.objects.count() == before


def test_many_rows_changed_at_once_leave_an_entry_each(user: User) -> None:
    keys = [ApiKey.issue(user=user, name=name, scopes=["read"])[0] for name in "ab"]

    ApiKey.objects.filter(user=user).update(revoked_at=timezone.now())

    assert written(KEYS, action="update") == [("update", ["revoked_at"])] * 2
    assert {e.object_id for e in Entry.objects.filter(action="update", model=KEYS)} == {str(key.pk) for key in keys}


def test_many_rows_made_and_bettered_at_once_leave_an_entry_each(rules: None, user: User) -> None:
    made = Budget.objects.bulk_create([Budget(period="day", limit=1, user=user), Budget(period="month", limit=2)])
    for row in made:
        row.limit *= 2
    Budget.objects.bulk_update(made, ["limit"])

    assert [action for action, _ in written("enrichment.Budget", object_id=str(made[0].pk))] == ["create", "update"]
    assert [action for action, _ in written("enrichment.Budget", object_id=str(made[1].pk))] == ["create", "update"]


def test_a_row_that_goes_with_another_leaves_an_entry(user: User) -> None:
    row, _ = ApiKey.issue(user=user, name="CRM", scopes=["read"])

    user.delete()

    assert written(KEYS, object_id=str(row.pk)) == [("create", []), ("delete", [])]


@pytest.mark.parametrize("forwards", [True, False])
def test_a_right_given_or_taken_is_recorded(user: User, forwards: bool) -> None:
    group = Group.objects.create(name="x")

    if forwards:
        user.groups.add(group)
        user.groups.clear()
    else:
        group.user_set.add(user)
        group.user_set.remove(user)

    assert written("accounts.User", action="update") == [("update", ["groups"])] * 2


def test_columns_that_say_nothing_leave_none(user: User, api_client: APIClient) -> None:
    before = Entry.objects.count()

    api_client.get("/api/v1/company/acmecorp.com/lookup")

    assert ApiKey.objects.get().last_used is not None
    assert Entry.objects.count() == before


def test_what_a_run_keeps_for_itself_leaves_none(rules: None) -> None:
    from tests import factories

    before = Entry.objects.count()
    factories.trail(factories.run())

    assert RunEvent.objects.exists()
    assert Entry.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_cannot_be_recorded_is_not_made(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no log")

    monkeypatch.setattr(Entry.objects, "bulk_create", fail, raising=False)
    monkeypatch.setattr("salesintel.audit.capture.record", fail)
    user.region = "EMEA"
    with pytest.raises(RuntimeError):
        user.save()

    assert User.objects.get().region == ""


# --- Who and how ------------------------------------------------------------------------------------------------------


def test_a_page_is_named_with_the_person_and_the_request(client, user: User) -> None:
    answer = client.post("/login/", {"username": "rep", "password": "correct horse"}, HTTP_X_REQUEST_ID="asked-by-me-1")

    entry = Entry.objects.get(action="login")
    assert answer.status_code == 302
    assert (entry.actor, entry.via, entry.request_id, entry.key_prefix) == (user.pk, "page", "asked-by-me-1", "")


def test_the_admin_is_named(admin_client, admin_user: User, user: User) -> None:
    row, _ = ApiKey.issue(user=user, name="CRM", scopes=["read"])

    admin_client.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [row.pk]})

    entry = Entry.objects.get(model=KEYS, action="update")
    assert (entry.actor, entry.via, entry.fields) == (admin_user.pk, "admin", ["revoked_at"])


def test_a_program_is_named_by_its_keys_prefix(api_client: APIClient, user: User, rules: None) -> None:
    body = {"prospectCompany": "Acme Corp", "vendorCompany": "Okta", "userPersona": {"name": "x", "role": "AE"}}

    answer = api_client.post("/api/v1/customer/intelligence", body, format="json")

    entry = Entry.objects.get(model="enrichment.ResearchRequest")
    assert answer.status_code == 202
    assert (entry.actor, entry.via, entry.action) == (user.pk, "api", "create")
    assert entry.key_prefix == ApiKey.objects.get().prefix
    assert entry.object_id == answer.json()["requestId"]


def test_a_worker_is_named_with_its_run(user: User) -> None:
    with audit.acting(audit.Via.WORKER), audit.acting(run="0192-run"):
        audit.record("merge", "enrichment.Company", pk=7, counts={"rows": 3})

    entry = Entry.objects.get(action="merge")
    assert (entry.actor, entry.via, entry.run) == (None, "worker", "0192-run")
    assert (entry.model, entry.object_id, entry.counts) == ("enrichment.Company", "7", {"rows": 3})


def test_no_value_of_a_row_is_in_the_log(user: User) -> None:
    user.email, user.first_name = "jane@example.org", "Jane"
    user.save()

    told = " ".join(str(value) for row in Entry.objects.values_list() for value in row)
    assert "email" in told
    assert not any(word in told for word in ("jane@", "Jane", "rep@", "correct horse"))
