"""Columns are told by their names, cells by what they mean; what is wrong is said with what to write instead."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.importing import dates, values
from personas.importing.dates import NoDate, evidence, moment
from personas.importing.fields import TABLES, fields_of
from personas.importing.guessing import columns_of, guesses, lacking, preset_of
from personas.importing.model import Parsed, Reading
from personas.importing.rows import RowReader
from personas.importing.values import NoValue

BERLIN = ZoneInfo("Europe/Berlin")


def read(kind: str, source: str = "file", **cells: str) -> Parsed:
    columns: dict[str, tuple[int, ...]] = {name: (place,) for place, name in enumerate(cells)}
    reading = Reading(kind=kind, columns=columns, header=list(cells), zone="Europe/Berlin", source=source)
    return RowReader(reading).read(2, list(cells.values()))


# What the exports of these systems have in their first line.
EXPORTS = {
    ("hubspot", "contacts"): {
        "Record ID": "externalId", "First Name": "firstName", "Last Name": "lastName", "Email": "email",
        "Phone Number": "phone", "Job Title": "title", "Company Name": "company", "Contact owner": "",
    },
    ("hubspot", "deals"): {
        "Record ID": "externalId", "Deal Name": "name", "Deal Stage": "stage", "Amount": "amount", "Deal owner": "",
        "Close Date": "closedAt", "Create Date": "openedAt", "Associated Contact IDs": "contactId",
    },
    ("salesforce", "interactions"): {
        "Id": "externalId", "WhoId": "contactId", "WhatId": "dealId", "Subject": "subject", "Status": "outcome",
        "ActivityDate": "occurredAt", "Description": "body", "TaskSubtype": "type", "CallType": "direction",
        "CallDurationInSeconds": "duration",
    },
    ("salesforce", "deals"): {
        "Id": "externalId", "Name": "name", "StageName": "stage", "Amount": "amount", "CloseDate": "closedAt",
        "IsWon": "status", "IsClosed": "", "CreatedDate": "openedAt",
    },
    ("pipedrive", "contacts"): {
        "Person - Name": "name", "Person - Organization": "company", "Person - Email - Work": "email",
        "Person - Phone - Work": "phone", "Person - ID": "externalId",
    },
    ("pipedrive", "deals"): {
        "Deal - ID": "externalId", "Deal - Title": "name", "Deal - Value": "amount", "Deal - Status": "status",
        "Deal - Currency of value": "currency", "Deal - Stage": "stage", "Deal - Deal created": "openedAt",
        "Deal - Won time": "closedAt", "Deal - Lost time": "closedAt", "Person - Email - Work": "contactEmail",
    },
    ("pipedrive", "interactions"): {
        "Activity - ID": "externalId", "Activity - Type": "type", "Activity - Subject": "subject",
        "Activity - Due date": "occurredAt", "Activity - Due time": "occurredTime", "Activity - Done": "outcome",
        "Person - Email - Work": "contactEmail",
    },
}  # fmt: skip


@pytest.mark.parametrize(("preset", "kind"), EXPORTS)
def test_exports_are_known_by_their_columns(preset: str, kind: str) -> None:
    header = list(EXPORTS[preset, kind])

    found = {header[guess.place]: guess.field for guess in guesses(kind, header, [], preset=preset)}

    assert preset_of(kind, header) == preset
    assert {name: found.get(name, "") for name in header} == EXPORTS[preset, kind]


def test_columns_in_other_languages_are_known() -> None:
    found = columns_of(guesses("contacts", ["Vorname", "Nachname", "E-Mail", "Firma", "Geburtstag"], []))

    assert found == {"firstName": [0], "lastName": [1], "email": [2], "company": [3]}


def test_a_guess_says_how_sure_it_is() -> None:
    found = {guess.field: guess.score for guess in guesses("contacts", ["Email", "Telephon", "x"], [])}

    assert found["email"] > found["phone"] > 0.6


def test_addresses_are_known_under_any_header() -> None:
    [found] = guesses("contacts", ["whatever"], [["dana@acme.com"], ["ola@acme.com"]])

    assert (found.field, found.score) == ("email", 0.6)


def test_what_is_lacking_is_said() -> None:
    assert lacking("interactions", {"occurredAt": [0]}) == [
        "Say which column is “Contact's e-mail” or “Contact's id”.",
    ]


def test_every_field_has_a_reader() -> None:
    for kind in TABLES:
        for field in fields_of(kind).values():
            assert field.kind in {*values.READERS, "moment", "time"}


# --- Dates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-03-04", "2026-03-04T12:00:00+01:00"),
        ("2026-03-04 09:30", "2026-03-04T09:30:00+01:00"),
        ("2026-07-04T09:30:05.123Z", "2026-07-04T09:30:05+00:00"),
        ("2026-03-04T09:30:00.000+0000", "2026-03-04T09:30:00+00:00"),
        ("04.03.2026 09:30 Uhr", "2026-03-04T09:30:00+01:00"),
        ("4 Mar 2026, 9:30 pm", "2026-03-04T21:30:00+01:00"),
        ("March 4th, 2026 12:05 AM", "2026-03-04T00:05:00+01:00"),
        ("4. März 2026", "2026-03-04T12:00:00+01:00"),
        ("Mar 4, 2026 at 9:30 AM", "2026-03-04T09:30:00+01:00"),
        ("4 de marzo de 2026", "2026-03-04T12:00:00+01:00"),
        ("46085", "2026-03-04T12:00:00+01:00"),
        ("1772616600000", "2026-03-04T09:30:00+00:00"),
    ],
)
def test_dates_are_read_in_any_common_form(text: str, told: str) -> None:
    assert moment(text, order="dmy", zone=BERLIN).isoformat() == told


def test_the_order_of_day_and_month_decides() -> None:
    assert moment("03/04/2026", order="dmy", zone=BERLIN).month == 4
    assert moment("03/04/2026", order="mdy", zone=BERLIN).month == 3
    with pytest.raises(NoDate, match="day or the month"):
        moment("03/04/2026", order="", zone=BERLIN)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2026", "25/04/2026"], "dmy"),
        (["03/04/2026", "04/25/2026 10:00"], "mdy"),
        (["03/04/2026", "05/06/2026"], None),
        (["25/04/2026", "04/25/2026"], None),
        (["03.04.2026", "2026-03-04"], ""),
    ],
)
def test_a_column_shows_the_order_or_a_person_must_say(cells: list[str], order: str | None) -> None:
    assert evidence(cells).order == order


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( \d{1,2}:\d{2})?", fullmatch=True))
def test_any_text_is_a_moment_or_is_refused(text: str) -> None:
    try:
        assert moment(text, order="dmy", zone=BERLIN).tzinfo is not None
    except NoDate:
        return


@settings(max_examples=60, deadline=None)
@given(st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2069-01-01")))
def test_what_is_written_as_iso_is_read_again(at: datetime) -> None:
    whole = at.replace(microsecond=0)

    assert moment(whole.isoformat(" "), order="", zone=ZoneInfo("UTC")) == whole.replace(tzinfo=UTC)


# --- Values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("1.234,50 €", "1234.50"), ("$1,234.50", "1234.50"), ("1 234,5", "1234.50"), ("12,000", "12000.00"),
     ("1.000.000", "1000000.00"), ("0.125", "0.12"), ("99.9", "99.90"), ("1'234.50", "1234.50")],
)  # fmt: skip
def test_amounts_are_read_however_thousands_are_parted(cell: str, amount: str) -> None:
    assert values.amount(cell) == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [("90", 90), ("00:12:30", 750), ("12:30", 750), ("12 min", 720), ("1 h 5 min", 3900), ("1.5 hours", 5400)],
)
def test_lengths_of_time_are_read(cell: str, seconds: int) -> None:
    assert values.seconds(cell) == seconds


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (values.email, "Dana Whitfield <dana@acme.com>", "dana@acme.com"),
        (values.count, "51-200", 51),
        (values.count, "1,000+", 1000),
        (values.domain, "https://www.Acme.com/about?x=1", "acme.com"),
        (values.zone, "Europe_slash_Berlin", "Europe/Berlin"),
        (values.currency, "US Dollar (USD)", "USD"),
        (values.identity, "4711.0", "4711"),
    ],
)
def test_values_are_taken_out_of_what_is_around_them(reader: Any, cell: str, value: object) -> None:
    assert reader(cell) == value


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(values.READERS)), st.text(min_size=1, max_size=40))
def test_any_cell_is_a_value_or_is_refused(kind: str, cell: str) -> None:
    try:
        values.READERS[kind](cell)
    except NoValue:
        return


# --- Rows ----------------------------------------------------------------------------------------------------------


def test_a_fault_names_the_column_the_value_and_the_way_out() -> None:
    [fault] = read("contacts", name="Dana", email="dana at acme").faults

    assert (fault.column, fault.value) == ("email", "dana at acme")
    assert "write dana@acme.com" in fault.words


def test_names_are_put_together() -> None:
    assert read("contacts", firstName="Dana", lastName="Whitfield").values == {"name": "Dana Whitfield"}


def test_a_mail_that_came_in_is_a_reply() -> None:
    found = read("interactions", contactEmail="d@a.com", occurredAt="2026-03-04", type="Email", direction="Incoming")

    assert found.values["type"] == "email_replied"


def test_the_time_of_day_stands_in_a_column_of_its_own() -> None:
    found = read("interactions", contactId="7", occurredAt="2026-03-04", occurredTime="9:30 pm")

    assert found.values["occurredAt"].isoformat() == "2026-03-04T21:30:00+01:00"


def test_a_length_counts_in_the_unit_of_its_header() -> None:
    reading = Reading(
        kind="interactions", columns={"contactId": (0,), "occurredAt": (1,), "duration": (2,)},
        header=["id", "when", "DurationInMinutes"],
    )  # fmt: skip

    assert RowReader(reading).read(2, ["7", "2026-03-04", "30"]).values["duration"] == 1800


def test_a_deal_that_is_open_has_no_end_and_one_that_is_won_has() -> None:
    opened = read("deals", name="Renewal", stage="Proposal", closedAt="2026-12-31")
    won = read("deals", name="Renewal", stage="Closed Won", closedAt="2026-03-31")
    lost = read("deals", name="Renewal", status="Lost")

    assert (opened.values["status"], "closedAt" in opened.values) == ("open", False)
    assert won.values["status"] == "won"
    assert "write when" in lost.faults[0].words


def test_rows_without_an_id_are_the_same_by_what_is_in_them() -> None:
    one, same, other = (
        read("interactions", contactEmail="d@a.com", occurredAt="2026-03-04", subject=subject)
        for subject in ("Offer", "offer", "Contract")
    )

    assert one.keys == same.keys != other.keys


@pytest.mark.parametrize("cell", ["=1+1", " =cmd|'/c calc'!A1"])
def test_a_formula_is_a_fault_of_its_row_that_says_what_to_write(cell: str) -> None:
    [fault] = read("contacts", name=cell, email="c23@acme.com").faults

    assert (fault.column, fault.value) == ("name", cell.strip())
    assert "write its value" in fault.words


def test_a_line_of_equal_signs_is_no_formula() -> None:
    found = read("interactions", contactEmail="d@a.com", occurredAt="2026-03-04", body="===== Notes\nKept.")

    assert found.faults == ()


def test_our_own_apostrophe_before_a_formula_is_taken_off() -> None:
    assert read("contacts", name="'=cmd", phone="'+49 30 123456").values == {"name": "=cmd", "phone": "+49 30 123456"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TABLES), st.data())
def test_any_row_is_read_or_has_faults(kind: str, data: st.DataObject) -> None:
    names = sorted(fields_of(kind))
    cells = data.draw(st.lists(st.text(max_size=20), min_size=len(names), max_size=len(names)))

    found = read(kind, **dict(zip(names, cells, strict=True)))

    assert bool(found.faults) != bool(found.keys)


def test_clock_of_refuses_what_is_none() -> None:
    with pytest.raises(NoDate):
        dates.clock_of("25:99")
