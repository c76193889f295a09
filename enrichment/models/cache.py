"""What is kept so that it need not be paid for again, and who may fetch it now."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from enrichment.models.companies import Company
from enrichment.models.fields import SealedBytesField, UsdField
from salesintel.prepared import Gap


def usable(at: datetime | Gap, *, not_before: datetime | Gap | None = None, entry: str = "") -> Q:
    """Entries that may still be used at `at`: not expired, made of nothing that changed, fetched since `not_before`.

    `entry` leads to the entry where the query is of another table: "entry__".
    """
    kept = Q(**{f"{entry}expires_at__gt": at, f"{entry}stale_since__isnull": True})
    return kept if not_before is None else kept & Q(**{f"{entry}fetched_at__gte": not_before})


class CacheEntryQuerySet(models.QuerySet["CacheEntry"]):
    """Chains of entries."""

    def fresh(self, at: datetime | Gap) -> Self:
        """Entries that may still be used at `at`: not expired and made of nothing that changed."""
        return self.filter(usable(at))

    def since(self, not_before: datetime | Gap | None) -> Self:
        """Entries fetched at or after `not_before`; all of them for None."""
        return self if not_before is None else self.filter(fetched_at__gte=not_before)

    def go_stale(self, at: datetime) -> None:
        """Use these no more from `at` on, nor what was made from them, nor what was made from that."""
        wave = list(self.filter(stale_since=None).values_list("pk", flat=True))
        while wave:
            CacheEntry.objects.filter(pk__in=wave).update(stale_since=at)
            made = CacheEntry.objects.filter(made_from__on__in=wave, stale_since=None)
            wave = list(made.distinct().values_list("pk", flat=True))


class CacheEntry(models.Model):
    """One kept answer: a source's response (`SERP_NEWS_RAW`) or something derived from responses."""

    type = models.CharField(max_length=60)
    key = models.CharField(max_length=64, help_text="Digest of everything that the value depends on.")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    source = models.SlugField(blank=True, help_text="Empty for a derived answer.")
    origin = models.CharField(max_length=10)
    body = SealedBytesField(help_text="The bytes as they came; JSON for a derived answer.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the body.")
    is_empty = models.BooleanField(default=False, help_text="The source was asked and knows nothing.")
    paid = UsdField(default=0, help_text="USD really paid for it.")
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    stale_since = models.DateTimeField(null=True, blank=True, help_text="Something that it was made from changed then.")

    objects = CacheEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "cache entries"
        permissions = [
            ("expire_cacheentry", "Can have cache entries used no more"),
            ("warm_cacheentry", "Can fill the cache ahead, within a cap"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["type", "key"], name="one_entry_per_type_and_key"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="entry_paid_not_negative"),
        ]
        indexes = [models.Index(fields=["company", "origin", "source"])]

    def __str__(self) -> str:
        return f"{self.type} of {self.company_id}"


class CacheDependency(models.Model):
    """A derived entry was made from this response, when it had this content."""

    entry = models.ForeignKey(CacheEntry, on_delete=models.CASCADE, related_name="made_from")
    on = models.ForeignKey(CacheEntry, on_delete=models.CASCADE, related_name="used_in")
    digest = models.CharField(max_length=64, help_text="The content of `on` that was used.")

    class Meta:
        verbose_name_plural = "cache dependencies"
        constraints = [models.UniqueConstraint(fields=["entry", "on"], name="one_dependency_per_pair")]

    def __str__(self) -> str:
        return f"{self.entry_id} from {self.on_id}"


class Fill(models.Model):
    """The right to fetch one cache entry: one holder at a time, until its lease ends by database time."""

    key = models.CharField(max_length=160, unique=True, help_text="type:key of the entry.")
    token = models.PositiveBigIntegerField(default=1, help_text="Fence: moves with every new holder.")
    holder = models.UUIDField(null=True, blank=True, help_text="The ledger's line that fetches it, or did last.")
    lease_until = models.DateTimeField()
    data_epoch = models.PositiveIntegerField(default=0, help_text="The company's epoch when the fetch began.")

    def __str__(self) -> str:
        return self.key
