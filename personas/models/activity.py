"""What happened between a rep and a contact: interactions, the threads they stand in, the files they are about."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from personas.models.contacts import Contact
from personas.models.deals import Deal
from personas.models.fields import SealedTextField
from personas.models.owned import Imported, Owned


class Thread(Owned):
    """Mails or messages that answer each other."""

    key = models.CharField(max_length=64, help_text="Keyed digest of the first Message-ID, or of the CRM's own id.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_thread_per_key")]

    def __str__(self) -> str:
        return f"thread {self.pk}"


class File(Imported):
    """A file that is shared with a contact: a deck, an offer, a contract."""

    about: ClassVar[str] = "contact"

    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="files")
    name = SealedTextField(help_text="Encrypted at rest.")
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes.")
    text = SealedTextField(blank=True, default="", help_text="What it says, where that was given; encrypted at rest.")

    class Meta(Imported.Meta):
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return f"file {self.pk}"


class Interaction(Imported):
    """One thing that happened. Metrics read all but the texts, which are encrypted."""

    about: ClassVar[str] = "contact"

    class Type(models.TextChoices):
        EMAIL_SENT = "email_sent", "mail"
        EMAIL_OPENED = "email_opened", "mail opened"
        EMAIL_CLICKED = "email_clicked", "link clicked"
        EMAIL_REPLIED = "email_replied", "reply"
        EMAIL_BOUNCED = "email_bounced", "mail bounced"
        CALL = "call", "call"
        MEETING = "meeting", "meeting"
        TASK = "task", "task"
        NOTE = "note", "note"
        COMMENT = "comment", "comment"
        FILE_SHARED = "file_shared", "file shared"
        FILE_VIEWED = "file_viewed", "file viewed"
        CHAT = "chat", "chat message"

    class Direction(models.TextChoices):
        IN = "in", "from the contact"
        OUT = "out", "to the contact"

    class Outcome(models.TextChoices):
        HELD = "held", "held"
        CANCELLED = "cancelled", "cancelled"
        NO_SHOW = "no_show", "nobody came"
        RESCHEDULED = "rescheduled", "moved"
        CONNECTED = "connected", "reached"
        NO_ANSWER = "no_answer", "not reached"
        VOICEMAIL = "voicemail", "left a message"
        DONE = "done", "done"
        OPEN = "open", "open"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="interactions")
    deal = models.ForeignKey(Deal, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    file = models.ForeignKey(File, null=True, blank=True, on_delete=models.SET_NULL, related_name="interactions")
    type = models.CharField(max_length=20, choices=Type.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices, blank=True, help_text="Blank: neither.")
    occurred_at = models.DateTimeField()
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    subject = SealedTextField(blank=True, default="", help_text="Encrypted at rest.")
    body = SealedTextField(blank=True, default="", help_text="Encrypted at rest.")
    message_key = models.CharField(
        max_length=64, blank=True, default="", help_text="Keyed digest of the mail's Message-ID."
    )
    answers_key = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="Keyed digest of the Message-ID that it answers, opens or clicks.",
    )
    is_automatic = models.BooleanField(
        default=False, help_text="By a machine: an out-of-office answer, an open by a mail scanner."
    )
    mood = models.FloatField(
        null=True, blank=True, help_text="Sentiment of the contact's own words, −1 to 1; empty where there are none."
    )
    words = models.PositiveIntegerField(default=0, help_text="Words of the body, without what is quoted.")
    space = models.CharField(
        max_length=120,
        null=True,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="In which space its words, as they are now, have vectors; blank: in none yet; empty: it has none.",
    )

    class Meta(Imported.Meta):
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(mood=None) | Q(mood__gte=-1, mood__lte=1), name="interaction_mood_is_a_mood"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "occurred_at"], name="interaction_of_contact"),
            models.Index(fields=["contact", "created"], name="interaction_came"),  # what is new of a contact
            # A look for words without vectors each minute: two ranges of this, on either side of the space in force.
            models.Index(fields=["space"], name="interaction_space"),
            models.Index(fields=["owner", "-occurred_at"], name="interaction_of_owner"),
            models.Index(fields=["owner", "message_key"], condition=~Q(message_key=""), name="interaction_message"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
