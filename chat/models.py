"""Conversations: sessions, what was said in them, which question waits for what, and the numbered events of each.

A session is its user's own. What was said is in `ChatMessage` alone: an event that tells of a message points to it, so
that what is erased there is erased everywhere.
"""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Sum
from simple_history.models import HistoricalRecords

from enrichment.models import Company, ResearchRequest
from enrichment.models.fields import UsdField
from enrichment.models.rule import Rule
from salesintel.pulse import tell

LONGEST_QUESTION = 2_000  # characters


# --- What an admin edits ----------------------------------------------------------------------------------------------


class ChatIntent(Rule):
    """Something that people ask for: how they say it, what it takes to answer, and what they ask next."""

    slug = models.SlugField(unique=True)
    label = models.CharField(max_length=80, help_text="What it is called in lists, say “Technology”.")
    button = models.CharField(max_length=80, help_text="The text of the button that asks for it.")
    phrases = models.JSONField(
        default=list,
        blank=True,
        help_text="Examples of how people ask, one each; none for what an engine answers that no intent covers.",
    )
    words = models.JSONField(default=list, blank=True, help_text="Words that ask for it wherever they stand.")
    consumer = models.SlugField(
        blank=True, help_text="The consumer that buys what is missing; blank where nothing is bought for it."
    )
    datasets = models.JSONField(default=list, blank=True, help_text="Datasets that the answer needs.")
    follow_ups = models.JSONField(default=list, blank=True, help_text="Slugs of what is offered next, at most four.")
    actions = models.JSONField(default=list, blank=True, help_text="Other names under which programs ask for it.")
    max_cost = UsdField(
        null=True, blank=True, help_text="USD that one question may cost unasked; blank for the conversation's own."
    )
    by_engine = models.BooleanField(
        "an engine answers",
        default=False,
        db_default=False,  # for processes of before that still run
        help_text="Whether an engine words the answer, from the evidence of the built-in one, where one is ready.",
    )
    priority = models.PositiveSmallIntegerField(default=100, help_text="In lists, smallest first.")
    enabled = models.BooleanField(default=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["priority", "slug"]
        verbose_name = "intent"

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        errors: dict[str, str] = {}
        for name in ("phrases", "words", "datasets", "follow_ups", "actions"):
            value = getattr(self, name)
            if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
                errors[name] = "Give a list of words, each in quotes."
        if not errors and not self.phrases and not self.by_engine:
            errors["phrases"] = "Give at least one example of how people ask for it."
        if not errors and len(self.follow_ups) > 4:
            errors["follow_ups"] = "Offer at most four."
        if errors:
            raise ValidationError(errors)


class ChatPolicy(Rule):
    """What conversations may cost without being asked for more, and how long they are kept: one row."""

    question_cap = UsdField(default=Decimal("0.25"), help_text="USD that one question may cost before the chat asks.")
    session_cap = UsdField(default=Decimal("5.00"), help_text="USD that a conversation may cost before the chat asks.")
    day_cap = UsdField(default=Decimal("20.00"), help_text="USD that one person's conversations may cost in 24 hours.")
    keep_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=365,
        validators=[MinValueValidator(1)],
        help_text="Days after its last message that a conversation is kept, at least 1; blank for ever.",
    )
    pruned_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When older ones were last looked for."
    )
    pruned = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Conversations that went then."
    )
    history = HistoricalRecords(excluded_fields=["pruned_at", "pruned"])

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policy"

    def __str__(self) -> str:
        return "What conversations may cost"

    def clean(self) -> None:
        """A cap above the next greater one would never be reached."""
        if self.question_cap > self.session_cap:
            words = f"One question may cost no more than a conversation, which is {self.session_cap:f} USD."
            raise ValidationError({"question_cap": words})
        if self.session_cap > self.day_cap:
            words = f"A conversation may cost no more than a day's, which is {self.day_cap:f} USD."
            raise ValidationError({"session_cap": words})

    @classmethod
    def now(cls) -> Self:
        """The policy in force; its defaults where nobody has made the row."""
        return cls.objects.order_by("pk").first() or cls()


# --- Conversations ----------------------------------------------------------------------------------------------------


class SessionQuerySet(models.QuerySet["ChatSession"]):
    """Chains of sessions."""

    def visible_to(self, user: Any) -> Self:
        """One's own, but those that one deleted."""
        return self.filter(user=user, deleted=None)

    def locked(self, pk: uuid.UUID) -> "ChatSession":
        """The session, nobody else's until the transaction ends. Raises `DoesNotExist`."""
        return self.select_for_update(no_key=True).get(pk=pk)


class ChatSession(models.Model):
    """One person's conversation, at most of one company at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_sessions")
    title = models.CharField(max_length=120, blank=True, help_text="As its owner named it, or the company.")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    vendor = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    seller = models.JSONField(default=dict, help_text="name, role, segment and region of the rep.")
    research = models.ForeignKey(
        ResearchRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The whole preparation that was begun last.",
    )
    memory = models.JSONField(default=dict, help_text="What follow-ups refer to: intent, words, choices offered.")
    last_seq = models.PositiveIntegerField(default=0)
    nonce = models.CharField(
        max_length=64,
        null=True,
        blank=True,
        help_text="Of the form that it was begun with: sent twice, it begins once.",
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now_add=True, help_text="When something was said last.")
    deleted = models.DateTimeField(
        null=True, blank=True, help_text="When its owner deleted it; for ten minutes it can be brought back."
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-updated", "-pk"]
        verbose_name = "conversation"
        constraints = [models.UniqueConstraint(fields=["user", "nonce"], name="chat_begun_once_per_nonce")]
        indexes = [
            models.Index(fields=["user", "-updated"], name="chat_of_user"),
            models.Index(fields=["deleted"], condition=Q(deleted__isnull=False), name="chat_deleted"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    def spent(self) -> Decimal:
        """USD that its requests cost so far, and hold."""
        return paid(ResearchRequest.objects.filter(chat_follows__session=self))


def paid(requests: "models.QuerySet[ResearchRequest]") -> Decimal:
    """USD that these requests spent and hold."""
    told = requests.order_by().aggregate(all=Sum(F("spent") + F("reserved"), output_field=UsdField()))["all"]
    return told or Decimal(0)


class ChatFollow(models.Model):
    """A request whose run a session follows, and how far it has told of it."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="follows")
    request = models.ForeignKey(ResearchRequest, on_delete=models.CASCADE, related_name="chat_follows")
    run_seq = models.PositiveIntegerField(default=0, help_text="The number of the run's latest event that was told.")
    is_over = models.BooleanField(default=False, help_text="Its end was told.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "request"], name="chat_follows_a_request_once"),
        ]
        indexes = [models.Index(fields=["session"], condition=Q(is_over=False), name="chat_follow_open")]

    def __str__(self) -> str:
        return f"{self.session_id} follows {self.request_id}"


class ChatTurn(models.Model):
    """One question and what became of it."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for data"
        ASKING = "asking", "asked back"
        ANSWERED = "answered", "answered"
        FAILED = "failed", "failed"
        STOPPED = "stopped", "stopped"

    class Found(models.TextChoices):
        """The three places of step 5, in the order in which they are looked in."""

        CACHE = "cache", "in what was known"
        WORKFLOW = "workflow", "in the research under way"
        QUERY = "query", "by a query of its own"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="turns")
    client_id = models.CharField(
        max_length=64, null=True, blank=True, help_text="The client's own name of it: what is sent twice is asked once."
    )
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    intent = models.SlugField(blank=True)
    score = models.FloatField(default=0.0, help_text="How certain the intent is, 0 to 1.")
    slots = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANSWERED)
    found = models.CharField(max_length=10, choices=Found.choices, blank=True, help_text="Where the answer was.")
    request = models.ForeignKey(
        ResearchRequest,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The request that it waits or waited for.",
    )
    asked = models.DateTimeField(auto_now_add=True)
    taken_up = models.DateTimeField(
        null=True, blank=True, help_text="When a worker took it up last, whose process had died before it was answered."
    )
    writing = models.DateTimeField(
        null=True, blank=True, help_text="When whoever has an engine write the answer was last alive."
    )
    answered = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "client_id"], name="chat_turn_once_per_client_id")]
        indexes = [
            models.Index(fields=["session"], condition=Q(state="waiting"), name="chat_turn_waiting"),
            models.Index(fields=["intent", "-asked"], name="chat_turn_by_intent"),
        ]

    def __str__(self) -> str:
        return f"{self.intent or 'question'} ({self.state})"


class ChatMessage(models.Model):
    """Something that was said, by the person or by us."""

    class Type(models.TextChoices):
        USER = "user", "the person"
        ASSISTANT = "assistant", "the product"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="messages")
    turn = models.ForeignKey(ChatTurn, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    type = models.CharField(max_length=10, choices=Type.choices)
    content = models.TextField(help_text="Markdown of ours; of the person, as it was written.")
    actions = models.JSONField(default=list, help_text="Buttons: id, label, action, payload.")
    metadata = models.JSONField(
        default=dict, help_text="sources, statements with their evidence, confidence, found, intent, cost."
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created", "pk"]
        indexes = [models.Index(fields=["session", "created"], name="chat_message_of_session")]

    def __str__(self) -> str:
        return f"{self.type} message {self.pk}"


class ChatEvent(models.Model):
    """What clients of a session are told, numbered from 1 without a gap: the order of numbers is that of commits."""

    class Type(models.TextChoices):
        WORKFLOW_PROGRESS = "workflow_progress"
        PARTIAL_RESULTS = "partial_results"
        SOURCE_UPDATE = "source_update"
        QUESTION_RESPONSE = "question_response"
        ERROR = "error"

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=20, choices=Type.choices)
    data = models.JSONField(default=dict, help_text="What is told beside the message: step, status, content of a run.")
    message = models.ForeignKey(ChatMessage, null=True, blank=True, on_delete=models.CASCADE, related_name="events")
    run = models.UUIDField(null=True, blank=True, help_text="The run that it tells of.")
    run_seq = models.PositiveIntegerField(null=True, blank=True, help_text="The number of that run's event.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="chat_event_number"),
            models.UniqueConstraint(
                fields=["session", "run", "run_seq"],
                condition=Q(run_seq__isnull=False),
                name="chat_tells_a_run_event_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"


class ChatFeedback(models.Model):
    """What a person thinks of an answer; one row each, the latest word counts."""

    class Value(models.IntegerChoices):
        UP = 1, "up"
        DOWN = -1, "down"

    message = models.OneToOneField(ChatMessage, on_delete=models.CASCADE, related_name="feedback")
    value = models.SmallIntegerField(choices=Value.choices)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return self.get_value_display()


def append(session: ChatSession, events: list[ChatEvent], *, at: datetime) -> None:
    """Number and store events in the caller's transaction, whose commit wakes followers.

    The update locks the session's row until commit, so a smaller number is never seen after a greater one.
    """
    if not events:
        return
    ChatSession.objects.filter(pk=session.pk).update(last_seq=F("last_seq") + len(events), updated=at)
    session.last_seq = ChatSession.objects.values_list("last_seq", flat=True).get(pk=session.pk)
    first = session.last_seq - len(events) + 1
    for place, event in enumerate(events):
        event.session, event.seq, event.at = session, first + place, at
    ChatEvent.objects.bulk_create(events)
    tell(str(session.pk))
