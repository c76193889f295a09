"""Rules an admin edits: what can be known, where it can be had, who needs it, and what that may cost.

Planning never reads these rows itself; it reads the immutable rule set made from them (`enrichment.rules`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.fields import EncryptedJsonField, UsdField
from enrichment.models.rule import SHARE, Rule, share_constraint


class Dataset(Rule):
    """Something one may want to know of a company, say its technology stack."""

    class Kind(models.TextChoices):
        SCALAR = "scalar", "one value"
        LIST = "list", "a list of words"
        RECORDS = "records", "a list of records"

    slug = models.SlugField(unique=True, help_text="The name that code and the API use, say tech_stack.")
    label = models.CharField(max_length=80, help_text="What people read.")
    description = models.TextField(blank=True, help_text="What is in it.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SCALAR, help_text="Shape of its value.")
    group = models.CharField(max_length=40, blank=True, help_text="Heading under which it is shown.")
    quality_threshold = models.FloatField(
        default=0.8, validators=SHARE, help_text="Reliability that counts as good enough, 0 to 1."
    )
    half_life = models.DurationField(
        default=timedelta(days=30), help_text="Age at which a value counts half; days hours:minutes:seconds."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["group", "slug"]
        constraints = [share_constraint("quality_threshold", "dataset_threshold_is_a_share")]

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a provider is reached: its base URL, whether an operator chose that address, and what to show there."""

    base_url: str
    trusted: bool
    secrets: dict[str, str]


class Provider(Rule):
    """Whom we buy from: address, credentials, limits."""

    class InDoubt(models.TextChoices):
        CALL_AGAIN = "call_again", "call again (asking twice costs nothing)"
        NEXT_SOURCE = "next_source", "count it as spent and ask the next source"

    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    base_url = models.CharField(
        max_length=200,
        blank=True,
        help_text="Leave blank for the real service or the sandbox, as the settings say. May hold {host}.",
    )
    credentials = EncryptedJsonField(
        blank=True, default=dict, help_text='Encrypted at rest. JSON, say {"api_key": "…"}; wins over the environment.'
    )
    credential_names = models.JSONField(
        default=list,
        blank=True,
        help_text="Names that the credentials must hold; empty for a source that needs no key.",
    )
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="HTTP requests per minute over all processes; blank for no limit."
    )
    concurrency = models.PositiveIntegerField(default=8, help_text="Calls under way at once over all processes.")
    in_doubt = models.CharField(
        max_length=20,
        choices=InDoubt.choices,
        default=InDoubt.NEXT_SOURCE,
        help_text="What to do when we died between a paid call and its answer.",
    )
    terms_note = models.TextField(blank=True, help_text="What its terms allow, in a sentence.")
    enabled = models.BooleanField(default=True, help_text="Off stops running runs too, before their next call.")
    history = HistoricalRecords(excluded_fields=["credentials"])

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label

    def secrets(self) -> dict[str, str]:
        """The credentials to use: the row's, else the environment's; `{}` where neither has all that is needed."""
        found = self.credentials or settings.CREDENTIALS.get(self.slug, {})
        return found if all(found.get(name) for name in self.credential_names) else {}

    def route(self, origin: str) -> Route | None:
        """How it is reached for data of that origin; None where it needs a key and has none, or the sandbox is off."""
        if origin == "sandbox" and not (self.base_url or settings.SANDBOX_URL):
            return None
        if origin == "sandbox":
            secrets = dict.fromkeys(self.credential_names, "sandbox")
            return Route(base_url=self.base_url or settings.SANDBOX_URL + "/{host}", trusted=True, secrets=secrets)
        secrets = self.secrets()
        if self.credential_names and not secrets:
            return None
        return Route(base_url=self.base_url or "https://{host}", trusted=bool(self.base_url), secrets=secrets)

    @property
    def has_key(self) -> bool:
        """Whether it needs a key and has one."""
        return bool(self.credential_names and self.secrets())


class Source(Rule):
    """A capability that gives datasets, bought from a provider: `serp_news`."""

    class Charged(models.TextChoices):
        CALL = "call", "per call"
        HIT = "hit", "per call that finds something"
        RECORD = "record", "per record returned"

    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="sources")
    cost = UsdField(default=0, help_text="USD per call, hit or record.")
    charged = models.CharField(max_length=10, choices=Charged.choices, default=Charged.CALL)
    max_records = models.PositiveIntegerField(
        default=1, help_text="Most records one call may return; the worst price is this times the cost."
    )
    expected_records = models.FloatField(default=1.0, help_text="Records one call returns on average.")
    needs = models.ManyToManyField(
        Dataset, blank=True, related_name="needed_by", help_text="What must be known before it can be asked."
    )
    latency = models.DurationField(default=timedelta(seconds=1), help_text="Time that an answer usually takes.")
    timeout = models.DurationField(default=timedelta(seconds=20), help_text="Longest time one exchange may take.")
    origin_group = models.SlugField(
        help_text="Sources of one group repeat each other, so they count as one witness (three news feeds)."
    )
    ttl = models.DurationField(default=timedelta(days=1), help_text="How long an answer may be used again.")
    ttl_when_empty = models.DurationField(
        null=True, blank=True, help_text="The same for “nothing found”; blank for a quarter of the above."
    )
    enabled = models.BooleanField(default=True, help_text="Off stops running runs too, before their next call.")
    history = HistoricalRecords(m2m_fields=[needs])

    class Meta:
        ordering = ["slug"]
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0), name="source_cost_not_negative")]

    def __str__(self) -> str:
        return self.label

    @property
    def empty_ttl(self) -> timedelta:
        return self.ttl_when_empty if self.ttl_when_empty is not None else self.ttl / 4


class DatasetSource(Rule):
    """One cell of the matrix: this source gives that dataset, in this order of preference."""

    class Freshness(models.TextChoices):
        HIGH = "high", "high: at most a day old"
        MEDIUM = "medium", "medium: at most a week old"
        LOW = "low", "low: as old as the source's answers may be used"

    class Complexity(models.TextChoices):
        SIMPLE = "simple", "simple: a field to read"
        MODERATE = "moderate", "moderate: to be found in text"
        COMPLEX = "complex", "complex: to be inferred from text"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="offers")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="offers")
    priority = models.PositiveSmallIntegerField(default=5, help_text="1 is asked first where plans cost the same.")
    reliability = models.FloatField(validators=SHARE, help_text="How often what it says is right, 0 to 1.")
    fill_rate = models.FloatField(default=0.9, validators=SHARE, help_text="How often it has a value at all, 0 to 1.")
    freshness_needed = models.CharField(
        max_length=10,
        choices=Freshness.choices,
        default=Freshness.LOW,
        help_text="Bounds the age at which its answer still serves this dataset.",
    )
    extraction_complexity = models.CharField(
        max_length=10,
        choices=Complexity.choices,
        default=Complexity.SIMPLE,
        help_text="Lowers the chance of a usable value: simple 1, moderate 0.9, complex 0.75.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["dataset__slug", "priority", "source__slug"]
        verbose_name = "matrix cell"
        constraints = [
            models.UniqueConstraint(fields=["dataset", "source"], name="one_cell_per_dataset_and_source"),
            share_constraint("reliability", "cell_reliability_is_a_share"),
            share_constraint("fill_rate", "cell_fill_rate_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} from {self.source}"


class DataConsumer(Rule):
    """Who needs data: a workflow, a chat intent, or anything that an admin adds."""

    class Objective(models.TextChoices):
        COST = "cost", "lowest cost that meets the thresholds"

    class VendorContext(models.TextChoices):
        NONE = "none", "not used"
        USE_IF_CACHED = "use_if_cached", "used where it is cached"
        FETCH_FIRST = "fetch_first", "collected first, inside the same quote and cap"

    class Strategy(models.TextChoices):
        ENHANCED = "enhanced", "enhanced: plan, then pay"

    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    objective = models.CharField(max_length=15, choices=Objective.choices, default=Objective.COST)
    strategy = models.CharField(max_length=15, choices=Strategy.choices, default=Strategy.ENHANCED)
    vendor_context = models.CharField(max_length=15, choices=VendorContext.choices, default=VendorContext.NONE)
    max_cost = UsdField(
        null=True, blank=True, help_text="USD that one run may cost where the caller gives no cap; blank for no limit."
    )
    max_wait = models.DurationField(
        default=timedelta(minutes=15), help_text="Longest time a run may take before it ends with what it has."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label


class ConsumerDataset(Rule):
    """What one consumer needs."""

    consumer = models.ForeignKey(DataConsumer, on_delete=models.CASCADE, related_name="requirements")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    required = models.BooleanField(default=True, help_text="Required datasets are met before optional ones.")
    weight = models.FloatField(
        default=1.0, validators=[MinValueValidator(0.0)], help_text="How much a shortfall of this one counts."
    )
    threshold = models.FloatField(
        null=True, blank=True, validators=SHARE, help_text="Own reliability threshold; blank for the dataset's."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["consumer__slug", "-required", "dataset__slug"]
        verbose_name = "requirement"
        constraints = [models.UniqueConstraint(fields=["consumer", "dataset"], name="one_requirement_per_dataset")]

    def __str__(self) -> str:
        return f"{self.consumer}: {self.dataset}"


class SalesRole(Rule):
    """The rep's role: what it stresses, and what it needs beyond the rest."""

    slug = models.CharField(max_length=10, unique=True, help_text="Short name, say AE.")
    long_name = models.SlugField(unique=True, help_text="Long name, say account-executive; both are accepted.")
    label = models.CharField(max_length=80)
    focus = models.TextField(help_text="What this role looks for, in a sentence.")
    talking_points = models.JSONField(default=list, help_text="Themes of its talking points, most important first.")
    recommendations = models.JSONField(default=list, help_text="Themes of its recommendations, most important first.")
    extra_datasets = models.ManyToManyField(
        Dataset, blank=True, related_name="+", help_text="Needed for this role beyond what the consumer needs."
    )
    history = HistoricalRecords(m2m_fields=[extra_datasets])

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label


class RedundancyRule(Rule):
    """A source that need not be asked where others have answered; yields where a required dataset would go short."""

    class Mode(models.TextChoices):
        ALL = "all", "all of them"
        ANY = "any", "any of them"

    consumer = models.ForeignKey(
        DataConsumer, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: for every consumer."
    )
    skip = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="skipped_by")
    because_of = models.ManyToManyField(Source, related_name="makes_redundant")
    mode = models.CharField(max_length=5, choices=Mode.choices, default=Mode.ALL)
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords(m2m_fields=[because_of])

    class Meta:
        ordering = ["skip__slug"]

    def __str__(self) -> str:
        return f"skip {self.skip}" + (f" for {self.consumer}" if self.consumer else "")


class SignalRule(Rule):
    """Which signals together mean what."""

    class Urgency(models.TextChoices):
        HIGH = "high", "high"
        MEDIUM = "medium", "medium"
        LOW = "low", "low"

    name = models.CharField(max_length=80, unique=True)
    signals = models.JSONField(help_text="Types that must all be present, say funding, hiring, integration.")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.HIGH)
    action = models.TextField(help_text="What the rep should do.")
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not (isinstance(self.signals, list) and self.signals and all(isinstance(s, str) for s in self.signals)):
            raise ValidationError({"signals": 'Give a list of signal types, say ["funding", "hiring"].'})


class CachePolicy(Rule):
    """How long a derived answer is kept; a source's answer has its source's own time."""

    cache_type = models.CharField(max_length=60, unique=True, help_text="Say CUSTOMER_INTELLIGENCE_ENRICHMENT.")
    ttl = models.DurationField(help_text="How long it may be served.")
    serve_stale_for = models.DurationField(
        default=timedelta(0), help_text="How much longer it may be served while it is being renewed."
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["cache_type"]
        verbose_name_plural = "cache policies"

    def __str__(self) -> str:
        return self.cache_type


class Budget(Rule):
    """A limit on spending that holds under any concurrency."""

    class Period(models.TextChoices):
        DAY = "day", "a day (UTC)"
        MONTH = "month", "a month (UTC)"

    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: all providers together."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text="Blank: all users together.",
    )
    consumer = models.ForeignKey(
        DataConsumer, null=True, blank=True, on_delete=models.CASCADE, help_text="Blank: all consumers together."
    )
    period = models.CharField(max_length=10, choices=Period.choices, default=Period.MONTH)
    limit = UsdField(help_text="USD per period.")
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(limit__gte=0), name="budget_limit_not_negative")]

    def __str__(self) -> str:
        scope = " ".join(str(part) for part in (self.provider, self.user, self.consumer) if part) or "everything"
        return f"{scope}: {self.limit} USD {self.get_period_display()}"


class BudgetPeriod(models.Model):
    """What one budget has reserved and spent in one of its periods."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="periods")
    starts_on = models.DateField(help_text="First day of the period, UTC.")
    reserved = UsdField(default=0)
    spent = UsdField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["budget", "starts_on"], name="one_row_per_budget_and_period")]

    def __str__(self) -> str:
        return f"{self.budget_id} from {self.starts_on}"


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
        return self.credentials or {k: v for k, v in settings.CREDENTIALS.get(self.kind, {}).items() if v}

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


class RuleSet(models.Model):
    """The rules as they were at one moment: immutable, named by the digest of its content."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the body's canonical JSON.")
    body = models.JSONField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValueError("A rule set never changes; make a new one.")
        super().save(*args, **kwargs)
