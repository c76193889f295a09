"""The pages of contacts: what they show, whose they show it of, and at how many queries."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from personas.benchmarks.seed import seed
from personas.generating.making import make
from personas.models import Contact, ContactPersona, Grant, Interaction, PersonaFeedback, PersonaUse
from salesintel.accounts.models import User
from tests.personas.generating.planted import FIRST, conversation

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture
def page(rep: User) -> Client:
    client = Client()
    client.force_login(rep)
    return client


@pytest.fixture
def persona(contact: Contact) -> Iterator[ContactPersona]:
    conversation(contact, answers=12)
    row = make(contact, method="rag", now=FIRST + timedelta(weeks=13))
    assert row is not None
    return row


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_without_contacts_the_page_says_what_to_do(page: Client) -> None:
    assert "No contacts yet." in text_of(page.get("/contacts/"))


def test_a_contact_is_found_by_a_part_of_the_name(page: Client, contact: Contact) -> None:
    assert contact.name in text_of(page.get("/contacts/?q=whitf"))
    assert "No contact is called" in text_of(page.get("/contacts/?q=nobody"))


def test_what_no_name_can_hold_finds_nobody(page: Client, contact: Contact) -> None:
    assert "Dana Whitfield" not in page.get("/contacts/", {"q": "\x00"}).content.decode()
    assert page.post("/contacts/personas/", {"search": "\x00"}).status_code == 400


def test_a_strangers_contact_is_no_contact(contact: Contact, stranger: User, persona: ContactPersona) -> None:
    client = Client()
    client.force_login(stranger)

    assert contact.name not in text_of(client.get("/contacts/"))
    assert client.get(f"/contacts/{contact.pk}/").status_code == 404
    assert client.post(f"/contacts/{contact.pk}/generate/", {"method": "basic"}).status_code == 404
    assert client.post(f"/personas/{persona.pk}/rate/", {"stars": "1"}).status_code == 404


def test_who_may_only_see_it_may_not_have_it_made_anew(contact: Contact, stranger: User) -> None:
    Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact)
    client = Client()
    client.force_login(stranger)

    assert "Make a persona" not in text_of(client.get(f"/contacts/{contact.pk}/"))
    assert client.post(f"/contacts/{contact.pk}/generate/", {"method": "basic"}).status_code == 404


def test_a_persona_shows_each_trait_with_what_it_rests_on(page: Client, persona: ContactPersona) -> None:
    shown = text_of(page.get(f"/contacts/{persona.contact_id}/"))

    assert "CISO who answers within 2 working hours" in shown
    assert "computed · n = 12 · 95 %: 2 to 2 working h" in shown
    assert "What it rests on" in shown


def test_looking_at_it_counts_once_a_day(page: Client, persona: ContactPersona) -> None:
    for _ in range(3):
        page.get(f"/contacts/{persona.contact_id}/")

    assert PersonaUse.objects.count() == 1


def test_looking_at_it_again_writes_nothing(
    page: Client, persona: ContactPersona, django_assert_max_num_queries: Any
) -> None:
    page.get(f"/contacts/{persona.contact_id}/")

    with django_assert_max_num_queries(16) as asked:
        page.get(f"/contacts/{persona.contact_id}/")

    assert [each["sql"] for each in asked.captured_queries if each["sql"].startswith(("INSERT", "UPDATE"))] == []


def test_one_is_made_from_the_page(page: Client, contact: Contact) -> None:
    conversation(contact, answers=8)

    page.post(f"/contacts/{contact.pk}/generate/", {"method": "rag"})

    assert ContactPersona.objects.get().method == "rag"


def test_too_little_is_said_on_the_page(page: Client, contact: Contact) -> None:
    answer = page.post(f"/contacts/{contact.pk}/generate/", {"method": "rag"}, follow=True)

    assert "Nothing has happened with this contact yet." in text_of(answer)


def test_stars_stay_on_the_page(page: Client, persona: ContactPersona) -> None:
    page.post(f"/personas/{persona.pk}/rate/", {"stars": "4", "text": "Just so."})

    assert PersonaFeedback.objects.get().stars == 4
    assert 'value="4" required checked' in text_of(page.get(f"/contacts/{persona.contact_id}/"))


@pytest.mark.parametrize("stars", ["", "0", "6", "five"])
def test_stars_are_one_to_five(page: Client, persona: ContactPersona, stars: str) -> None:
    answer = page.post(f"/personas/{persona.pk}/rate/", {"stars": stars}, follow=True)

    assert "Choose one to five stars." in text_of(answer)
    assert not PersonaFeedback.objects.exists()


def test_figures_tell_their_n_and_range_or_that_there_is_not_enough(page: Client, persona: ContactPersona) -> None:
    shown = text_of(page.get(f"/contacts/{persona.contact_id}/?tab=behaviour"))

    assert re.search(r"Response time, median.*?2 working h.*?12", shown)
    assert "not enough data" in shown
    assert re.search(r"Opened.*?not tracked", shown)


def test_figures_stand_beside_what_is_usual_and_say_whose_hours_these_are(
    page: Client, rep: User, persona: ContactPersona
) -> None:
    seed()
    address = f"/contacts/{persona.contact_id}/?tab=behaviour"
    unknown = text_of(page.get(address))
    Contact.objects.filter(pk=persona.contact_id).update(industry="Software", employees=100, time_zone="Asia/Tokyo")
    User.objects.filter(pk=rep.pk).update(time_zone="UTC")

    known = text_of(page.get(address))

    assert "so this is the owner’s" in unknown
    assert "(all industries; persona-builder)" in unknown
    assert "With their industry and the number of employees" in unknown
    assert "(technology, " in known
    assert "would be more exact" not in known
    assert "Hours of their week, Asia/Tokyo" in known
    Contact.objects.filter(pk=persona.contact_id).update(time_zone="")
    assert "No time zone is known, so this is UTC" in text_of(page.get(address))


@pytest.mark.parametrize("tab", ["persona", "behaviour", "history", "<b>"])
def test_every_tab_opens_for_a_contact_of_whom_nothing_is_known(page: Client, contact: Contact, tab: str) -> None:
    assert page.get(f"/contacts/{contact.pk}/", {"tab": tab}).status_code == 200


def test_what_people_wrote_is_shown_as_text(page: Client, rep: User) -> None:
    contact = Contact.objects.create(owner=rep, name=HOSTILE, title=HOSTILE, company_name=HOSTILE)
    conversation(contact, answers=6)
    Interaction.objects.filter(direction="in").update(body=f"The price is too high for us {HOSTILE}.")
    make(contact, method="rag", now=FIRST + timedelta(weeks=13))

    for address in ("/contacts/", f"/contacts/{contact.pk}/", f"/contacts/{contact.pk}/?tab=history"):
        assert HOSTILE not in page.get(address).content.decode()


def test_a_contact_entered_by_hand_is_there(page: Client) -> None:
    answer = page.post("/contacts/new/", {"name": "Ola Berg", "email": "ola@berg.example", "title": "CFO"})

    assert answer.url == f"/contacts/{Contact.objects.get().pk}/"


def test_an_address_that_somebody_has_is_refused_with_what_was_typed(page: Client, contact: Contact) -> None:
    page.post("/contacts/new/", {"name": "Ola Berg", "email": "ola@berg.example"})

    answer = page.post("/contacts/new/", {"name": "Other Berg", "email": "ola@berg.example"})

    assert answer.status_code == 400
    assert 'value="Other Berg"' in text_of(answer)


def test_a_long_list_takes_as_many_queries_as_a_short_one(
    page: Client, rep: User, contact: Contact, django_assert_max_num_queries: Any
) -> None:
    Contact.objects.bulk_create(Contact(owner=rep, name=f"Contact {n}") for n in range(40))

    with django_assert_max_num_queries(8):
        page.get("/contacts/")


@pytest.mark.parametrize("tab", ["persona", "behaviour", "history"])
def test_a_contacts_page_takes_few_queries(
    page: Client, persona: ContactPersona, tab: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(16):
        page.get(f"/contacts/{persona.contact_id}/?tab={tab}")


def test_a_persona_is_taken_away_as_pdf_csv_and_json(page: Client, persona: ContactPersona) -> None:
    kinds = {form: page.get(f"/api/v1/personas/{persona.pk}/export?format={form}") for form in ("pdf", "csv", "json")}

    assert kinds["pdf"].content.startswith(b"%PDF")
    assert kinds["csv"].content.decode().startswith("section,name,value,support,n,low,high,unit,enough")
    assert kinds["json"].json()["personaName"] == persona.body["personaName"]


def test_what_changed_since_the_one_before_is_told(page: Client, persona: ContactPersona) -> None:
    again = make(persona.contact, method="basic", now=FIRST + timedelta(weeks=14))
    assert again is not None

    told = page.get(f"/api/v1/personas/{again.pk}/changes").json()

    assert told["comparedWith"] == str(persona.pk)
    assert {each["kind"] for each in told["changes"]} == {"came", "went"}


def test_what_a_trait_rests_on_is_on_the_page_that_it_leads_to(page: Client, persona: ContactPersona) -> None:
    conversation(persona.contact, answers=30)
    oldest = Interaction.objects.order_by("occurred_at", "pk").first()
    assert oldest is not None

    shown = text_of(page.get(f"/contacts/{persona.contact_id}/?tab=history&at={oldest.pk}"))

    assert f'id="i-{oldest.pk}"' in shown
