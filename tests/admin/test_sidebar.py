import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.urls import reverse

from enrichment import spending
from enrichment.admin.sidebar import GROUPS, REST, navigation
from enrichment.models import Notice
from enrichment.models.clock import database_now
from salesintel.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def links_of(user: User) -> dict[str, list[str]]:
    """Group → the addresses that the person sees in it."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return {group["title"]: [item["link"] for item in group["items"]] for group in navigation(request)}


@pytest.fixture
def chief() -> User:
    return User.objects.create_superuser("chief", "chief@example.com", "correct horse")


def test_every_model_of_the_admin_has_its_place(chief: User) -> None:
    links = [link for group in links_of(chief).values() for link in group]

    assert len(links) == len(set(links)) == len(admin.site._registry)


def test_every_name_in_a_group_is_a_model_of_the_admin(chief: User) -> None:
    assert {name for names in GROUPS.values() for name in names} <= {model.__name__ for model in admin.site._registry}


def test_who_may_see_one_model_finds_that_alone() -> None:
    clerk = User.objects.create_user("clerk", "clerk@example.com", "correct horse", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_budget"))

    assert links_of(clerk) == {"What it may cost": [reverse("admin:enrichment_budget_changelist")]}


def test_the_admin_shows_the_groups_and_the_icon(client: Client, chief: User) -> None:
    client.force_login(chief)

    page = client.get(reverse("admin:index")).content.decode()

    assert "Where it is had" in page
    assert REST in page
    assert "icon.svg" in page


def test_what_waits_for_a_person_is_counted(chief: User) -> None:
    spending.tell(Notice.Kind.BRAKE, key="stop:1", text="It ran away.", now=database_now())

    assert badges_of(chief) == {"Notices": 1}


def test_where_nothing_waits_nothing_is_counted(chief: User) -> None:
    assert badges_of(chief) == {}


def badges_of(user: User) -> dict[str, int]:
    request = RequestFactory().get("/admin/")
    request.user = user
    items = [item for group in navigation(request) for item in group["items"]]
    return {item["title"]: item["badge"] for item in items if "badge" in item}
