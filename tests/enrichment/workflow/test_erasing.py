"""Whoever is erased is in no row any more, comes back with no answer, and takes nobody else along."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection

from enrichment.models import Company, Erasure, Evidence, Fact, Observation, Report, ResearchRequest, SourceCall
from enrichment.models.clock import database_now
from enrichment.people import known, optouts
from enrichment.people.known import Person
from enrichment.people.optouts import Marks
from enrichment.workflow import erasing, holding
from enrichment.workflow.mentions import Search
from tests import factories
from tests.enrichment.workflow.conftest import Desk

pytestmark = pytest.mark.once

TABLES_OF_DJANGO = ("sqlite_", "django_migrations")


def everything() -> Iterator[str]:
    """Every value of every table, as the database has it."""
    for table in connection.introspection.table_names():
        if not table.startswith(TABLES_OF_DJANGO):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                for row in cursor.fetchall():
                    yield from (_text(value) for value in row)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return json.dumps(value, default=str, ensure_ascii=False)


def rows_with(*words: str) -> int:
    return sum(any(word.casefold() in text.casefold() for word in words) for text in everything())


def somebody(desk: Desk) -> Person:
    """Somebody at Acme Corp whom a report names."""
    company = Company.objects.get(domain="acmecorp.com")
    return next(person for person in known.at(company) if rows_with(person.name) > 5)


def test_nothing_that_names_an_erased_person_is_left(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)

    done = erasing.erase(person)

    assert rows_with(person.name, *person.texts("profile_url")) == 0
    assert done.finished is not None
    assert known.find(person.id) is None


def test_others_and_what_was_paid_stay(desk: Desk) -> None:
    request = desk.research("Acme Corp")
    person = somebody(desk)
    others = {each.id for each in known.at(person.company)} - {person.id}
    spent, calls = request.spent, SourceCall.objects.count()

    erasing.erase(person)

    again = ResearchRequest.objects.get(pk=request.pk)
    assert {each.id for each in known.at(person.company)} == others
    assert (again.spent, again.report_id, SourceCall.objects.count()) == (spent, request.report_id, calls)


def test_a_report_keeps_its_shape(desk: Desk) -> None:
    request = desk.research("Acme Corp")
    before = Report.objects.get(pk=request.report_id)

    erasing.erase(somebody(desk))

    after = Report.objects.get(pk=request.report_id)
    assert factories.leaves(after.body)
    assert [where for where, _ in factories.leaves(after.body)] == [where for where, _ in factories.leaves(before.body)]
    assert after.statements == before.statements


def test_an_erased_person_does_not_come_back_with_fresh_answers(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)
    erasing.erase(person)

    desk.research("Acme Corp", refresh=True)

    assert rows_with(person.name) == 0
    assert known.at(person.company)


def test_what_was_left_out_is_counted(desk: Desk) -> None:
    first = desk.research("Acme Corp")
    before = dropped(first)
    erasing.erase(somebody(desk))

    second = desk.research("Acme Corp", refresh=True)

    assert dropped(second) > before


def dropped(request: ResearchRequest) -> int:
    assert request.run is not None
    return sum(
        event.data["dropped"] for event in request.run.events.filter(kind="source_update", data__has_key="dropped")
    )


def test_answers_without_the_erased_person_cost_nothing_again(desk: Desk) -> None:
    desk.research("Acme Corp")
    bought = len(desk.bought())

    erasing.erase(somebody(desk))
    desk.research("Acme Corp")

    assert len(desk.bought()) == bought


def test_a_namesake_at_another_company_stays(db: None, rules: None) -> None:
    acme, globex = factories.company(), factories.company("Globex", "globex.com")
    for company in (acme, globex):
        factories.observation(company, "key_contacts", value={"name": "Jane Doe", "title": "CFO"})
    [jane] = known.at(acme)

    erasing.erase(jane)

    assert [each.name for each in known.at(globex)] == ["Jane Doe"]


def test_a_mail_address_is_erased_in_what_belongs_to_others(db: None, rules: None) -> None:
    acme, globex = factories.company(), factories.company("Globex", "globex.com")
    value = {"name": "Jane Doe", "email": "jane.doe@acmecorp.com"}
    factories.observation(acme, "key_contacts", value=value)
    factories.observation(globex, "recent_news", value={"headline": "Write to Jane.Doe@acmecorp.com"})
    entry = factories.entry(globex, source="company_website", body=b"<a href='mailto:jane.doe@acmecorp.com'>")
    factories.evidence(globex, entry=entry, title="Contact", text="jane.doe@acmecorp.com " + "x" * 400)

    erasing.erase(known.at(acme)[0])

    assert rows_with("jane.doe@") == 0
    assert Evidence.objects.get(entry=entry).text.startswith("[erased] x")


@pytest.mark.parametrize("given", ["linkedin.com/in/jörg", "https://de.linkedin.com:443/in/J%C3%B6rg/"])
def test_a_profile_is_erased_in_what_belongs_to_others_however_it_is_written(db: None, rules: None, given: str) -> None:
    acme, globex = factories.company(), factories.company("Globex", "globex.com")
    factories.observation(acme, "key_contacts", value={"name": "Jörg Roe", "profile_url": given})
    spellings = [f"https://www.linkedin.com/in/{slug}" for slug in ("jörg", "Jo\u0308rg", "j%c3%b6rg", "JO%CC%88RG")]
    for at, url in enumerate(spellings):
        factories.entry(globex, source=f"serp_{at}", body=json.dumps({"link": url}).encode())
        news = factories.entry(globex, source=f"news_{at}")
        factories.observation(globex, "recent_news", value={"headline": url}, entry=news)

    erasing.erase(known.at(acme)[0])

    assert not Observation.objects.exists()
    assert rows_with('rg"') == 0


def test_a_part_of_anothers_profile_does_not_make_them_known_there(db: None, rules: None) -> None:
    globex = factories.company("Globex", "globex.com")
    factories.observation(globex, "key_contacts", value={"name": "Jane Roe", "profile_url": "linkedin.com/in/jane-roe"})

    [done] = erasing.opt_out(Marks(profiles=("linkedin.com/in/jane",)))

    assert done.company is None


def test_a_pinned_value_loses_the_person(db: None, rules: None, user) -> None:
    acme = factories.company()
    pinned = [{"name": "Jane Doe", "title": "CFO"}, {"name": "John Roe", "title": "CEO"}]
    acme.corrections.create(dataset="decision_makers", value=pinned, user=user, reason="Jane Doe told me.")
    factories.observation(acme, "key_contacts", value={"name": "John Roe"})
    jane = next(each for each in known.at(acme) if each.name == "Jane Doe")

    erasing.erase(jane)

    assert rows_with("Jane") == 0
    assert Fact.objects.get(company=acme, dataset="decision_makers").value == [{"name": "John Roe", "title": "CEO"}]


def test_what_nothing_bears_any_more_goes_too(db: None, rules: None) -> None:
    acme = factories.company()
    item = factories.evidence(acme, title="Jane Doe, CFO")
    said = factories.observation(acme, "company_overview", value="Acme makes traps.", entry=item.entry)
    said.evidence.add(item)
    factories.observation(acme, "key_contacts", value={"name": "Jane Doe"}, entry=item.entry)

    erasing.erase(known.at(acme)[0])

    assert not Observation.objects.exists()


def test_what_was_cut_off_is_gone_on_with(db: None, rules: None, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = factories.company()
    factories.observation(acme, "key_contacts", value={"name": "Jane Doe", "email": "jane@acmecorp.com"})
    [jane] = known.at(acme)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "forget", lambda search: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasing.erase(jane)
    assert rows_with("jane@") == 1

    assert erasing.resume() == 1

    assert rows_with("jane") == 0


def begun(name: str) -> Erasure:
    """An erasure that was cut off before it purged anything."""
    acme = Company.objects.filter(domain="acmecorp.com").first() or factories.company()
    entry = factories.entry(acme, body=name.encode())
    factories.observation(acme, "key_contacts", value={"name": name}, entry=entry)
    marks = Marks(names=(name,), companies=("acmecorp.com",))
    return Erasure.objects.create(company=acme, identifiers=json.dumps(asdict(marks)), began=database_now())


def test_one_that_cannot_be_read_stops_none_behind_it(db: None, rules: None, caplog: pytest.LogCaptureFixture) -> None:
    lost = begun("John Roe")
    begun("Jane Doe")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrichment_erasure SET identifiers = 'of a lost key' WHERE id = %s", [lost.pk])

    assert erasing.resume() == 1

    assert rows_with("Jane Doe") == 0
    assert Erasure.objects.filter(finished=None).values_list("pk", flat=True).get() == lost.pk
    [line] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert line.startswith(f"erasure {lost.pk} failed, and is tried again: ImproperlyConfigured at ")


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception, *, name: str) -> None:
    """Purging whoever has this name raises `error`."""
    forget = erasing.forget

    def refuse(search: Search) -> Any:
        if name in search.person.names:
            raise error
        return forget(search)

    monkeypatch.setattr(erasing, "forget", refuse)


def test_no_line_of_the_log_has_what_an_error_says(
    db: None, rules: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun("John Roe")
    failing(monkeypatch, ValueError("John Roe"), name="John Roe")

    assert erasing.resume() == 0

    assert "ValueError" in caplog.text
    assert "Roe" not in caplog.text


def test_a_lock_that_one_waits_for_in_vain_is_told_after_the_others(
    db: None, rules: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun("John Roe")
    begun("Jane Doe")
    failing(monkeypatch, OperationalError("database is locked"), name="John Roe")

    with pytest.raises(OperationalError):
        erasing.resume()

    assert rows_with("Jane Doe") == 0


def test_where_the_database_went_away_nothing_more_is_tried(
    db: None, rules: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun("John Roe")
    begun("Jane Doe")
    gone = InterfaceError("gone")
    gone.__cause__ = psycopg.OperationalError("gone")
    failing(monkeypatch, gone, name="John Roe")

    with pytest.raises(InterfaceError):
        erasing.resume()

    assert Erasure.objects.filter(finished=None).count() == 2


def test_while_older_runs_go_on_the_erasure_is_not_over(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)
    desk.ask("Acme Corp", refresh=True)

    begun = erasing.erase(person)

    assert begun.finished is None
    assert rows_with(person.name) == 0  # what it still has to search by is encrypted


def test_an_audit_line_stays_without_the_person(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)

    erasing.erase(person, by=desk.user)

    line = Erasure.objects.get()
    assert (line.person, line.by, line.identifiers) == (person.id, desk.user, {})
    assert line.counts["enrichment.Observation"] >= 1


def test_the_export_has_every_row_that_names_the_person(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)

    parts = holding.held(person)

    held = {(part["table"], part["column"]) for part in parts}
    assert {
        ("enrichment.Observation", "value"),
        ("enrichment.Report", "body"),
        ("enrichment.CacheEntry", "body"),
    } <= held
    assert all(part["source"] and part["at"] and part["purpose"] and part["lawfulBasis"] for part in parts)


def test_an_id_is_the_same_in_every_run_and_leads_to_the_person(desk: Desk) -> None:
    desk.research("Acme Corp")
    person = somebody(desk)
    desk.research("Acme Corp", refresh=True)

    again = known.find(person.id)

    assert again is not None
    assert again.name == person.name


@pytest.mark.parametrize(
    "nobody", ["", "1", "1-", "x-" + "0" * 32, "1-" + "0" * 32, "9" * 30 + "-" + "0" * 32, "²-" + "0" * 32]
)
def test_no_other_id_leads_to_anybody(db: None, nobody: str) -> None:
    assert known.find(nobody) is None


def test_who_opted_out_by_a_name_is_never_stored(desk: Desk) -> None:
    optouts.add(Marks(names=("Renata Oliveira",), companies=("acmecorp.com",)), why=optouts.Why.ASKED)

    desk.research("Acme Corp")

    assert rows_with("Renata", "Oliveira") == 0
    assert apps.get_model("enrichment.Fact").objects.filter(dataset="key_contacts").exists()
