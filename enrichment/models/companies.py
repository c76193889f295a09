"""Who a company is: one canonical row, and every name and domain it was ever met by."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Replace

from salesintel.audit.watched import Watched, WatchedQuerySet


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: Any) -> Self:
        """All but those that only another's private records name; None is nobody."""
        own = Q(given_by=user.pk) if user is not None else Q(pk__in=[])
        return self.filter(Q(private=False) | own)


class Company(models.Model):
    """One company. Known by its registrable domain where that is known, else provisional."""

    name = models.CharField(max_length=200)
    domain = models.CharField(
        max_length=253,
        null=True,
        blank=True,
        help_text="Registrable domain in lower-case ASCII; blank while provisional.",
    )
    provisional_key = models.CharField(
        max_length=253,
        null=True,
        blank=True,
        unique=True,
        editable=False,
        help_text="Key of its name while nothing else is known, so that one name makes one provisional company.",
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="absorbed",
        help_text="Who it turned out to be.",
    )
    data_epoch = models.PositiveIntegerField(
        default=0, help_text="Moves on erasure and invalidation; an answer fetched under an older one is not kept."
    )
    unconfirmed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="One user alone gave its name and its domain together: to others it is a suggestion.",
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who gave them, while nothing confirms it.",
    )
    private = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Only that user's private records name it: others do not see it.",
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        permissions = [("merge_companies", "Can merge companies, and take them apart again")]
        constraints = [
            models.UniqueConstraint(
                fields=["domain"], condition=Q(merged_into__isnull=True), name="one_company_per_domain"
            ),
            models.CheckConstraint(
                condition=Q(provisional_key__isnull=True) | Q(domain__isnull=True, merged_into__isnull=True),
                name="company_provisional_or_known",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="company_not_its_own_successor"
            ),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | Q(unconfirmed=True), name="company_given_while_unconfirmed"
            ),
            models.CheckConstraint(
                condition=Q(private=False) | Q(unconfirmed=True), name="company_private_while_unconfirmed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """What names it for certain beside its name: its domain; `#17` while it has none that is confirmed.

        Whoever gives a name and a domain vouches for both, and who only chose among suggestions must not.
        """
        return self.domain if self.domain and not self.unconfirmed else f"#{self.pk}"

    def is_visible_to(self, user: Any) -> bool:
        """Whether `user`, or nobody (None), may know of it."""
        return not self.private or (user is not None and self.given_by_id == user.pk)

    @property
    def is_provisional(self) -> bool:
        """Whether its domain is still unknown."""
        return not self.domain


class CompanyAliasQuerySet(models.QuerySet["CompanyAlias"]):
    def unshared(self) -> Self:
        """Those that no other company bears, too."""
        others = CompanyAlias.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"))
        return self.filter(~Exists(others.exclude(company=OuterRef("company"))))


class CompanyAlias(models.Model):
    """A name, domain or ticker by which a company is found."""

    class Kind(models.TextChoices):
        NAME = "name", "name"
        DOMAIN = "domain", "domain"
        TICKER = "ticker", "ticker"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="aliases")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=253, help_text="As it was met.")
    key = models.CharField(max_length=253, help_text="Normalised: lower case, no accents, no legal form.")
    compact = models.GeneratedField(
        expression=Replace("key", Value(" "), Value("")),
        output_field=models.CharField(max_length=253),
        db_persist=True,
        help_text="The key without spaces.",
    )
    learned_from = models.CharField(max_length=60, blank=True, help_text="Who said so: a source, a person, the seed.")
    created = models.DateTimeField(auto_now_add=True)

    objects = CompanyAliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "company aliases"
        constraints = [models.UniqueConstraint(fields=["company", "kind", "key"], name="one_alias_per_company_and_key")]
        indexes = [
            models.Index(fields=["kind", "key"]),
            models.Index(fields=["kind", "compact"], name="alias_by_compact_key"),
        ]

    def __str__(self) -> str:
        return self.value


class CompanyMerge(Watched):
    """That one company turned out to be another, and which rows went over with it, so that it can be undone."""

    absorbed = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    learned_from = models.CharField(max_length=60, help_text="Who said so: a source, a person.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )
    reason = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="Why, in words.")
    moved = models.JSONField(default=dict, help_text="“app.model.field” → primary keys of the rows that went over.")
    was = models.JSONField(default=dict, help_text="Values of both companies before, by field.")
    created = models.DateTimeField(auto_now_add=True)
    undone = models.DateTimeField(null=True, blank=True, help_text="When the two were taken apart again.")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who."
    )

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.into_id}"
