"""Groups: who sees and changes what in the admin."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from enrichment.models import Provider
from enrichment.rules import seed_groups
from salesintel.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def member(group: str) -> Client:
    """Somebody of the staff who is in that group alone, in a browser."""
    seed_groups()
    person = User.objects.create_user("member", is_staff=True)
    person.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(person)
    return client


def opened(client: Client, model: str, *, app: str = "enrichment") -> tuple[int, int]:
    """How the list of a model answers, and the form for a new row."""
    address = f"/admin/{app}/{model}/"
    return client.get(address).status_code, client.get(f"{address}add/").status_code


def test_the_six_groups_are_made_once() -> None:
    assert seed_groups() == ["Rep", "Rules editor", "Money manager", "Integrator", "Auditor", "Admin"]
    assert seed_groups() == []


def test_a_group_that_an_admin_changed_is_left_alone() -> None:
    seed_groups()
    Group.objects.get(name="Auditor").permissions.clear()

    seed_groups()

    assert not Group.objects.get(name="Auditor").permissions.exists()


@pytest.mark.parametrize(
    ("group", "model", "answers"),
    [
        ("Rules editor", "datasetsource", (200, 200)),
        ("Rules editor", "budget", (403, 403)),
        ("Rules editor", "researchrequest", (403, 403)),
        ("Money manager", "budget", (200, 200)),
        ("Money manager", "datasetsource", (403, 403)),
        ("Integrator", "provider", (200, 403)),
        ("Integrator", "researchrequest", (403, 403)),
        ("Auditor", "researchrequest", (200, 403)),
        ("Auditor", "datasetsource", (200, 403)),
        ("Admin", "datasetsource", (200, 200)),
        ("Rep", "dataset", (403, 403)),
    ],
)
def test_each_group_opens_what_is_its_own(group: str, model: str, answers: tuple[int, int]) -> None:
    assert opened(member(group), model) == answers


def test_only_an_admin_edits_people() -> None:
    assert opened(member("Admin"), "user", app="accounts") == (200, 200)


@pytest.mark.parametrize(("group", "may"), [("Rules editor", False), ("Admin", True)])
def test_only_an_admin_gives_providers_their_keys(rules: None, group: str, may: bool) -> None:
    provider = Provider.objects.get(slug="snov")

    page = member(group).get(f"/admin/enrichment/provider/{provider.pk}/change/").content.decode()

    assert ('name="new_credentials"' in page) is may


@pytest.mark.parametrize("phrase", ["view enrichment.nothing", "enrichment.fly", "burn enrichment.budget", "budget"])
def test_a_right_that_is_none_is_named(tmp_path: Path, phrase: str) -> None:
    file = tmp_path / "groups.toml"
    file.write_text(f'["Clerk"]\nmay = ["{phrase}"]\n')

    with pytest.raises(ValueError, match=f"The group “Clerk” may “{phrase}”"):
        seed_groups(file)

    assert not Group.objects.filter(name="Clerk").exists()


@pytest.mark.parametrize(
    ("right", "groups"),
    [
        ("audit.view_entry", {"Auditor", "Admin"}),
        ("enrichment.see_costs", {"Money manager", "Auditor", "Admin"}),
        ("enrichment.change_budget", {"Money manager", "Admin"}),
        ("enrichment.change_promptversion", {"Rules editor", "Admin"}),
        ("enrichment.erase_person", {"Admin"}),
        ("enrichment.correct_facts", {"Rules editor", "Admin"}),
        ("enrichment.merge_companies", {"Rules editor", "Admin"}),
        ("enrichment.change_requestlimit", {"Integrator", "Admin"}),
        ("accounts.change_apikey", {"Integrator", "Admin"}),
        ("auth.change_group", {"Admin"}),
    ],
)
def test_a_right_is_held_by_whom_it_is_meant_for(right: str, groups: set[str]) -> None:
    seed_groups()
    app, codename = right.split(".")

    held = Group.objects.filter(permissions__codename=codename, permissions__content_type__app_label=app)

    assert set(held.values_list("name", flat=True)) == groups


def test_whoever_is_added_in_the_admin_without_a_group_is_a_rep(admin_client: Client) -> None:
    seed_groups()
    data = {"username": "new", "password1": "vLe3-kaq1-x", "password2": "vLe3-kaq1-x", "usable_password": "true"}

    answer = admin_client.post("/admin/accounts/user/add/", data)

    assert answer.status_code == 302, answer.content.decode()
    assert [group.name for group in User.objects.get(username="new").groups.all()] == ["Rep"]
