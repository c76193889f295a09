"""What was said is kept before it is known, settled when it is, and told month by month."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from personas.models import Contact, Grant, Interaction, PersonaPolicy, Prediction
from personas.predicting.accuracy import months
from personas.predicting.renewing import renew
from personas.privacy.erasing import erase
from salesintel.accounts.models import User
from tests.personas.api.conftest import caller
from tests.personas.predicting.planted import mails, open_deal

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SOON = NOW + timedelta(hours=2)


def writes(contact: Contact, when: datetime, **fields: object) -> None:
    shared = {"owner": contact.owner, "contact": contact, "occurred_at": when}
    Interaction.objects.create(**{**shared, "type": "email_sent", "direction": "out", "message_key": "new", **fields})


@pytest.fixture
def people(rep: User) -> list[Contact]:
    found = mails(rep, NOW)
    renew(rep, now=NOW)
    writes(found[0], SOON)
    renew(rep, now=NOW + timedelta(days=1))
    return found


def test_of_a_mail_after_the_predictor_was_made_it_is_kept_what_was_said(people: list[Contact]) -> None:
    kept = Prediction.objects.get()

    assert (kept.contact, kept.at, kept.came) == (people[0], SOON, None)
    assert kept.chance > 0.7 > kept.base


def test_of_mails_that_it_was_made_of_nothing_is_kept(rep: User) -> None:
    mails(rep, NOW)

    renew(rep, now=NOW)

    assert not Prediction.objects.exists()


@pytest.mark.parametrize("answers", [True, False])
def test_it_is_settled_once_the_time_is_over(people: list[Contact], rep: User, answers: bool) -> None:
    if answers:
        answer = {"type": "email_replied", "direction": "in", "message_key": "", "answers_key": "new"}
        writes(people[0], SOON + timedelta(days=2), **answer)

    renew(rep, now=NOW + timedelta(days=5))
    before = Prediction.objects.get().came
    renew(rep, now=NOW + timedelta(days=9))

    assert before is None
    assert Prediction.objects.get().came is answers


def test_it_is_settled_by_the_days_that_it_was_said_of(people: list[Contact], rep: User) -> None:
    PersonaPolicy.objects.create(reply_days=30)

    renew(rep, now=NOW + timedelta(days=9))

    assert (Prediction.objects.get().days, Prediction.objects.get().came) == (7, False)


def test_what_is_said_stays_whatever_is_learnt_later(people: list[Contact], rep: User) -> None:
    said = Prediction.objects.get().chance
    writes(people[0], SOON - timedelta(days=1), type="email_bounced")

    renew(rep, now=NOW + timedelta(days=2))

    assert Prediction.objects.get().chance == said


def test_of_others_contacts_nothing_is_kept(people: list[Contact], stranger: User) -> None:
    Grant.objects.create(owner=people[0].owner, grantee=stranger)
    renew(stranger, now=NOW)
    writes(people[1], SOON)

    renew(stranger, now=NOW + timedelta(days=1))

    assert not Prediction.objects.filter(owner=stranger).exists()


def test_predictions_go_with_their_contact(people: list[Contact]) -> None:
    erase(people[0])

    assert not Prediction.objects.exists()


def test_months_tell_what_was_said_and_what_came(contact: Contact, rep: User, rules: None) -> None:
    today = timezone.now().replace(day=15, hour=12)
    kept = [(35, 0.9, True), (36, 0.7, True), (37, 0.8, False), (4_000, 0.1, True)]
    rows = [
        Prediction(
            owner=rep, contact=contact, question="reply", days=7, at=today - timedelta(days=days), chance=chance,
            base=0.5, came=came,
        )
        for days, chance, came in kept
    ]  # fmt: skip
    rows.append(Prediction(owner=rep, contact=contact, question="reply", days=7, at=today, chance=0.9, base=0.5))
    Prediction.objects.bulk_create(rows)

    [month] = months(rep, since=today - timedelta(days=366), until=today + timedelta(days=1))["reply"]

    assert month.begins == (today - timedelta(days=36)).date().replace(day=1)
    assert (month.n, month.said, month.came) == (3, pytest.approx(0.8), pytest.approx(2 / 3))
    assert month.brier == pytest.approx((0.01 + 0.09 + 0.64) / 3)
    assert month.base == pytest.approx(0.25)
    assert month.low < 2 / 3 < month.high


def test_the_months_are_told_with_the_predictor(people: list[Contact], rep: User, rules: None) -> None:
    Prediction.objects.update(came=True, at=NOW - timedelta(days=40))

    found = {each["question"]: each["months"] for each in caller(rep)("GET", "predictors").json()["results"]}

    assert [month["n"] for month in found["reply"]] == [1]
    assert found["won"] == []


def test_of_a_question_that_is_refused_nothing_is_kept(people: list[Contact], rep: User) -> None:

    open_deal(people[0], NOW, days=0)

    renew(rep, now=NOW + timedelta(days=2))

    assert set(Prediction.objects.values_list("question", flat=True)) == {"reply"}
