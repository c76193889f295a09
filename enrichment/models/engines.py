"""Rules of who writes analyses, and of the words they are asked with."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.fields import EncryptedJsonField, UsdField, trimmed
from enrichment.models.rule import Rule


class AnalysisEngine(Rule):
    """A model that writes analyses; tried by priority, the built-in one last."""

    class Kind(models.TextChoices):
        BUILTIN = "builtin", "built in (no key, no network)"
        ANTHROPIC = "anthropic", "Anthropic"

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    base_url = models.CharField(max_length=200, blank=True, help_text="Blank for the vendor's own address.")
    credentials = EncryptedJsonField(blank=True, default=dict, help_text='Encrypted at rest: {"api_key": "…"}.')
    model = models.CharField(max_length=80, blank=True, help_text="Say claude-haiku-5-5.")
    priority = models.PositiveSmallIntegerField(default=5, help_text="1 is tried first.")
    price_in = UsdField(null=True, blank=True, help_text="USD per million tokens read; blank if unknown.")
    price_out = UsdField(null=True, blank=True, help_text="USD per million tokens written; blank if unknown.")
    price_cached = UsdField(
        null=True, blank=True, help_text="USD per million tokens read from cache; blank if unknown."
    )
    max_tokens = models.PositiveIntegerField(default=8000, help_text="Most tokens one answer may have.")
    timeout = models.DurationField(default=timedelta(seconds=60), help_text="Longest time one answer may take.")
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords(excluded_fields=["credentials"])

    class Meta:
        ordering = ["priority", "slug"]

    def __str__(self) -> str:
        return self.slug

    def secrets(self) -> dict[str, str]:
        """The credentials to use: the row's, else the environment's."""
        found = trimmed(self.credentials or settings.CREDENTIALS.get(self.kind, {}))
        return {name: value for name, value in found.items() if value}

    @property
    def is_ready(self) -> bool:
        """Whether it could answer: it needs no key, or has one."""
        return self.enabled and (self.kind == self.Kind.BUILTIN or bool(self.secrets()))


class PromptVersion(Rule):
    """One wording of a prompt; at most one per purpose is active."""

    purpose = models.SlugField(help_text="Say customer_intelligence.")
    version = models.PositiveIntegerField(default=1)
    text = models.TextField(help_text="The instructions. Evidence is added by the program, fenced and labelled.")
    active = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="one_text_per_purpose_and_version"),
            models.UniqueConstraint(fields=["purpose"], condition=Q(active=True), name="one_active_prompt_per_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"
