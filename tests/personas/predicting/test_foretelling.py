"""Predictors of what is in the tables: learnt once a day, told with reasons, of nobody else's records, and erased."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from personas.keeping import attend, is_anything_due
from personas.models import Contact, Deal, Grant, Interaction, Predictor
from personas.predicting import training
from personas.predicting.foretelling import Foretold, foretold
from personas.predicting.model import Question, Why
from personas.predicting.renewing import renew_one
from personas.predicting.training import fitted_of, trial_of
from personas.privacy.erasing import erase
from salesintel.accounts.models import User
from tests.personas.api.conftest import caller
from tests.personas.predicting.planted import closed_deals, mails, open_deal

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = timezone.now()


@pytest.fixture
def people(rep: User) -> list[Contact]:
    found = mails(rep, NOW)
    renew_one(NOW)
    return found


def reply_of(contact: Contact, user: User, now: datetime = NOW) -> Foretold:
    return foretold(contact, user, now=now)[0]


def test_who_answers_is_told_apart_from_who_does_not(people: list[Contact], rep: User) -> None:
    answers, silent = (reply_of(contact, rep) for contact in people[:2])

    assert answers.told is not None
    assert silent.told is not None
    assert answers.told.chance > 0.7
    assert silent.told.chance < 0.3
    assert answers.told.low < answers.told.chance < answers.told.high


def test_what_speaks_for_it_and_against_is_told_in_words(people: list[Contact], rep: User, rules: None) -> None:
    found = caller(rep)("GET", f"contacts/{people[1].pk}/predictions").json()["predictions"][0]

    said = {each["name"]: each for each in found["factors"]}
    assert said["ownShare"]["words"] == "How often it came so with them before"
    assert said["ownShare"]["points"] < 0


def test_noise_is_refused_with_the_reason(rep: User, rules: None) -> None:
    [contact, *_] = mails(rep, NOW, noise=True)
    renew_one(NOW)

    [found] = caller(rep)("GET", f"contacts/{contact.pk}/predictions").json()["predictions"]

    assert Predictor.objects.get(question="reply").why == Why.NO_BETTER
    assert (found["chance"], found["factors"]) == (None, [])
    assert "it was not surely better than saying" in found["reason"]


def test_a_deal_is_told_of_with_when_it_closes(rep: User) -> None:
    contacts = mails(rep, NOW, people=10, each=1)
    closed_deals(contacts, NOW)
    deal = open_deal(contacts[0], NOW)
    renew_one(NOW)

    _, won, closes = foretold(contacts[0], rep, now=NOW)

    assert (won.question, closes.question, won.deal, closes.deal) == (Question.WON, Question.CLOSED, deal, deal)
    assert won.told is not None
    assert won.told.chance > 0.7
    assert closes.half_life is not None
    assert closes.half_life > 0


def test_a_closed_deal_and_anothers_are_not_told_of(people: list[Contact], rep: User, stranger: User) -> None:
    closed = open_deal(people[0], NOW)
    Deal.objects.filter(pk=closed.pk).update(status="won", closed_at=NOW)

    assert len(foretold(people[0], rep, now=NOW)) == 1


def test_nothing_of_the_owners_predictors_is_told_to_whom_one_contact_is_shared_with(
    people: list[Contact], rep: User, stranger: User
) -> None:
    Grant.objects.create(owner=rep, grantee=stranger, contact=people[0])

    found = reply_of(people[0], stranger)

    assert (found.told, found.predictor) == (None, None)


def test_a_stranger_sees_neither_predictions_nor_predictors(people: list[Contact], stranger: User, rules: None) -> None:
    theirs = caller(stranger)

    assert theirs("GET", f"contacts/{people[0].pk}/predictions").status_code == 404
    assert theirs("GET", "predictors").json() == {"results": []}


def test_a_predictor_is_made_of_what_its_owner_sees_alone(people: list[Contact], rep: User, stranger: User) -> None:
    Contact.objects.create(owner=stranger, name="Their own")

    renew_one(NOW)

    assert Predictor.objects.get(owner=stranger, question="reply").cases == 0
    assert Predictor.objects.get(owner=rep, question="reply").cases == 24 * 8


def test_a_row_gives_back_what_was_kept(people: list[Contact], rep: User) -> None:
    row = Predictor.objects.get(question="reply")
    fitted, trial = fitted_of(row), trial_of(row)

    assert fitted is not None
    assert trial is not None
    assert len(fitted.covariance) == len(fitted.names) + 1
    assert json.loads(json.dumps(training.as_json(trial))) == row.trial


def test_the_scores_and_the_calibration_are_told(people: list[Contact], rep: User, rules: None) -> None:
    [reply] = [each for each in caller(rep)("GET", "predictors").json()["results"] if each["question"] == "reply"]

    assert reply["isUsed"] is True
    assert reply["trial"]["brier"]["ours"] < reply["trial"]["brier"]["baseRate"]
    assert sum(each["n"] for each in reply["trial"]["calibration"]) == reply["trial"]["triedOn"]


def test_it_is_learnt_once_a_day_and_again_on_the_next(contact: Contact, rep: User) -> None:
    attend()
    made = Predictor.objects.get(question="reply").trained

    assert not training.due(timezone.now()).exists()
    assert not is_anything_due()
    assert training.due(made + timedelta(days=1, minutes=1)).get() == rep


def test_what_was_erased_goes_with_the_next_days_work(people: list[Contact], rep: User) -> None:
    erase(people[0])

    renew_one(NOW + timedelta(days=2))

    assert Predictor.objects.get(question="reply").cases == 23 * 8


def test_who_erased_all_contacts_keeps_nothing_that_was_learnt_of_them(people: list[Contact], rep: User) -> None:
    Contact.objects.all().delete()

    assert [renew_one(NOW + timedelta(days=2)), renew_one(NOW + timedelta(days=4))] == [1, 0]

    assert [row for row in Predictor.objects.all() if row.cases or row.fitted or row.trial] == []


def test_predictors_go_with_their_owner(people: list[Contact], rep: User) -> None:
    rep.delete()

    assert not Predictor.objects.exists()


def test_a_contacts_page_tells_what_is_likely_or_why_not(people: list[Contact], rep: User) -> None:
    open_deal(people[1], NOW)
    client = Client()
    client.force_login(rep)

    shown = client.get(f"/contacts/{people[1].pk}/?tab=outlook").content.decode()

    assert "Answers within 7 days" in shown
    assert "Speaks against it" in shown
    assert "calibration__dot" in shown
    assert "0 cases are known; it takes 40" in shown  # of deals


def test_many_deals_take_as_many_queries_as_one(
    people: list[Contact], rep: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        open_deal(people[0], NOW)
    contact = Contact.objects.select_related("owner").get(pk=people[0].pk)

    with django_assert_max_num_queries(8):
        assert len(foretold(contact, rep, now=NOW)) == 11


def test_many_contacts_are_read_in_as_many_queries_as_a_few(
    people: list[Contact], rep: User, django_assert_max_num_queries: Any
) -> None:
    policy = training.PersonaPolicy.now()

    with django_assert_max_num_queries(6):
        found = list(training.histories_for(rep, policy))

    assert len(found) == len(people)
    assert sum(len(history.moments) for _, history in found) == Interaction.objects.count()
