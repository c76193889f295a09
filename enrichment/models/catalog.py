"""Rules an admin edits: what can be known, where it can be had, who needs it, and what that may cost.

Planning never reads these rows itself; it reads the immutable rule set made from them (`enrichment.rules`).
"""

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from enrichment.models.fields import UsdField
from enrichment.models.rule import SHARE, Rule, refuse_no_time, share_constraint
from enrichment.naming.domains import registrable_domain
from enrichment.signals import SIGNALS

OWN_ANALYSIS = "own_analysis"  # the consumer of analyses of what callers send: no row of `DataConsumer`
CHAT_ANSWER = "chat_answer"  # the consumer of requests that pay for an engine's answer to a question, without a run
PERSONA = "persona"  # the consumer of engines' calls that write personas: of no run, and of no request


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

    def clean(self) -> None:
        refuse_no_time(self, "half_life")


class DataConsumer(Rule):
    """Who needs data: a workflow, a chat intent, or anything that an admin adds."""

    class Objective(models.TextChoices):
        COST = "cost", "cost: what is wanted, for the least money"
        QUALITY = "quality", "quality: the surest answers that the budget buys"
        SPEED = "speed", "speed: what is wanted, soonest"
        COMPLETENESS = "completeness", "completeness: as many datasets as the budget buys"

    class VendorContext(models.TextChoices):
        NONE = "none", "not used"
        USE_IF_CACHED = "use_if_cached", "used where it is cached"
        FETCH_FIRST = "fetch_first", "collected first, inside the same quote and cap"

    class Strategy(models.TextChoices):
        ENHANCED = "enhanced", "enhanced: plan, then pay"
        LEGACY = "legacy", "legacy: ask every enabled source, without a plan"
        HYBRID = "hybrid", "hybrid: enhanced for a company's first report, legacy afterwards"

    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=80)
    objective = models.CharField(
        max_length=15,
        choices=Objective.choices,
        default=Objective.COST,
        help_text="What makes one plan the better one.",
    )
    strategy = models.CharField(
        "default strategy",
        max_length=15,
        choices=Strategy.choices,
        default=Strategy.ENHANCED,
        help_text="How it collects where the caller does not say; holds from the next run on.",
    )
    vendor_context = models.CharField(max_length=15, choices=VendorContext.choices, default=VendorContext.NONE)
    max_cost = UsdField(
        null=True, blank=True, help_text="USD that one run may cost where the caller gives no cap; blank for no limit."
    )
    max_wait = models.DurationField(
        default=timedelta(minutes=15), help_text="Longest time a run may take before it ends with what it has."
    )
    offered = models.BooleanField(
        "offered in forms",
        default=True,
        db_default=True,  # for processes of before that still run
        help_text="Whether people may choose it where a page asks what research is for. Programs may always.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        refuse_no_time(self, "max_wait")
        if self.slug == OWN_ANALYSIS:
            raise ValidationError({"slug": f"“{OWN_ANALYSIS}” are the analyses of what callers send: choose another."})


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

    def clean(self) -> None:
        """Nothing may be required that no cell of the matrix gives, whether its source is switched on or not."""
        if self.required and self.dataset_id and not self.dataset.offers.exists():
            words = f"No source gives {self.dataset}: add a cell to the matrix first, or do not require it."
            raise ValidationError({"required": words})


PARTS = ("Decision Maker", "Champion", "Technical Buyer", "Influencer")  # played in a purchase
OPENERS = ("news", "challenge", "systems", "usage", "job")  # what a conversation is opened with
SECTIONS = ("now", "whom", "fit", "say", "object", "against", "tech")  # of a brief, in the order of a call
VOICES = ("AE", "SE", "CSM", "BDR", "other")  # who has sentences in `data/phrases.toml`


class SalesRole(Rule):
    """The rep's role: what it stresses, and what it needs beyond the rest."""

    slug = models.CharField(max_length=10, unique=True, help_text="Short name, say AE.")
    long_name = models.SlugField(unique=True, help_text="Long name, say account-executive; both are accepted.")
    label = models.CharField(max_length=80)
    focus = models.TextField(help_text="What this role looks for, in a sentence.")
    talking_points = models.JSONField(default=list, help_text="Themes of its talking points, most important first.")
    recommendations = models.JSONField(default=list, help_text="Themes of its recommendations, most important first.")
    voice = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",  # here and below: for processes of before that still run
        choices=[(name, name) for name in VOICES],
        help_text="Whose sentences the built-in engine writes for it; blank: its own, or those for everybody.",
    )
    contact_order = models.JSONField(
        default=list,
        blank=True,
        db_default=models.Value([], output_field=models.JSONField()),
        help_text=f"Whom it talks to, first to last: {', '.join(PARTS)}. Those left out come last.",
    )
    emphasis = models.JSONField(
        default=list,
        blank=True,
        db_default=models.Value([], output_field=models.JSONField()),
        help_text=f"What a conversation is opened with, first to last: {', '.join(OPENERS)}. Those left out come last.",
    )
    section_order = models.JSONField(
        default=list,
        blank=True,
        db_default=models.Value([], output_field=models.JSONField()),
        help_text=(
            f"Parts of its briefs, first to last: {', '.join(SECTIONS)} (why now, whom to talk to, how we fit, what to"
            " say, objections, what they use today, technology). Those left out come last."
        ),
    )
    extra_datasets = models.ManyToManyField(
        Dataset, blank=True, related_name="+", help_text="Needed for this role beyond what the consumer needs."
    )
    history = HistoricalRecords(m2m_fields=[extra_datasets])

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        for name in ("talking_points", "recommendations"):
            themes = getattr(self, name)
            if not isinstance(themes, list) or not all(isinstance(text, str) and text.strip() for text in themes):
                words = 'Give a list of themes, most important first, say ["pricing", "integration"].'
                raise ValidationError({name: words})
        for name, known in (("contact_order", PARTS), ("emphasis", OPENERS), ("section_order", SECTIONS)):
            given = getattr(self, name)
            if not isinstance(given, list) or len(set(map(str, given))) < len(given) or not set(given) <= set(known):
                raise ValidationError({name: f"Give a list of {', '.join(known)}, each once at most."})


MOST_SIGNALS = 5  # of one rule


def known_signals() -> list[str]:
    """What a rule may look for: signals of headlines, what is read from several datasets, and datasets with records."""
    datasets = Dataset.objects.filter(kind=Dataset.Kind.RECORDS).order_by("slug").values_list("slug", flat=True)
    return [*SIGNALS, "integration", "intent", "competitor", *datasets]


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
    within_days = models.PositiveSmallIntegerField(
        default=90,
        db_default=90,
        validators=[MinValueValidator(1)],
        help_text="Days that a signal counts from the day it is of.",
    )
    witnesses = models.PositiveSmallIntegerField(
        default=2,
        db_default=1,  # as it was for rules of before
        validators=[MinValueValidator(1)],
        help_text="From how many origin groups the signals must come, at least; each from an item of its own anyway.",
    )
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not (isinstance(self.signals, list) and self.signals and all(isinstance(s, str) for s in self.signals)):
            raise ValidationError({"signals": 'Give a list of signal types, say ["funding", "hiring"].'})
        if unknown := [signal for signal in self.signals if signal not in known_signals()]:
            words = f"There is no signal {', '.join(f'“{signal}”' for signal in unknown)}; there are "
            raise ValidationError({"signals": f"{words}{', '.join(known_signals())}."})
        if len(set(self.signals)) > MOST_SIGNALS:
            raise ValidationError({"signals": f"At most {MOST_SIGNALS} signals are looked for together."})
        if self.witnesses and self.witnesses > len(set(self.signals)):
            raise ValidationError({"witnesses": "There cannot be more origin groups than signals."})


class PublisherRule(Rule):
    """How far one publisher is believed, where an admin knows better than the lists that we ship."""

    domain = models.CharField(
        max_length=253, unique=True, help_text="Say reuters.com; it covers what stands below it, too."
    )
    score = models.FloatField(
        validators=SHARE,
        help_text="0 to 1: from 0.8 on high, 0.65 good, 0.45 fair, below doubtful. It ranks and is shown; it changes"
        " no fact, no plan and no price.",
    )
    why = models.CharField(max_length=200, blank=True, help_text="What readers are told.")
    history = HistoricalRecords()

    class Meta:
        ordering = ["domain"]
        constraints = [share_constraint("score", "publisher_score_is_a_share")]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = self.domain.strip().lower().removeprefix("www.").rstrip(".")
        if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", self.domain):
            raise ValidationError({"domain": "Give a domain without https:// or a path, say reuters.com."})
        if registrable_domain(self.domain) is None:
            words = f"{self.domain} is no publisher's: whole countries and registries publish below it. Name a site."
            raise ValidationError({"domain": words})


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

    def clean(self) -> None:
        refuse_no_time(self, "ttl")


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
