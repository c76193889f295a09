"""People who are not to be known here: whom we were asked to forget, and whom never to collect.

No name, address or profile is in the list, only keyed digests of them (`enrichment/people/digests.py`).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from enrichment.models.companies import Company
from enrichment.models.fields import EncryptedJsonField
from salesintel.audit.watched import Watched, WatchedQuerySet


class DigestKey(models.Model):
    """The secret of the digests: one row, encrypted with the key ring of the credentials, so that it survives those.

    Never changed: with another one nobody on the list would be recognised, nor would anybody's id be the same.
    """

    ONLY = 1

    secret = EncryptedJsonField(help_text="32 random bytes in hex; encrypted.")

    class Meta:
        verbose_name = "key of the digests"
        verbose_name_plural = "key of the digests"

    def __str__(self) -> str:
        return "key of the digests"


class OptOut(Watched):
    """One mark by which somebody is recognised who is not to be collected."""

    class Kind(models.TextChoices):
        EMAIL = "email", "mail address"
        PROFILE = "profile", "address of a profile"
        NAME = "name", "name, at one company"

    class Why(models.TextChoices):
        ASKED = "asked", "opted out"
        ERASED = "erased", "was erased"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    digest = models.CharField(max_length=64, help_text="Keyed digest of the mark.")
    scope = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest of the company that a name belongs to; blank for the others."
    )
    words = models.PositiveSmallIntegerField(default=0, help_text="How many words a name has.")
    why = models.CharField(max_length=10, choices=Why.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        verbose_name = "opt-out"
        verbose_name_plural = "opt-outs"
        permissions = [("erase_person", "Can erase people, and keep them from being collected")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest", "scope"], name="one_opt_out_per_mark"),
            models.CheckConstraint(condition=Q(kind="name") ^ Q(scope=""), name="opt_out_of_a_name_has_a_company"),
        ]
        indexes = [models.Index(fields=["scope"], condition=~Q(scope=""), name="opt_out_of_company")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_why_display()}"


class Erasure(Watched):
    """That somebody was erased, by whom and when: the line that stays, without anything of theirs."""

    person = models.CharField(max_length=60, blank=True, help_text="The API's id of the person; blank: nobody known.")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    identifiers = EncryptedJsonField(
        blank=True, help_text="What names them, encrypted, to search by; emptied when the erasure is done."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )
    began = models.DateTimeField()
    finished = models.DateTimeField(null=True, blank=True, help_text="Blank: under way; the watchdog goes on with it.")
    counts = models.JSONField(default=dict, help_text="Rows that were purged or redacted, by table.")

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-began", "-pk"]
        indexes = [models.Index(fields=["began"], condition=Q(finished=None), name="erasure_under_way")]

    def __str__(self) -> str:
        return f"{self.person or 'somebody who opted out'} {'erased' if self.finished else 'being erased'}"
