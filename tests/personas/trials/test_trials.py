"""Trials: the same way for the same contact, nothing sent that nobody asked for, stars with intervals by way."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrichment.models import PromptVersion
from personas.generating.making import Wish, make
from personas.models import Contact, ContactPersona, PersonaArm, PersonaFeedback, PersonaTrial
from personas.trials import findings, steering
from personas.trials.assigning import arm_for, drawn
from salesintel.accounts.models import User
from tests.enrichment.analysis.model_servers import preload
from tests.personas.generating.planted import conversation
from tests.personas.generating.speaking import engine, prompt_of, says

pytestmark = pytest.mark.django_db

RAG, BASIC = {"label": "history", "method": "rag"}, {"label": "fields", "method": "basic"}
ENGINE = {"label": "model", "method": "rag", "writer": "engine"}


def drawn_up(*arms: dict[str, Any], slug: str = "words") -> PersonaTrial:
    trial = PersonaTrial.objects.create(slug=slug)
    for place, arm in enumerate(arms, 1):
        PersonaArm.objects.create(trial=trial, place=place, **arm)
    return trial


def running(*arms: dict[str, Any]) -> PersonaTrial:
    trial = drawn_up(*arms)
    steering.start(trial)
    trial.refresh_from_db()
    return trial


def test_shares_hold_and_a_contact_s_way_stays(rep: User) -> None:
    arms = [PersonaArm(label="a", share=75), PersonaArm(label="b", share=25)]

    lots = [drawn(arms, f"salt:{number}").label for number in range(4_000)]

    assert lots == [drawn(arms, f"salt:{number}").label for number in range(4_000)]
    assert 0.72 < Counter(lots)["a"] / 4_000 < 0.78


def test_a_persona_is_made_by_the_contact_s_way_and_says_so(contact: Contact) -> None:
    conversation(contact, answers=8)
    trial = running(RAG, BASIC)
    fields = trial.arms.get(label="fields")
    while (arm := arm_for(contact, writer="builtin")) != fields:  # until the lot falls on it
        PersonaTrial.objects.update(salt=f"{trial.salt}{timezone.now().isoformat()}"[-32:])
        assert arm is not None

    row = make(contact, method="rag")

    assert row is not None
    assert (row.asked, row.method, row.arm) == ("rag", "basic", fields)
    assert "A trial that compares ways" in row.fell_back


def test_who_asks_for_the_fields_alone_is_in_no_trial(contact: Contact) -> None:
    running(RAG, BASIC)

    row = make(contact, method="basic")

    assert row is not None
    assert (row.arm, row.fell_back) == (None, "")


def test_nothing_is_sent_to_a_vendor_for_a_trial_that_nobody_asked_an_engine_for(contact: Contact, rules: None) -> None:
    running(ENGINE, RAG)

    with engine(says()) as server:
        row = make(contact, method="rag")

    assert row is not None
    assert (row.arm, row.engine, server.requests) == (None, "builtin", [])


def test_a_wording_is_tried_beside_the_active_one(contact: Contact, rules: None) -> None:
    preload()
    PromptVersion.objects.create(purpose="persona", version=7, text="Say it in the words of a sailor, if you can.")
    trial = running({**ENGINE, "version": 7}, {**ENGINE, "label": "usual"})
    sailor = trial.arms.get(version=7)
    while arm_for(contact, writer="engine") != sailor:
        PersonaTrial.objects.update(salt=timezone.now().isoformat()[-32:])

    with engine(says(("do", "Ask for their post.", ["c1"]))) as server:
        row = make(contact, method="rag", wish=Wish(writer="engine"))

    assert row is not None
    assert (row.prompt, row.arm) == ("persona v7", sailor)
    assert "words of a sailor" in prompt_of(server)


@pytest.mark.parametrize(
    ("arms", "why"),
    [
        ([RAG], "has 1 of at least 2 ways"),
        ([RAG, {**RAG, "label": "again"}], "are the same"),
        ([ENGINE, {**ENGINE, "version": 9}], "There is no version 9"),
    ],
)
def test_what_compares_nothing_cannot_start(arms: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(steering.CannotStart, match=why):
        steering.start(drawn_up(*arms))


def test_one_runs_at_a_time_and_an_ended_one_takes_part_no_more(contact: Contact) -> None:
    first, second = running(RAG, BASIC), drawn_up(RAG, BASIC, slug="other")
    with pytest.raises(steering.CannotStart, match="Another trial is running"):
        steering.start(second)

    steering.end(first)

    assert arm_for(contact, writer="builtin") is None
    steering.start(second)


def rated(trial: PersonaTrial, label: str, owner: User, stars: list[int]) -> None:
    """A contact with a persona of that way for each of the stars."""
    arm = trial.arms.get(label=label)
    contacts = Contact.objects.bulk_create(Contact(owner=owner, name=f"{label} {place}") for place in range(len(stars)))
    personas = ContactPersona.objects.bulk_create(
        ContactPersona(
            owner=owner, contact=contact, asked="rag", method=arm.method, engine="builtin", arm=arm, quality=0,
            borne=0, interactions=0, made=timezone.now(), body={"traits": []},
        )
        for contact in contacts
    )  # fmt: skip
    PersonaFeedback.objects.bulk_create(
        PersonaFeedback(owner=owner, persona=persona, by=owner, stars=each)
        for persona, each in zip(personas, stars, strict=True)
    )


def test_stars_of_each_way_have_a_mean_an_interval_and_n(rep: User, django_assert_num_queries: Any) -> None:
    trial = running(RAG, BASIC)
    rated(trial, "history", rep, [5, 4] * 6)
    rated(trial, "fields", rep, [2, 3] * 6)

    with django_assert_num_queries(4):
        first, second = findings.found(trial)

    assert (first.n, first.ratings, first.stars, first.difference) == (12, 12, 4.5, None)
    assert first.low == pytest.approx(4.5 - 2.201 * (0.2727 / 12) ** 0.5, abs=0.01)  # Student's t, 11 degrees
    assert (second.stars, second.difference.value, second.difference.is_seen) == (2.5, -2.0, True)


def test_of_few_nothing_is_said_of_a_difference(rep: User) -> None:
    trial = running(RAG, BASIC)
    rated(trial, "history", rep, [5] * 9)
    rated(trial, "fields", rep, [1] * 20)

    assert findings.found(trial)[1].difference is None


def test_an_admin_starts_it_and_sees_the_stars(admin_client: Client, rep: User) -> None:
    trial = drawn_up(RAG, BASIC)
    place = "/admin/personas/personatrial/"
    admin_client.post(place, {"action": "start", "_selected_action": [trial.pk]})
    rated(trial, "history", rep, [5, 4] * 6)

    page = admin_client.get(f"{place}{trial.pk}/change/").content.decode()

    assert "4.50 (4.17 to 4.83)" in page
    assert "fewer than 10 contacts with stars" in page
    assert 'name="arms-0-label"' not in page  # what runs is not changed
