"""Stars over the API: one's own, changeable, and in sum by prompt, engine, role and consumer."""

import pytest
from django.test import Client

from enrichment.models import Rating
from enrichment.workflow.rating import rate
from salesintel.accounts.models import ApiKey, User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(rules, user):
    return factories.answered(user)


def caller(user: User, *scopes: str) -> Client:
    _, key = ApiKey.issue(user=user, name="test", scopes=list(scopes))
    return Client(headers={"X-API-Key": key})


def test_a_report_is_rated_read_and_unrated(user, asked):
    api, address = caller(user, "read", "enrich"), f"/api/v1/runs/{asked.pk}/rating"

    put = api.put(address, {"stars": 5, "reason": "Spot on."}, content_type="application/json")

    assert (put.status_code, put.json()["stars"], put.json()["reason"]) == (200, 5, "Spot on.")
    assert api.get(address).json()["stars"] == 5
    assert api.delete(address).status_code == 204
    assert api.get(address).json()["stars"] is None


def test_a_key_that_only_reads_rates_nothing(user, asked):
    api = caller(user, "read")

    answer = api.put(f"/api/v1/runs/{asked.pk}/rating", {"stars": 5}, content_type="application/json")

    assert answer.status_code == 403
    assert not Rating.objects.exists()


@pytest.mark.parametrize("body", [{"stars": 0}, {"stars": 6}, {}, {"stars": 3, "reason": "x" * 501}, {"star": 3}])
def test_what_is_no_rating_is_refused(user, asked, body):
    api = caller(user, "read", "enrich")

    assert api.put(f"/api/v1/runs/{asked.pk}/rating", body, content_type="application/json").status_code == 400


def test_without_a_report_there_is_nothing_to_rate(user, asked):
    asked.report = None
    asked.save()
    api = caller(user, "read", "enrich")

    assert api.put(f"/api/v1/runs/{asked.pk}/rating", {"stars": 3}, content_type="application/json").status_code == 409


def test_ratings_in_sum_are_ones_own_and_everybodys_for_who_may_see_costs(user, asked):
    other = User.objects.create_user("other", "other@example.com", "correct horse")
    rate(asked, user, stars=5)
    rate(asked, other, stars=2)

    own = caller(user, "read").get("/api/v1/usage/ratings?by=engine").json()
    user.is_superuser = True
    user.save()
    every = caller(user, "read").get("/api/v1/usage/ratings?by=engine").json()

    assert [(line["ratings"], line["stars"], line["shown"]) for line in own["results"]] == [(1, 5.0, None)]
    assert [(line["ratings"], line["stars"], line["liked"], line["disliked"]) for line in every["results"]] == [
        (2, 3.5, 1, 1)
    ]
