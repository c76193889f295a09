"""Rules of where things can be had: providers, their sources, and the matrix of what each gives."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.catalog import DataConsumer, Dataset
from enrichment.models.fields import EncryptedJsonField, UsdField, trimmed
from enrichment.models.rule import SHARE, Rule, refuse_no_time, share_constraint

HOST = "{host}"  # all that `enrichment/egress/urls.py` fills in


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
        RETRY_WITH_KEY = "retry_with_key", "send it again with the same Idempotency-Key"
        LOOK_UP = "look_up", "ask the provider for the job, and call again where there is none"
        NEXT_SOURCE = "next_source", "count it as spent and ask the next source"
        ASK_PERSON = "ask_person", "the same, until a person says whether it was charged"

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
        help_text="What to do when a paid call may have been charged and its answer was not stored.",
    )
    repeat_free_for = models.DurationField(
        null=True, blank=True, help_text="With “call again”: how long the same call costs nothing; blank for always."
    )
    terms_note = models.TextField(blank=True, help_text="What its terms allow, in a sentence.")
    enabled = models.BooleanField(default=True, help_text="Off stops running runs too, before their next call.")
    history = HistoricalRecords(excluded_fields=["credentials"])

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        names = self.credential_names
        if not isinstance(names, list) or not all(isinstance(name, str) and name.isidentifier() for name in names):
            words = 'Give a list of names, say ["api_key"]; empty for a source that needs no key.'
            raise ValidationError({"credential_names": words})
        if self.base_url and not self.base_url.startswith(("http://", "https://")):
            words = "Begin with https:// (or http:// for one of your own machines)."
            raise ValidationError({"base_url": words})
        if set(self.base_url.replace(HOST, "")) & {"{", "}"}:
            words = f"Only {HOST} is filled in, with the host that is really meant; leave other braces out."
            raise ValidationError({"base_url": words})

    def secrets(self) -> dict[str, str]:
        """The credentials to use: the row's, else the environment's; `{}` where neither has all that is needed."""
        found = trimmed(self.credentials or settings.CREDENTIALS.get(self.slug, {}))
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
    note = models.CharField(
        max_length=300, blank=True, db_default="", help_text="What to know before it is switched on; blank for nothing."
    )
    history = HistoricalRecords(m2m_fields=[needs])

    class Meta:
        ordering = ["slug"]
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0), name="source_cost_not_negative")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        refuse_no_time(self, "ttl")
        refuse_no_time(self, "timeout")
        most: int | None = self.max_records  # blank in a form
        if self.charged == self.Charged.RECORD and most is not None and (self.expected_records or 0) > most:
            raise ValidationError({"expected_records": f"One call returns at most {most}: expect no more."})

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
