"""Watches over HTTP."""

from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from enrichment.models import Digest, Watch, WatchChange, WatchCheck
from salesintel.accounts.models import ApiKey, User

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/api/v1/watches"


@pytest.fixture
def api(rules, api_client) -> APIClient:
    return api_client


@pytest.fixture
def watch(api) -> str:
    return api.post(URL, {"company": "acmecorp.com"}, format="json").json()["id"]


def changes(watch: str, count: int) -> None:
    now = timezone.now()
    row = Watch.objects.get(pk=watch)
    check = WatchCheck.objects.create(watch=row, slot=now, began=now)
    WatchChange.objects.bulk_create(
        WatchChange(watch=row, check_of=check, company=row.company, kind="added", dataset="tech_stack", score=0.5,
                    what=f"Tool {n}", origin="sandbox", new={"name": f"Tool {n}"}, evidence={"old": [], "new": []},
                    at=now)
        for n in range(count)
    )  # fmt: skip


def test_a_watch_asks_free_sources_every_week_unless_it_is_told_otherwise(api):
    answer = api.post(URL, {"company": "acmecorp.com", "role": "account-executive"}, format="json")

    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (201, f"{URL}/{told['id']}")
    assert (told["every"], told["freeOnly"], told["role"], told["maxCost"]) == ("weekly", True, "AE", None)
    assert told["nextCheck"] is not None


def test_what_is_changed_is_changed_and_the_rest_stays(api, watch):
    body = {"every": "cron", "cron": "0 7 * * 1-5", "timeZone": "Europe/Berlin", "maxCost": 0.5, "paused": True}

    told = api.patch(f"{URL}/{watch}", body, format="json").json()

    assert {name: told[name] for name in body} == body
    assert (told["nextCheck"], told["freeOnly"], told["company"]["domain"]) == (None, True, "acmecorp.com")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"every": "hourly"}, "every"),
        ({"every": "cron", "cron": "x"}, "cron"),
        ({"timeZone": "Mars"}, "timeZone"),
        ({"x": 1}, "x"),
    ],
)
def test_an_impossible_change_is_named(api, watch, body, field):
    answer = api.patch(f"{URL}/{watch}", body, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_same_watch_twice_is_a_conflict_that_names_the_first(api, watch):
    answer = api.post(URL, {"company": "https://www.acmecorp.com/"}, format="json")

    assert (answer.status_code, answer.json()["watchId"]) == (409, watch)


def test_a_check_is_begun_once(api, watch):
    answers = [api.post(f"{URL}/{watch}/check") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 409]
    assert answers[0].json()["status"] == "waiting"


def test_changes_come_a_page_at_a_time_with_as_many_queries_for_many(api, watch, django_assert_max_num_queries):
    changes(watch, 70)
    api.get(f"{URL}/{watch}/changes")

    with django_assert_max_num_queries(8):
        first = api.get(f"{URL}/{watch}/changes").json()
    second = api.get(first["next"]).json()

    assert [len(first["results"]), len(second["results"]), second["next"]] == [50, 20, None]
    assert first["results"][0]["sandbox"]
    assert api.get(f"{URL}/{watch}").json()["unread"] == 70


def test_a_watch_that_is_ended_is_gone_with_its_changes(api, watch):
    changes(watch, 1)

    assert api.delete(f"{URL}/{watch}").status_code == 204
    assert (Watch.objects.count(), WatchChange.objects.count()) == (0, 0)


def test_anothers_watch_does_not_exist(watch):
    _, key = ApiKey.issue(user=User.objects.create_user("other"), name="probe", scopes=["read", "enrich"])
    theirs = APIClient(headers={"Authorization": f"Bearer {key}"})
    calls = [("get", ""), ("patch", ""), ("delete", ""), ("post", "/check"), ("get", "/changes")]

    def probe(pk):
        return [getattr(theirs, method)(f"{URL}/{pk}{path}").status_code for method, path in calls]

    assert probe(watch) == probe(uuid4()) == [404] * 5
    assert theirs.get(URL).json()["results"] == []


def test_watches_are_listed_with_as_many_queries_for_many(api, watch, user, django_assert_max_num_queries):
    row = Watch.objects.get()
    Watch.objects.bulk_create(
        Watch(user=user, company=row.company, consumer="profile", next_at=row.next_at) for _ in range(40)
    )
    api.get(URL)

    with django_assert_max_num_queries(8):
        assert len(api.get(URL).json()["results"]) == 41


def test_mails_are_asked_for_and_ended(api, user):
    assert api.get("/api/v1/digest").json() == {"every": "never", "next": None}

    told = api.put("/api/v1/digest", {"every": "weekly"}, format="json").json()
    assert (told["every"], told["next"] is None) == ("weekly", False)

    api.put("/api/v1/digest", {"every": "never"}, format="json")
    assert Digest.objects.get(user=user).next_at is None


def test_watches_are_listed_by_company_and_rest(api, watch):
    number = Watch.objects.get().company_id

    def found(**wanted):
        return [each["id"] for each in api.get(URL, wanted).json()["results"]]

    assert found(paused="false") == found(company=f"#{number}") == [watch]
    assert found(company="https://www.acmecorp.com/") == [watch]
    assert found(paused="true") == found(company="initech.com") == found(company="#99") == []
    refused = api.get(URL, {"paused": "maybe"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["paused"])


def test_mails_to_nowhere_are_refused_in_words(api, user):
    User.objects.filter(pk=user.pk).update(email="")

    answer = api.put("/api/v1/digest", {"every": "daily"}, format="json")

    assert (answer.status_code, "no mail address" in answer.json()["errors"]["every"][0]) == (400, True)
    assert api.put("/api/v1/digest", {"every": "never"}, format="json").status_code == 200
