"""A persona says what the history bears, marks what it concludes, and names what it rests on."""

from datetime import timedelta

import pytest

from personas.generating.functions import function_of
from personas.generating.making import make
from personas.models import Contact, ContactPersona, Interaction
from tests.personas.generating.planted import FIRST, conversation

pytestmark = pytest.mark.django_db

LATER = FIRST + timedelta(weeks=31)


def traits_of(row: ContactPersona, section: str) -> list[dict[str, object]]:
    return [trait for trait in row.body["traits"] if trait["section"] == section]


@pytest.fixture
def made(contact: Contact) -> ContactPersona:
    conversation(contact, answers=30)
    row = make(contact, method="rag", now=LATER)
    assert row is not None
    return row


def test_response_time_is_the_planted_one(made: ContactPersona) -> None:
    (found,) = [each for each in traits_of(made, "communicationStyle") if each["name"] == "responseTime"]

    assert "within 2 working hours" in str(found["value"])
    assert (found["n"], found["support"], found["enough"]) == (30, "derived", True)
    assert found["low"] == found["high"] == 2


def test_the_name_is_the_post_and_a_habit(made: ContactPersona) -> None:
    assert made.body["personaName"] == "CISO who answers within 2 working hours"


def test_an_objection_is_their_own_sentence_of_the_latest_mail_that_has_it(made: ContactPersona) -> None:
    found = traits_of(made, "likelyObjections")[0]

    assert found["value"] == "The price: “Still, your price is too high for us.” Said in 12 interactions."
    assert (found["support"], found["n"]) == ("verbatim", 12)


def test_every_interaction_that_a_trait_names_is_the_contacts(made: ContactPersona, contact: Contact) -> None:
    named = {pk for trait in made.body["traits"] for pk in trait["evidence"]}

    assert named
    assert Interaction.objects.filter(contact=contact, pk__in=named).count() == len(named)


def test_what_is_derived_or_quoted_names_what_it_rests_on(made: ContactPersona) -> None:
    bare = [
        trait["name"]
        for trait in made.body["traits"]
        if trait["support"] == "verbatim" and not (trait["n"] and trait["evidence"])
    ]

    assert bare == []


def test_advice_is_marked_as_inferred(made: ContactPersona) -> None:
    advised = [
        trait["support"]
        for section in ("recommendedApproach", "nextStep", "do", "doNot")
        for trait in traits_of(made, section)
    ]

    assert set(advised) == {"inferred"}


def test_the_last_word_of_theirs_is_the_next_step(made: ContactPersona) -> None:
    assert made.body["nextStep"] == "Answer their latest mail: the last word is theirs."


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (0, "Nothing has happened"),
        (1, "They have done 1 thing by themselves in 2 interactions"),
        (2, "They have done 2 things by themselves in 4 interactions"),
    ],
)
def test_too_little_falls_back_to_the_fields_and_says_why(contact: Contact, answers: int, reason: str) -> None:
    conversation(contact, answers=answers)

    row = make(contact, method="rag", now=LATER)

    assert row is not None
    assert (row.asked, row.method) == ("rag", "basic")
    assert row.fell_back.startswith(reason)


def _wrote(contact: Contact, *said: str, sent: int = 0) -> ContactPersona:
    """The persona of somebody who wrote this, a day apart, and was sent so many mails afterwards."""
    rows = [("in", "email_replied", text) for text in said] + [("out", "email_sent", "Hello.")] * sent
    Interaction.objects.bulk_create(
        Interaction(
            owner_id=contact.owner_id, contact=contact, type=type_, direction=direction, body=text,
            words=len(text.split()), occurred_at=FIRST + timedelta(days=day),
        )
        for day, (direction, type_, text) in enumerate(rows)
    )  # fmt: skip
    row = make(contact, method="rag", now=FIRST + timedelta(days=len(rows)))
    assert row is not None
    return row


def test_below_the_minimum_of_figures_their_own_sentences_are_quoted(contact: Contact) -> None:
    row = _wrote(contact, "Our budget is frozen.", "Thanks.")

    (found,) = [each for each in traits_of(row, "likelyObjections") if each["support"] == "verbatim"]
    assert (found["value"], found["n"]) == ("No budget now: “Our budget is frozen.”", 1)
    assert not [each for each in row.body["traits"] if each["support"] == "derived"]


def test_what_they_prefer_is_quoted_and_advised(contact: Contact) -> None:
    row = _wrote(contact, "I prefer short mails in the morning.")

    assert row.body["bestTime"] == "In the morning, as they say: “I prefer short mails in the morning.”"
    assert row.body["bestChannel"].startswith("By mail, as they say")
    assert "Short messages: they asked for it." in row.body["do"]


def test_the_next_step_after_mails_without_an_answer_is_another_way(contact: Contact) -> None:
    row = _wrote(contact, "Hello, nice to meet you.", sent=4)

    assert row.body["nextStep"].startswith("Try another way, or ask somebody else there: your last 4 mails")


@pytest.mark.parametrize(
    ("title", "function"),
    [
        ("CISO", "security"),
        ("VP, IT Security", "security"),
        ("Head of IT", "it"),
        ("CFO", "finance"),
        ("Data Protection Officer", "legal"),
        ("Head of People", "hr"),
        ("Sales Operations Manager", "sales"),
        ("VP Marketing", "marketing"),
        ("Plant Manager", "operations"),
        ("Senior Software Engineer", "engineering"),
        ("Einkaufsleiterin", "procurement"),
        ("CEO", ""),
        ("Critic", ""),
    ],
)
def test_the_function_is_read_from_the_title(title: str, function: str) -> None:
    assert function_of(title) == function


def test_what_is_usual_goes_by_the_function(contact: Contact) -> None:
    row = make(contact, method="basic", now=LATER)

    assert row is not None
    assert row.body["painPoints"][0] == "Accesses that nobody reviews, and tools that nobody approved"


def test_what_comes_of_the_fields_alone_is_all_inferred(contact: Contact) -> None:
    row = make(contact, method="basic", now=LATER)

    assert row is not None
    assert {trait["support"] for trait in row.body["traits"]} == {"inferred"}
    assert row.borne == 0
    assert row.body["personaName"] == "CISO"


def test_an_objection_of_ours_is_not_theirs(contact: Contact) -> None:
    conversation(contact, answers=6)
    Interaction.objects.filter(direction="in").update(words=0)
    Interaction.objects.create(
        owner=contact.owner, contact=contact, type="email_sent", direction="out", occurred_at=FIRST,
        body="Is the price too high for us to agree?", words=9,
    )  # fmt: skip

    row = make(contact, method="rag", now=LATER)

    assert row is not None
    assert {trait["support"] for trait in traits_of(row, "likelyObjections")} == {"inferred"}


def test_of_a_contact_that_went_meanwhile_nothing_is_kept(contact: Contact) -> None:
    gone = Contact.objects.get(pk=contact.pk)
    Contact.objects.filter(pk=contact.pk).delete()

    assert make(gone, method="basic", now=LATER) is None
    assert not ContactPersona.objects.exists()


def test_the_same_history_makes_the_same_persona(made: ContactPersona, contact: Contact) -> None:
    again = make(contact, method="rag", now=LATER)

    assert again is not None
    assert again.body == made.body


def test_personas_are_not_readable_in_the_database(made: ContactPersona) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM personas_contactpersona")
        assert "price" not in cursor.fetchone()[0]
