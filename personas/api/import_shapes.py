"""Bodies and answers of imports, as the OpenAPI document tells them."""

from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.importing.csvs import DELIMITERS
from personas.importing.dates import ORDERS
from personas.importing.decoding import ENCODINGS
from personas.importing.fields import PRESETS
from personas.importing.model import LARGEST, MOST_ROWS
from personas.importing.outcomes import COUNTED
from personas.importing.settings import Choice
from personas.models import Import
from salesintel.declared import Declared

COUNTS = {
    "new": "Rows that make, or made, a record.",
    "changed": "Rows that change one.",
    "unchanged": "Rows that say what is known.",
    "refused": "Rows that are wrong; see the errors.",
    "repeated": "Rows that say what an earlier row of the file says.",
    "suppressed": "Rows about people who were erased from your records.",
    "undone": "Changes that were taken back.",
    "kept": "Changes that were not taken back, for somebody changed the record since.",
}


class ImportFileIn(Input):
    """A form with a file."""

    file = serializers.FileField(
        help_text=f"CSV or XLSX of up to {MOST_ROWS:,} rows, or a mailbox (mbox, eml, a zip of eml); {LARGEST:,} bytes."
    )
    kind = serializers.ChoiceField(
        Import.Kind.values, required=False, help_text="What stands in it; not needed for a mailbox."
    )
    preset = serializers.CharField(
        max_length=80,
        required=False,
        allow_blank=True,
        help_text=f"Whose export it is ({', '.join(PRESETS)}), or the name of a preset of yours; guessed without.",
    )
    encoding = serializers.ChoiceField(ENCODINGS, required=False, help_text="Of a CSV file; guessed without.")
    delimiter = serializers.ChoiceField(sorted(DELIMITERS), required=False, help_text="Of a CSV file; guessed without.")


class ImportChoiceIn(Input):
    """How the file is read; what is not given stays as it is."""

    columns = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=250), max_length=10),
        required=False,
        help_text="Field → its columns, by name or number from 1, the first with anything in it counts; [] for none.",
    )
    dateOrder = serializers.ChoiceField(ORDERS, required=False, help_text="What 03/04 is: dmy or mdy.")
    timeZone = serializers.CharField(
        max_length=60, required=False, help_text="Of times without one; yours unless said."
    )
    ownAddresses = serializers.ListField(
        child=serializers.CharField(max_length=320),
        max_length=50,
        required=False,
        help_text="Of a mailbox: yours, by which it is told who wrote to whom.",
    )
    makeContacts = serializers.BooleanField(
        required=False, help_text="Of a mailbox: make contacts of all unknown people."
    )
    contactsToMake = serializers.ListField(
        child=serializers.CharField(max_length=320),
        max_length=5_000,
        required=False,
        help_text="Of a mailbox: make contacts of these alone.",
    )
    saveAs = serializers.CharField(
        max_length=80, required=False, allow_blank=True, help_text="Keep how it is read as a preset of that name."
    )

    def choice(self) -> Choice:
        given = self.validated_data
        return Choice(
            columns=given.get("columns"),
            date_order=given.get("dateOrder"),
            time_zone=given.get("timeZone"),
            own_addresses=given.get("ownAddresses"),
            make_contacts=given.get("contactsToMake", given.get("makeContacts")),
            save_as=given.get("saveAs", ""),
        )


class ImportCountsOut(Shape):
    """How many rows, by what becomes of them: of the check, then of the run."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField(help_text=COUNTS[name]) for name in (*COUNTED, "undone", "kept")}


class ImportBriefOut(Shape):
    id = serializers.UUIDField()
    kind = serializers.CharField(help_text=f"One of {', '.join(Import.Kind.values)}.")
    status = serializers.CharField(help_text=f"One of {', '.join(Import.Status.values)}.")
    fileName = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    progress = serializers.IntegerField(help_text="Per cent.")
    counts = ImportCountsOut()
    createdAt = serializers.DateTimeField()
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="Why it failed or ended.")


class ImportsOut(Shape):
    results = ImportBriefOut(many=True, help_text="Newest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ImportColumnOut(Shape):
    name = serializers.CharField()
    field = serializers.CharField(allow_null=True, help_text="Null: it is not read.")
    score = serializers.FloatField(allow_null=True, help_text="How sure the guess was, 0 to 1.")


class ImportFieldOut(Shape):
    name = serializers.CharField()
    label: Declared = serializers.CharField()


class ImportOptionsOut(Shape):
    dateOrder = serializers.CharField(allow_null=True)
    timeZone = serializers.CharField(allow_null=True)
    ownAddresses = serializers.ListField(child=serializers.CharField())
    makeContacts = serializers.JSONField(help_text="true for all, false for none, or their addresses.")


class CellErrorOut(Shape):
    column = serializers.CharField(allow_blank=True, help_text="Empty: the row as a whole.")
    value = serializers.CharField(allow_blank=True)
    message = serializers.CharField(help_text="What is wrong, and what to write instead.")


class ImportRowOut(Shape):
    row = serializers.IntegerField(help_text="Its line in the file; the first is 1.")
    values = serializers.DictField(child=serializers.CharField(), help_text="Field → value, as it would be read.")
    errors: Declared = CellErrorOut(many=True)


class UnknownPersonOut(Shape):
    email = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    sent = serializers.IntegerField(help_text="Mails of yours to them.")
    received = serializers.IntegerField(help_text="Mails of theirs.")


class MailsLeftOutOut(Shape):
    lists = serializers.IntegerField(help_text="Of mailing lists.")
    strangers = serializers.IntegerField(help_text="With nobody who is a contact.")


class ImportOut(ImportBriefOut):
    """A file: how it is read, what would become of its rows, then how far it is."""

    source: Declared = serializers.CharField(help_text="The system whose ids its rows carry.")
    readAs = serializers.DictField(child=serializers.CharField(), help_text="What was guessed: encoding, delimiter, …")
    questions = serializers.ListField(child=serializers.CharField(), help_text="To be answered before it is started.")
    columns = ImportColumnOut(many=True)
    fields: Declared = ImportFieldOut(many=True, help_text="What a column may be.")
    options = ImportOptionsOut()
    presets = serializers.ListField(child=serializers.CharField())
    preview = ImportRowOut(many=True, help_text="The first 20 rows.")
    unknownPeople = UnknownPersonOut(many=True, help_text="Of a mailbox: who is no contact of yours.")
    mailsLeftOut = MailsLeftOutOut()
    contactsMade = serializers.IntegerField(help_text="Of a mailbox: contacts that it makes, or made.")
    canUndo = serializers.BooleanField()
    fileDeletedAt = serializers.DateTimeField(allow_null=True)


class ImportErrorOut(CellErrorOut):
    row = serializers.IntegerField()
    isRepeat = serializers.BooleanField(help_text="The row is right, but an earlier one says the same.")


class ImportErrorsOut(Shape):
    results = ImportErrorOut(many=True, help_text="By row.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
