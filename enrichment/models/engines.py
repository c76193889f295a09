"""Rules of who writes analyses, and of the words they are asked with."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from enrichment.models.fields import EncryptedJsonField, UsdField, trimmed
from enrichment.models.rule import Rule

# Each vendor's own addresses, whole URLs, so that nothing but the host can be meant. Keys of the environment go nowhere
# else. Of Amazon: a region's, FIPS' and those of a private endpoint; others' machines have names under theirs, too.
_OWN_ADDRESSES = {
    "anthropic": re.compile(r"https://api\.anthropic\.com(?::443)?(?:/.*)?"),
    "openai": re.compile(r"https://(?:[a-z]{2}\.)?api\.openai\.com(?::443)?(?:/.*)?"),
    "bedrock": re.compile(
        r"https://(?:vpce-[a-z0-9-]+\.)?bedrock-runtime(?:-fips)?\.[a-z]{2,3}(?:-[a-z]+)+-\d+(?:\.vpce)?\.amazonaws\.com"
        r"(?:\.cn)?(?::443)?(?:/.*)?"
    ),
}

MOST_PRICE = 10_000  # USD per million tokens: above that, somebody gave the price of another unit
LONGEST_TIMEOUT = timedelta(minutes=10)
MOST_SHARE = 100  # per cent
MOST_ANSWERED = 1_000_000  # tokens


class AnalysisEngine(Rule):
    """A model that writes analyses; tried by priority, the built-in one last."""

    class Kind(models.TextChoices):
        BUILTIN = "builtin", "built in (no key, no network)"
        ANTHROPIC = "anthropic", "Anthropic"
        BEDROCK = "bedrock", "Claude on Amazon Bedrock"
        OPENAI = "openai", "OpenAI, or any server that speaks its format"
        FAKE = "fake", "fake (for tests only)"
        WORST_CASE = "worst_case", "worst case: obeys every text (for tests only)"

    class Answers(models.TextChoices):
        """How a model is held to the answer's schema; our own check follows each of them."""

        SCHEMA = "schema", "by the schema: the server lets nothing else out"
        JSON = "json", "as JSON; the schema stands in the prompt"
        PROMPT = "prompt", "by the prompt alone"

    class Effort(models.TextChoices):
        USUAL = "", "the model's usual"
        LOW = "low", "low"
        MEDIUM = "medium", "medium"
        HIGH = "high", "high"

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    base_url = models.CharField(
        max_length=200,
        blank=True,
        help_text="Blank for the vendor's own address. Of kind openai it ends in /v1: http://127.0.0.1:11434/v1.",
    )
    region = models.CharField(
        max_length=30,
        blank=True,
        default="",
        db_default="",  # here and below: for processes of before that still run
        help_text="Of Amazon Bedrock, say eu-central-1; blank for BEDROCK_REGION or AWS_REGION of the environment.",
    )
    credentials = EncryptedJsonField(blank=True, default=dict, help_text='Encrypted at rest: {"api_key": "…"}.')
    model = models.CharField(max_length=80, blank=True, help_text="Say claude-haiku-5-5.")
    answers = models.CharField(
        max_length=10,
        choices=Answers.choices,
        default=Answers.SCHEMA,
        db_default=Answers.SCHEMA,
        help_text="For a model or server that refuses the schema, choose the next one.",
    )
    effort = models.CharField(
        max_length=10,
        choices=Effort.choices,
        default=Effort.USUAL,
        db_default=Effort.USUAL,
        blank=True,
        help_text="How much the model thinks before it answers. What it thinks is paid as tokens written.",
    )
    priority = models.PositiveSmallIntegerField(default=5, help_text="1 is tried first.")
    price_in = UsdField(null=True, blank=True, help_text="USD per million tokens read; blank if unknown.")
    price_out = UsdField(null=True, blank=True, help_text="USD per million tokens written; blank if unknown.")
    price_cached = UsdField(
        null=True, blank=True, help_text="USD per million tokens read from cache; blank: as tokens read."
    )
    price_cache_write = UsdField(
        null=True,
        blank=True,
        help_text="USD per million tokens put into the cache; blank: a quarter above tokens read.",
    )
    long_above = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Tokens: a longer prompt is charged at the two prices below; blank if length changes no price.",
    )
    price_in_long = UsdField(
        null=True,
        blank=True,
        help_text="USD per million tokens read of a long prompt; prices of the cache rise in proportion.",
    )
    price_out_long = UsdField(null=True, blank=True, help_text="USD per million tokens written to a long prompt.")
    monthly_cap = UsdField(
        null=True, blank=True, help_text="USD a month (UTC) that this engine may cost at most; blank for no cap."
    )
    requests_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most analyses a minute over all processes; blank for no bound."
    )
    concurrency = models.PositiveSmallIntegerField(
        default=16, db_default=16, help_text="Most analyses under way at once over all processes."
    )
    reads_again = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,  # for processes of before that still run
        help_text="Per cent of the reports by language models that this engine reads a second time, to leave out what"
        " their evidence does not bear; 0: none. Best given to another model than the one that writes.",
    )
    max_tokens = models.PositiveIntegerField(default=8000, help_text="Most tokens one answer may have.")
    timeout = models.DurationField(
        default=timedelta(seconds=60), help_text="Longest time one analysis may take, retries and repair included."
    )
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords(excluded_fields=["credentials"])

    class Meta:
        ordering = ["priority", "slug"]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        if faults := self.faults():
            raise ValidationError(dict(faults))

    def faults(self) -> dict[str, str]:
        """What keeps the row from being what it says, by field, in words."""
        return {**self._faults_of_kind(), **self._faults_of_prices(), **self._faults_of_limits()}

    def _faults_of_kind(self) -> dict[str, str]:
        faults = {}
        if self.kind in (self.Kind.FAKE, self.Kind.WORST_CASE):
            return {} if settings.TRIAL_ENGINES else {"kind": "Engines for tests write nonsense: not in production."}
        if self.kind == self.Kind.BUILTIN:
            return {}
        if self.enabled and not self.model:
            example = ", say claude-haiku-5-5" if self.kind == self.Kind.ANTHROPIC else ""
            faults["model"] = f"Name the model{example}; the vendor's list has the names."
        if self.kind == self.Kind.BEDROCK and self.enabled and not self.aws_region:
            faults["region"] = (
                "Name the region, say eu-central-1: the environment has neither BEDROCK_REGION nor AWS_REGION."
            )
        if self.base_url and not self.base_url.startswith(("http://", "https://")):
            faults["base_url"] = "Give an address that begins with http:// or https://."
        return faults

    def _faults_of_prices(self) -> dict[str, str]:
        priced = ("price_in", "price_out", "price_cached", "price_cache_write", "price_in_long", "price_out_long")
        below = [name for name in (*priced, "monthly_cap") if (getattr(self, name) or 0) < 0]
        faults = dict.fromkeys(below, "Give an amount of zero or more.")
        above = [name for name in priced if (getattr(self, name) or 0) > MOST_PRICE]
        too_much = f"No model costs more than {MOST_PRICE:,} USD per million tokens; check the unit."
        faults |= dict.fromkeys(above, too_much)
        is_long = self.long_above is not None
        if is_long and None in (self.price_in_long, self.price_out_long):
            faults["long_above"] = "Give both prices of a long prompt, too."
        if not is_long and (self.price_in_long is not None or self.price_out_long is not None):
            faults["long_above"] = "Say above how many tokens a prompt costs the prices of long ones."
        if self.monthly_cap is not None and None in (self.price_in, self.price_out):
            faults["monthly_cap"] = "Give the prices first: nobody can hold an unknown price against a cap."
        return faults

    def _faults_of_limits(self) -> dict[str, str]:
        faults = {}
        if not self.concurrency:
            faults["concurrency"] = "Give at least 1."
        if self.requests_per_minute == 0:
            faults["requests_per_minute"] = "Give at least 1, or leave it blank for no bound."
        if (self.reads_again or 0) > MOST_SHARE:
            faults["reads_again"] = "Give a share in per cent, from 0 to 100."
        if not self.max_tokens:
            faults["max_tokens"] = "Give at least 1."
        given: timedelta | None = self.timeout  # blank in a form
        if given is not None and given <= timedelta(0):
            faults["timeout"] = "Give a time above zero, as hours:minutes:seconds."
        if given is not None and given > LONGEST_TIMEOUT:
            faults["timeout"] = "Give 10 minutes at most, as hours:minutes:seconds: a rep waits for it."
        if (self.max_tokens or 0) > MOST_ANSWERED:
            faults["max_tokens"] = f"Give {MOST_ANSWERED:,} at most; a report needs some thousands."
        return faults

    def secrets(self) -> dict[str, str]:
        """The credentials to use: the row's, else the environment's.

        The environment's are not shown to another server than the vendor's, whose address stands in the row.
        """
        of_environment = {} if self.is_elsewhere else settings.CREDENTIALS.get(self.kind, {})
        found = trimmed(self.credentials or of_environment)
        return {name: value for name, value in found.items() if value}

    @property
    def is_elsewhere(self) -> bool:
        """Whether the row names the address of another server than the vendor's own."""
        own = _OWN_ADDRESSES.get(self.kind)
        return bool(self.base_url) and (own is None or own.fullmatch(self.base_url) is None)

    @property
    def address(self) -> str:
        """The base of its URLs: the row's, else the environment's; blank for the vendor's own."""
        return self.base_url or (settings.OPENAI_BASE_URL if self.kind == self.Kind.OPENAI else "")

    @property
    def aws_region(self) -> str:
        return self.region or settings.BEDROCK_REGION

    @property
    def is_ready(self) -> bool:
        """Whether it could answer: it is switched on, and lacks nothing."""
        return self.enabled and not self.lacks

    @property
    def lacks(self) -> str:
        """Without what it cannot be asked, in a word or two; blank if without nothing."""
        match self.kind:
            case self.Kind.BUILTIN:
                return ""
            case self.Kind.FAKE | self.Kind.WORST_CASE:
                return "" if settings.TRIAL_ENGINES else "a house of tests"
            case _ if not self.model:
                return "a model"
            case self.Kind.BEDROCK:  # AWS's own environment, profile or role may let it in without a word of ours
                # What that finds is for AWS alone.
                stranger = "credentials of its own, for its address is not AWS's"
                return "a region" if not self.aws_region else stranger if self._is_bare_elsewhere else ""
            case self.Kind.OPENAI:  # a local server wants no key
                return "" if self.secrets() or self.address else "a key or a base URL"
        return "" if self.secrets() else "a key of its own" if self.is_elsewhere else "a key"

    @property
    def _is_bare_elsewhere(self) -> bool:
        return self.is_elsewhere and not self.secrets()


class EngineState(models.Model):
    """What holds for an engine over all processes: pace, breaker, pauses, and what came of its last calls."""

    engine = models.OneToOneField(AnalysisEngine, on_delete=models.CASCADE, related_name="state")
    tokens = models.FloatField(default=0, help_text="Analyses that may be begun at once.")
    tokens_at = models.DateTimeField(null=True, blank=True, help_text="When that was counted.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Failures in a row; any answer resets them.")
    open_until = models.DateTimeField(null=True, blank=True, help_text="Breaker: not asked before this.")
    paused_until = models.DateTimeField(null=True, blank=True, help_text="Left alone until then.")
    note = models.CharField(max_length=300, blank=True, help_text="Why, in words.")
    answered = models.DateTimeField(null=True, blank=True, help_text="When it answered last.")
    checked = models.DateTimeField(null=True, blank=True, help_text="When it was tested last.")
    check_words = models.CharField(max_length=300, blank=True, help_text="What came of that.")

    def __str__(self) -> str:
        return f"state of {self.engine_id}"


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
