"""S10, S14, S15, S16 for what people keep of their contacts: exports, erasures with work under way, where it is from.

Each contact has a word of its own in everything that is said of it. Where that is, is looked up in every column of
every table, as the models read it (much is encrypted) and as the database has it, not by the registry that is on trial.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import product
from threading import Thread
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from personas import judging, records
from personas.generating.making import make
from personas.importing import steering
from personas.importing.intake import Upload
from personas.importing.working import work
from personas.keeping import attend
from personas.models import Contact, Import, Interaction
from personas.privacy import erasing, export, uploads
from personas.records import ContactGiven, DealGiven, FileGiven, InteractionGiven, Party, Refused
from salesintel.accounts.models import User
from salesintel.privacy import registry
from tests.personas.importing.files import finished, table
from tests.reliability import persons
from tests.reliability.audit import Verdict

AT_ONCE = 10
WORD = re.compile(r"xq\d{6}zw")
OF_FILES = {"personas.Import", "personas.ImportPiece", "personas.ImportFault"}  # go whole, in a week or with an erasure
RUNS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula
CALLS = ("1+1", "SUM(A1:A9)", 'HYPERLINK("http://evil.example","x")', "cmd|' /C calc'!A0", "A1", "IMPORTXML(A1,B1)")
Place = tuple[str, str, str]  # table, column, row


def word(number: int) -> str:
    return f"Xq{number:06}zw"


# --- What there is ----------------------------------------------------------------------------------------------------


def places() -> dict[str, set[Place]]:
    """Word → where it is, in whatever table, as the models read it."""
    found: dict[str, set[Place]] = defaultdict(set)
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for row in model._base_manager.values():
                for column, value in row.items():
                    for each in _words(value):
                        found[each].add((model._meta.label, column, str(row[model._meta.pk.name])))
    return found


def raw_places() -> dict[str, set[Place]]:
    """The same, as the database has it: also of tables that no model knows."""
    found: dict[str, set[Place]] = defaultdict(set)
    for name, row in persons.rows():
        for column, value in row.items():
            for each in _words(value):
                found[each].add((name, column, str(row.get("id", ""))))
    return found


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    return WORD.findall(str(value).casefold())


def planted(owner: User, number: int) -> Contact:
    """A contact with its word in every column that people or programs fill, and in what is made of those."""
    mark = word(number)
    contact = records.save_contact(
        owner=owner,
        given=ContactGiven(
            name=f"Dana {mark}", email=f"{mark}@acmecorp.com", title=f"CISO {mark}", phone=mark,
            company_name=f"Acme {mark}", external_source="hubspot", external_id=mark, came_by="api",
        ),
    ).row  # fmt: skip
    file = records.save_file(owner=owner, given=FileGiven(contact=contact, name=f"{mark}.pdf", text=mark)).row
    party = Party(contact=contact, role=f"decider {mark}"[:60])
    deal = records.save_deal(owner=owner, given=DealGiven(name=f"Renewal {mark}", stage="talks", parties=(party,))).row
    now = timezone.now()
    records.save_interactions(
        owner=owner,
        given=[
            InteractionGiven(
                contact=contact, type="email_replied", direction="in", occurred_at=now - timedelta(days=day),
                subject=mark, body=f"The price is too high for {mark}.", deal=deal, file=file,
                external_source="hubspot", external_id=f"{mark}-{day}",
            )
            for day in range(1, 7)
        ],
    )  # fmt: skip
    persona = make(contact, method="rag")
    assert persona is not None
    judging.rate(persona, by=owner, stars=4, text=f"{mark} is right.")
    return contact


# --- S14 --------------------------------------------------------------------------------------------------------------


def exports(owner: User, count: int) -> Verdict:
    """Export `count` contacts, and compare with every place at which their words are."""
    people = [planted(owner, number) for number in range(count)]
    _send(owner, _people(range(count)))  # changes nothing; its file goes whole, and belongs to nobody alone
    there, found, parts, columns = places(), [], 0, set()
    for number, contact in enumerate(people):
        held = _exported(contact)
        parts += len(held)
        for place in sorted(there[word(number).casefold()]):
            columns.add(place[:2])
            if place[0] not in OF_FILES and place not in held:
                found.append(f"{place[0]}.{place[1]} names somebody whose export does not have it")
    return Verdict(
        id="S14, contacts", trials=count, violations=tuple(found),
        worst=f"{parts} parts exported, {len(columns)} columns had their words",
    )  # fmt: skip


def _exported(contact: Contact) -> set[Place]:
    """Every column with the contact's words in what is handed out."""
    return {
        (part.table, column, str(row["id"]))
        for part in export.everything_on(contact)
        for row in part.rows
        for column, value in row.items()
        if any(_words(value))
    }


# --- S15 --------------------------------------------------------------------------------------------------------------


def erasures(owner: User, count: int) -> Verdict:
    """Erase `count` contacts while a file that names them is written, personas are made and words get vectors.

    Then every column is searched; and the file is sent again, from which nobody may come back.
    """
    found: list[str] = []
    back = 0
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        people = [planted(owner, number) for number in numbers]
        erase_meanwhile(owner, people, numbers)
        found += left(numbers, "after the erasure")
        again = _send(owner, _people(numbers))
        back += Contact.objects.filter(owner=owner).count()
        uploads.delete_file(again, "The trial is over.")
        found += left(numbers, "after the file was sent again")
    worst = f"{len(found)} places left, {back} came back with the same file"
    found += [f"{back} came back"] if back else []
    return Verdict(id="S15, contacts", trials=count, violations=tuple(found), worst=worst)


def erase_meanwhile(owner: User, people: Sequence[Contact], numbers: Iterable[int]) -> None:
    row = steering.start(steering.upload(Upload(raw=_people(numbers), name="p.csv", kind="contacts"), user=owner))
    worker = Thread(target=_busy, args=[owner, row, people])
    worker.start()
    for contact in people:
        erasing.erase(contact, by=owner)
    worker.join(60)
    attend(seconds=0.2)
    finished(row)


def _busy(owner: User, row: Import, people: Sequence[Contact]) -> None:
    """What workers do at the same time, with contacts that they hold already."""
    try:
        work(row.pk, seconds=5)
        for contact in people:
            make(contact, method="rag")
            mark = contact.external_id
            late = InteractionGiven(contact=contact, type="note", occurred_at=timezone.now(), body=f"Late: {mark}")
            try:
                records.save_interaction(owner=owner, given=late)
            except Refused:
                continue
        attend(seconds=0.2)
    finally:
        connection.close()


def left(numbers: Iterable[int], when: str) -> list[str]:
    mine = {word(number).casefold() for number in numbers}
    there = [place for found in (places(), raw_places()) for each in mine for place in found.get(each, ())]
    return [f"{table_}.{column} still names somebody {when}" for table_, column, _ in sorted(there)]


# --- S16 --------------------------------------------------------------------------------------------------------------


def provenance(owner: User, count: int) -> Verdict:
    """Of every field of contacts by hand and by files: why, from where; then file after file is taken back."""
    for number in range(count):
        planted(owner, number)
    numbers = range(count, 2 * count)
    rows = [_send(owner, _people(numbers)), _send(owner, _mails(numbers), kind="interactions")]
    there = places()
    fields = sorted({place for found in there.values() for place in found if place[0] not in OF_FILES})
    found = _unexplained(fields) + [
        f"contact {contact.pk} does not say where it is from"
        for contact in Contact.objects.filter(owner=owner)
        if not (contact.came_by and contact.external_source)
    ]
    for row in reversed(rows):
        steering.undo(row)
        uploads.delete_file(finished(row), "The trial is over.")
    found += left(numbers, "after its files were taken back")
    after = places()
    own = [word(number).casefold() for number in range(count)]
    found += [f"what was given by hand of {each} went with a file" for each in own if after[each] != there[each]]
    worst = f"{len(rows)} files taken back one by one, {count} contacts by hand unharmed"
    return Verdict(id="S16, contacts", trials=len(fields), violations=tuple(found), worst=worst)


def _unexplained(fields: Iterable[Place]) -> list[str]:
    """Columns with words of a contact's of which the registry does not say why they are held, and where from."""
    said = {
        (row.model, row.field)
        for row in registry.REGISTRY
        if row.whose is registry.Whose.CONTACT and all((row.purpose, row.source, row.basis, row.keep, row.on_erasure))
    }
    return [f"{name}.{column} has no source" for name, column, _ in fields if (name, column) not in said]


# --- S10 --------------------------------------------------------------------------------------------------------------


def formulas(owner: User, ask: Any, count: int) -> Verdict:
    """`count` cells that a spreadsheet would run, in a file whose rows are refused and in what personas are made of."""
    evil = [f"{sign}{words}{n}" for n, (sign, words) in zip(range(count), _endless(), strict=False)]
    rows = [[each, each, each] for each in evil]  # no address is in them: each row is to be mended
    row = _send(owner, table(["=Name", "Email", "+Job title"], *rows))
    sheets = {"rows to mend": ask("GET", f"imports/{row.pk}/errors.csv").getvalue()}
    for each in evil[: max(count // 10, 1)]:
        contact = Contact.objects.create(owner=owner, name=each, title=each, company_name=each)
        mine = {"owner": owner, "contact": contact, "type": "email_replied", "direction": "in", "words": 9}
        Interaction.objects.bulk_create(
            Interaction(
                **mine, body=f"{each}. The price is too high.", occurred_at=timezone.now() - timedelta(days=day)
            )
            for day in range(6)
        )
        for method in ("basic", "rag"):
            persona = make(contact, method=method)
            assert persona is not None
            sheets[str(persona.pk)] = ask("GET", f"personas/{persona.pk}/export", format="csv").content
    cells = [(name, cell) for name, raw in sheets.items() for line in _sheet(raw) for cell in line]
    found = [f"a cell of {name} begins with {cell[:1]!r}" for name, cell in cells if cell.startswith(RUNS)]
    if sum(len(_sheet(raw)) for raw in sheets.values()) < count:
        found.append("fewer rows came than were sent")
    return Verdict(
        id="S10, contacts", trials=count, violations=tuple(found), worst=f"{len(cells)} cells, {len(sheets)} tables"
    )


def _endless() -> Iterable[tuple[str, str]]:
    while True:
        yield from product(RUNS, CALLS)


def _sheet(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


# --- Files ------------------------------------------------------------------------------------------------------------


def _people(numbers: Iterable[int]) -> bytes:
    marks = [word(number) for number in numbers]
    rows = [[each, f"Dana {each}", f"{each}@acmecorp.com", f"CISO {each}", f"Acme {each}"] for each in marks]
    return table(["ID", "Name", "Email", "Job title", "Company"], *rows)


def _mails(numbers: Iterable[int]) -> bytes:
    marks = [word(number) for number in numbers]
    rows = [[f"{each}@acmecorp.com", "Email", "2026-03-04 10:00", each, f"We spoke of {each}."] for each in marks]
    return table(["Contact email", "Type", "Date", "Subject", "Notes"], *rows)


def _send(owner: User, raw: bytes, kind: str = "contacts") -> Import:
    row = finished(steering.upload(Upload(raw=raw, name="p.csv", kind=kind), user=owner))
    return finished(steering.start(row)) if row.counts.get("new") or row.counts.get("suppressed") else row
