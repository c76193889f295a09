"""The shapes of interactions and files on the wire."""

from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.api.contact_shapes import External, plain
from personas.models import File, Interaction

COLUMNS = {
    "type": "type",
    "direction": "direction",
    "occurredAt": "occurred_at",
    "subject": "subject",
    "body": "body",
    "durationSeconds": "duration_seconds",
    "outcome": "outcome",
    "threadId": "thread",
    "messageId": "message_id",
    "inReplyTo": "answers",
    "headers": "headers",
    "externalSource": "external_source",
    "externalId": "external_id",
}
DIRECTIONS, OUTCOMES = ["", *Interaction.Direction.values], ["", *Interaction.Outcome.values]
MOST = 1_000  # interactions at once

TYPES = Interaction.Type.values


class InteractionChangeIn(Input):
    """What is left out stays as it is."""

    type = serializers.ChoiceField(TYPES, required=False)
    direction = serializers.ChoiceField(
        DIRECTIONS, required=False, allow_blank=True, help_text="in: from the contact, out: to them."
    )
    occurredAt = serializers.DateTimeField(required=False)
    subject = plain(1_000)
    body = serializers.CharField(max_length=200_000, required=False, allow_blank=True, trim_whitespace=False)
    durationSeconds = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, allow_null=True)
    outcome = serializers.ChoiceField(OUTCOMES, required=False, allow_blank=True)
    dealId = serializers.UUIDField(required=False, allow_null=True, help_text="A deal of the same owner.")
    fileId = serializers.UUIDField(required=False, allow_null=True, help_text="A file of the same owner.")
    threadId = plain(1_000, "Your name of the thread: the first Message-ID, or the id that your system has for it.")
    messageId = plain(1_000, "Of a mail: its Message-ID. Kept as a keyed digest.")
    inReplyTo = plain(1_000, "The Message-ID that it answers, opens or clicks. Kept as a keyed digest.")


class InteractionIn(External, InteractionChangeIn):
    """Something that happened."""

    type = serializers.ChoiceField(TYPES)
    occurredAt = serializers.DateTimeField()
    headers = serializers.DictField(
        child=serializers.CharField(max_length=2_000, allow_blank=True),
        required=False,
        help_text="Of a mail: such as Auto-Submitted, by which a machine's answer is known. Not kept.",
    )


class InteractionsIn(Input):
    interactions = serializers.ListField(child=InteractionIn(), min_length=1, max_length=MOST)


class HistoryIn(Input):
    """Which of them."""

    type = serializers.ChoiceField(TYPES, required=False)
    after = serializers.DateTimeField(required=False)
    before = serializers.DateTimeField(required=False)


class InteractionOut(Shape):
    id = serializers.UUIDField()
    contactId = serializers.UUIDField()
    type = serializers.ChoiceField(TYPES)
    direction = serializers.ChoiceField(DIRECTIONS, allow_blank=True)
    occurredAt = serializers.DateTimeField()
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    durationSeconds = serializers.IntegerField(allow_null=True)
    outcome = serializers.ChoiceField(OUTCOMES, allow_blank=True)
    threadId = serializers.UUIDField(allow_null=True)
    dealId = serializers.UUIDField(allow_null=True)
    fileId = serializers.UUIDField(allow_null=True)
    isAutomatic = serializers.BooleanField(help_text="By a machine: an out-of-office answer, an open by a scanner.")
    mood = serializers.FloatField(allow_null=True, help_text="Of the contact's own words, -1 to 1.")
    words = serializers.IntegerField(help_text="Without what is quoted.")
    externalSource = serializers.CharField(allow_blank=True)
    externalId = serializers.CharField(allow_null=True)


class InteractionsOut(Shape):
    results = InteractionOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class LineOut(Shape):
    id = serializers.UUIDField(allow_null=True, help_text="Null where it was refused.")
    change = serializers.ChoiceField(("new", "changed", "unchanged", "refused"))
    field = serializers.CharField(allow_null=True, help_text="What is wrong, where it was refused.")
    why = serializers.CharField(allow_null=True)


class LinesOut(Shape):
    results = LineOut(many=True, help_text="In the order in which they were sent.")
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()


class FileIn(External):
    """A file that is shared with a contact: what it is, and what it says; not the file itself."""

    name = serializers.CharField(max_length=255)
    mediaType = plain(100)
    size = serializers.IntegerField(min_value=0, max_value=2**40, required=False, allow_null=True, help_text="Bytes.")
    text = serializers.CharField(max_length=500_000, required=False, allow_blank=True, trim_whitespace=False)


class FileOut(Shape):
    id = serializers.UUIDField()
    contactId = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    mediaType = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True)
    text = serializers.CharField(allow_blank=True)
    externalSource = serializers.CharField(allow_blank=True)
    externalId = serializers.CharField(allow_null=True)
    createdAt = serializers.DateTimeField()


class FilesOut(Shape):
    results = FileOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def interaction_told(row: Interaction) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "contactId": str(row.contact_id),
        "type": row.type,
        "direction": row.direction,
        "occurredAt": row.occurred_at,
        "subject": row.subject,
        "body": row.body,
        "durationSeconds": row.duration_seconds,
        "outcome": row.outcome,
        "threadId": row.thread_id,
        "dealId": row.deal_id,
        "fileId": row.file_id,
        "isAutomatic": row.is_automatic,
        "mood": row.mood,
        "words": row.words,
        "externalSource": row.external_source,
        "externalId": row.external_id,
    }


def file_told(row: File) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "contactId": row.contact_id,
        "name": row.name,
        "mediaType": row.media_type,
        "size": row.size,
        "text": row.text,
        "externalSource": row.external_source,
        "externalId": row.external_id,
        "createdAt": row.created,
    }
