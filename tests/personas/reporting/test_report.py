"""The report on personas: counted by hand, of one's own records alone, in as many queries however much there is."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from personas.generating.making import make
from personas.models import (
    Benchmark,
    Contact,
    ContactFigures,
    ContactPersona,
    Deal,
    DealContact,
    PersonaFeedback,
    PersonaPolicy,
    PersonaUse,
    Prediction,
)  # fmt: skip
from personas.reporting import making, using
from personas.reporting.report import report
from personas.reporting.span import Span
from personas.reporting.usual import beside_usual
from personas.zones import zone_of
from salesintel.accounts.models import User
from tests.personas.api.conftest import caller

pytestmark = pytest.mark.django_db

SPAN = Span(first=date(2026, 3, 2), last=date(2026, 3, 15), zone=zone_of("Europe/Berlin"))  # two weeks from a Monday
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
THAT_DAY = NOON.date()


def persona(contact: Contact, made: datetime = NOON, **fields: Any) -> ContactPersona:
    row = make(contact, method="basic", now=made)
    assert row is not None
    ContactPersona.objects.filter(pk=row.pk).update(**{"seconds": 0, **fields})
    return row


def use(row: ContactPersona, by: User, *, what: str = "read", on: date = THAT_DAY) -> None:
    PersonaUse.objects.create(owner_id=row.owner_id, persona=row, by=by, what=what, day=on)


def closed(contact: Contact, status: str, at: datetime = NOON) -> Deal:
    shared = {"owner": contact.owner, "opened_at": at - timedelta(days=30), "closed_at": at}
    deal = Deal.objects.create(name="Sale", status=status, **shared)
    DealContact.objects.create(owner=contact.owner, deal=deal, contact=contact)
    return deal


def test_days_are_those_of_the_persons_zone_and_weeks_their_sums(contact: Contact, rep: User) -> None:
    persona(contact, quality=40.0, borne=0.5)
    persona(contact, datetime(2026, 3, 4, 23, 30, tzinfo=UTC), quality=60.0, borne=1.0)  # the 5th in Berlin
    persona(contact, datetime(2026, 3, 15, 23, 30, tzinfo=UTC))  # the 16th

    days = making.by_day(rep, SPAN)
    weeks = making.by_week(days, SPAN)

    assert {each.begins.day: each.n for each in days if each.n} == {4: 1, 5: 1}
    assert len(days) == 14
    assert [(each.n, each.quality, each.borne) for each in weeks] == [(2, 50.0, 0.75), (0, None, None)]


def test_adoption_counts_contacts_not_clicks(contact: Contact, rep: User) -> None:
    Contact.objects.create(owner=rep, name="Ola Berg")
    first, second = persona(contact), persona(contact)
    for row in (first, second):
        use(row, rep)
    use(first, rep, on=date(2026, 2, 1))
    use(second, rep, what="exported")

    found = using.adoption(rep, SPAN)

    assert (found.contacts, found.with_persona, found.looked_at, found.exported) == (2, 1, 1, 1)


def test_stars_of_whole_personas_have_their_interval(contact: Contact, rep: User, stranger: User) -> None:
    row = persona(contact)
    for by, trait, stars in ((rep, "", 4), (stranger, "", 5), (rep, "style.short", 1)):
        PersonaFeedback.objects.create(owner=rep, persona=row, by=by, trait=trait, stars=stars)
    PersonaFeedback.objects.update(at=NOON)

    found = using.stars(rep, SPAN)

    assert (found.mean, found.n, found.counts) == (4.5, 2, (0, 0, 0, 1, 1))
    assert (found.low, found.high) == (1.0, 5.0)  # of two nothing is known


def test_time_is_saved_once_a_contact_and_not_by_what_came_by_itself(contact: Contact, rep: User) -> None:
    other, third = (Contact.objects.create(owner=rep, name=name) for name in ("Ola Berg", "Kim Roe"))
    persona(contact)
    persona(contact, seconds=360)
    persona(other)
    persona(third, why="new")

    found = using.saved(rep, SPAN, PersonaPolicy(manual_minutes=30))

    assert found is not None
    assert (found.contacts, found.hours) == (2, pytest.approx(2 * 0.5 - 0.1))


def test_where_it_takes_no_time_by_hand_none_is_shown(contact: Contact, rep: User) -> None:
    persona(contact)

    assert using.saved(rep, SPAN, PersonaPolicy(manual_minutes=0)) is None


def test_a_look_counts_only_on_a_day_before_the_outcome(rep: User) -> None:
    people = Contact.objects.bulk_create(Contact(owner=rep, name=f"Person {n}") for n in range(4))
    for contact, days in zip(people, (-1, 0, 1, None), strict=True):
        closed(contact, "won")
        if days is not None:
            use(persona(contact), rep, on=NOON.date() + timedelta(days=days))

    found = using.outcomes(rep, SPAN)

    assert (found.looked.n, found.others.n, found.gap) == (1, 3, None)


def test_outcomes_with_a_look_and_without_are_told_apart(contact: Contact, rep: User) -> None:
    other = Contact.objects.create(owner=rep, name="Ola Berg")
    use(persona(contact), rep, on=date(2026, 2, 1))
    for n in range(10):
        closed(contact, "won" if n < 8 else "lost")
        closed(other, "won" if n < 2 else "lost")
    closed(other, "won", NOON - timedelta(days=60))

    found = using.outcomes(rep, SPAN)

    assert (found.looked.value, found.others.value) == (0.8, 0.2)
    assert found.gap is not None
    assert found.gap.value == pytest.approx(0.6)
    assert 0 < found.gap.low < found.gap.value < found.gap.high


def test_each_contact_is_held_against_the_most_exact_range(rep: User) -> None:
    for industry, size, low in (("", "", 0.1), ("technology", "", 0.3), ("technology", "small", 0.5)):
        Benchmark.objects.create(
            industry=industry, size=size, metric="emailEngagementRate", low=low, typical=low + 0.05, high=low + 0.1
        )
    for industry, employees, value in (("Software", 10, 0.45), ("Software", 900, 0.35), ("Fishing", 3, 0.9)):
        contact = Contact.objects.create(owner=rep, name="A", industry=industry, employees=employees)
        ContactFigures.objects.create(owner=rep, contact=contact, measured=NOON, engagement=value)

    [found] = beside_usual(rep)

    assert (found.below, found.within, found.above) == (1, 1, 1)
    assert (found.median, found.typical) == (0.45, pytest.approx(0.35))


def test_nothing_of_a_stranger_is_in_it(contact: Contact, rep: User, stranger: User, rules: None) -> None:
    row = persona(contact)
    use(row, rep)
    closed(contact, "won")
    PersonaFeedback.objects.create(owner=rep, persona=row, by=rep, stars=5)

    told = caller(stranger)("GET", "personas/report", **{"from": "2026-03-02", "to": "2026-03-15"}).json()

    assert set(told["adoption"].values()) == {0}
    assert sum(day["made"] for day in told["days"]) == 0
    assert (told["stars"]["n"], told["outcomes"]["others"]["closed"]) == (0, 0)


def test_the_api_tells_it_with_the_warning(contact: Contact, rep: User, rules: None) -> None:
    persona(contact)

    told = caller(rep)("GET", "personas/report", **{"from": "2026-03-02", "to": "2026-03-15"}).json()

    assert (told["from"], told["to"], told["timeZone"]) == ("2026-03-02", "2026-03-15", "Europe/Berlin")
    assert told["days"][2] == {"begins": "2026-03-04", "made": 1, "quality": 0.0, "evidencedShare": 0.0}
    assert told["timeSaved"]["minutesByHand"] == 45
    assert told["outcomes"]["warning"].startswith("It is no proof")


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"from": "2025-01-01", "to": "2026-03-01"},
        {"to": "0001-01-01"},
        {"from": "9999-12-31"},
        {"from": "yesterday"},
        {"whose": "everybody"},
    ],
)
def test_days_that_cannot_be_are_refused(rep: User, rules: None, days: dict[str, str]) -> None:
    assert caller(rep)("GET", "personas/report", **days).status_code == 400


def test_without_days_it_is_ninety_up_to_today(rep: User, rules: None) -> None:
    assert len(caller(rep)("GET", "personas/report").json()["days"]) == 90


@pytest.fixture
def page(rep: User) -> Client:
    client = Client()
    client.force_login(rep)
    return client


def test_the_page_says_what_to_do_where_there_is_nothing(page: Client) -> None:
    shown = page.get("/contacts/report/").content.decode()

    for words in ("No persona was made", "Nobody gave stars", "No contact has been measured", "Not enough data"):
        assert words in shown


def test_the_page_shows_what_there_is(page: Client, contact: Contact, rep: User) -> None:
    use(persona(contact), rep)
    Prediction.objects.create(
        owner=rep, contact=contact, question="reply", days=7, at=NOON, chance=0.8, base=0.5, came=True
    )

    shown = page.get("/contacts/report/?from=2026-03-02&to=2026-03-15").content.decode()

    assert "04 March 2026: 1" in shown
    assert "1 × 45 min by hand" in shown
    assert "Answers in time" in shown
    assert "It is no proof that looking helps" in shown


def test_a_wrong_range_is_told_and_the_usual_shown(page: Client) -> None:
    answer = page.get("/contacts/report/?from=soon")

    assert answer.status_code == 400
    assert "Give two days" in answer.content.decode()


def test_much_takes_as_many_queries_as_nothing(contact: Contact, rep: User, django_assert_num_queries: Any) -> None:
    for day in range(8):
        persona(contact, NOON + timedelta(days=day))
        closed(contact, "won")
    other = User.objects.get(pk=rep.pk)

    with django_assert_num_queries(11):
        report(other, SPAN)
