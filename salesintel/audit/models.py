"""The log's tables: entries, and the chain that seals them. Nothing here is ever changed; the database refuses, too.

Entries are written in their change's own transaction and do not wait for each other. The chain is made afterwards, by
whoever seals (`chain.py`): so writers never stand in line for its end.
"""

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone


class AppendOnly(RuntimeError):
    """Somebody tried to change or delete what may only be added."""


class AppendOnlyQuerySet(models.QuerySet["Any"]):
    """Reads and adds."""

    def update(self, **values: Any) -> NoReturn:
        raise AppendOnly(f"{self.model._meta.label} is append-only: nothing in it is changed.")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{self.model._meta.label} is append-only: nothing in it is changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model._meta.label} is append-only; what is too old goes by `manage.py prune_audit`.")


class AppendOnlyModel(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(f"{self._meta.label} is append-only: nothing in it is changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{self._meta.label} is append-only; what is too old goes by `manage.py prune_audit`.")


class Entry(AppendOnlyModel):
    """One change of one row, or one thing done. Whoever did it is an id: accounts go, the log stays."""

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    actor = models.BigIntegerField(null=True, help_text="The person's id; empty where nobody stands behind it.")
    key_prefix = models.CharField(max_length=12, blank=True, help_text="The prefix of the API key that was presented.")
    via = models.CharField(max_length=10, help_text="page, api, admin, worker or command.")
    action = models.CharField(max_length=40, help_text="What was done: create, update, delete, cancel, …")
    model = models.CharField(max_length=80, help_text="The table, as app.Model.")
    object_id = models.CharField(max_length=64, blank=True, help_text="The row's id.")
    fields = models.JSONField(default=list, help_text="Names of what changed; never a value.")
    counts = models.JSONField(default=dict, help_text="How many, by word.")
    request_id = models.CharField(max_length=64, blank=True, help_text="The request, as X-Request-ID named it.")
    run = models.CharField(max_length=36, blank=True, help_text="The run in which it was done.")

    class Meta:
        ordering = ["-pk"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        indexes = [
            models.Index(fields=["model", "object_id"], name="audit_entry_of"),
            models.Index(fields=["actor", "at"], name="audit_entry_by"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.model} {self.object_id}".rstrip()


class Seal(AppendOnlyModel):
    """A place in the chain. Seals are numbered without gaps; each covers one entry and the seal before it."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True, help_text="The entry's id.")
    content = models.CharField(max_length=64, help_text="SHA-256 of the entry.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the seal before, the number and the content.")

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"


class Cut(AppendOnlyModel):
    """Where the chain begins, since what was before was old enough to go. Only up to here may anything be deleted."""

    number = models.BigIntegerField(unique=True, help_text="The last seal that went.")
    digest = models.CharField(max_length=64, help_text="Its digest, which the next seal goes on from.")
    at = models.DateTimeField(default=timezone.now)
    entries = models.BigIntegerField(default=0, db_default=0, help_text="How many entries went.")
    kept = models.BigIntegerField(default=0, db_default=0, help_text="How long entries were kept then, in seconds.")

    def __str__(self) -> str:
        return f"up to {self.number}"


class Head(models.Model):
    """Where the chain ends: one row, locked by whoever seals, and signed (`signing.py`)."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    settled = models.BigIntegerField(default=0, help_text="No entry up to this id is still to be sealed.")
    begins = models.BigIntegerField(default=0, db_default=0, help_text="The last seal that was cut off.")
    signed = models.BigIntegerField(default=0, db_default=0, help_text="The last seal when it was signed.")
    signed_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    signature = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="HMAC-SHA256 of these."
    )

    def __str__(self) -> str:
        return f"{self.number}: {self.digest}"
