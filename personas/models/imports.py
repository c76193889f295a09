"""Files of records: what was sent, how it is read, what became of each row, and how to take it back."""

from typing import ClassVar

from django.db import models

from enrichment.models.fields import EncryptedJsonField
from personas.models.contacts import Contact
from personas.models.fields import SealedTextField
from personas.models.owned import Owned


class Import(Owned):
    """One file. Its rows are in its pieces, until they are deleted; what it did is in its changes."""

    is_private: ClassVar[bool] = True

    class Kind(models.TextChoices):
        CONTACTS = "contacts", "contacts"
        INTERACTIONS = "interactions", "interactions"
        DEALS = "deals", "deals"
        MAILBOX = "mailbox", "mailbox"

    class Status(models.TextChoices):
        CHECKING = "checking", "being checked"
        READY = "ready", "checked"
        RUNNING = "running", "running"
        DONE = "done", "done"
        CANCELLED = "cancelled", "cancelled"
        FAILED = "failed", "failed"
        UNDOING = "undoing", "being taken back"
        UNDONE = "undone", "taken back"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKING)
    name = SealedTextField(blank=True, default="", help_text="Of the file; encrypted at rest.")
    size = models.PositiveBigIntegerField(help_text="Bytes of the file.")
    source = models.SlugField(default="file", help_text="The system whose ids its rows carry, say hubspot.")
    read_as = models.JSONField(default=dict, help_text="What was guessed: encoding, delimiter, sheet.")
    header = EncryptedJsonField(blank=True, default=list, help_text="Names of its columns; encrypted at rest.")
    columns = models.JSONField(default=dict, help_text="Field → places of its columns.")
    scores = models.JSONField(default=dict, help_text="Place → how sure the guess of its field is.")
    orders = models.JSONField(default=dict, help_text="Place → dmy or mdy as its dates show; null where they do not.")
    options = EncryptedJsonField(blank=True, default=dict, help_text="What a person said of it; encrypted at rest.")
    found = EncryptedJsonField(
        blank=True, default=dict, help_text="Of a mailbox: who is no contact; encrypted at rest."
    )
    rows = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0, help_text="The piece that is next.")
    counts = models.JSONField(default=dict, help_text="Outcome → rows, of the check or the run that was last.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Starts of the piece that is next.")
    error = models.CharField(max_length=300, blank=True, help_text="Why it failed.")
    moved = models.DateTimeField(auto_now_add=True, help_text="When it last went on.")
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)
    file_gone = models.DateTimeField(null=True, blank=True, help_text="When its rows were deleted here.")

    class Meta:
        ordering = ["-created", "-pk"]
        indexes = [
            models.Index(fields=["owner", "-created"], name="import_of_owner"),
            models.Index(fields=["status", "moved"], name="import_by_status"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class _OfImport(models.Model):
    """A row that goes with its import."""

    parent = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class ImportPiece(_OfImport):
    """Up to 500 rows of a file, packed."""

    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField(help_text="Rows in it.")
    body = SealedTextField(help_text="Rows with their numbers; encrypted at rest.")
    keys = EncryptedJsonField(blank=True, default=list, help_text="What each row is known by, as digests.")

    class Meta:
        ordering = ["parent", "number"]
        constraints = [models.UniqueConstraint(fields=["parent", "number"], name="one_piece_per_number")]

    def __str__(self) -> str:
        return f"piece {self.pk}"


class ImportFault(_OfImport):
    """A row that is not taken, and why."""

    row = models.PositiveIntegerField(help_text="Its line in the file; the first is 1.")
    piece = models.PositiveIntegerField()
    place = models.PositiveIntegerField(help_text="Among the rows of its piece, from 0.")
    is_repeat = models.BooleanField(default=False, help_text="Only says what an earlier row says.")
    faults = EncryptedJsonField(help_text="Column, value and what is wrong, of each; encrypted at rest.")

    class Meta:
        ordering = ["parent", "row"]
        constraints = [models.UniqueConstraint(fields=["parent", "row"], name="one_fault_per_row")]

    def __str__(self) -> str:
        return f"fault {self.pk}"


class ImportChange(_OfImport):
    """What an import did to one record. Goes with the contact that it is about."""

    class What(models.TextChoices):
        CONTACT = "contact", "contact"
        INTERACTION = "interaction", "interaction"
        DEAL = "deal", "deal"
        FILE = "file", "file"

    what = models.CharField(max_length=11, choices=What.choices)
    record = models.UUIDField()
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    is_new = models.BooleanField()
    before = EncryptedJsonField(blank=True, default=dict, help_text="What its columns held; encrypted at rest.")
    after = EncryptedJsonField(blank=True, default=dict, help_text="What they were set to; encrypted at rest.")
    added = models.JSONField(blank=True, default=list, help_text="Ids of the stages and parties that a deal got by it.")
    kept = models.CharField(max_length=120, blank=True, help_text="Why undoing the import left it as it is.")

    class Meta:
        ordering = ["parent", "pk"]
        indexes = [models.Index(fields=["parent", "what", "record"], name="change_of_import")]

    def __str__(self) -> str:
        return f"change {self.pk}"


class ImportPreset(Owned):
    """How somebody reads their files: kept under a name, and offered for the next one."""

    about: ClassVar[str] = ""
    is_private: ClassVar[bool] = True

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Import.Kind.choices)
    source = models.SlugField(default="file")
    columns = EncryptedJsonField(default=dict, help_text="Field → names of its columns; encrypted at rest.")
    options = EncryptedJsonField(blank=True, default=dict, help_text="Time zone, order of dates; encrypted at rest.")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "name"], name="one_preset_per_name")]

    def __str__(self) -> str:
        return f"preset {self.pk}"
