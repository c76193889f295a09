"""The shapes of conversations on the wire."""

from typing import Any

from rest_framework import serializers

from chat.models import LONGEST_QUESTION, ChatEvent, ChatFeedback, ChatSession
from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from salesintel.declared import Declared

TURN_STATES = ("waiting", "asking", "answered", "failed", "stopped")


class SessionIn(Input):
    """A new conversation. What is left out is taken from your own profile."""

    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    company = serializers.CharField(max_length=200, required=False, help_text="Begin with this one: a name or domain.")
    vendor = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    role = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class SessionChangeIn(Input):
    title = serializers.CharField(max_length=120)


class SpokenOfOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    domain = serializers.CharField(allow_null=True)


class SessionOut(Shape):
    """A conversation."""

    id = serializers.UUIDField()
    title = serializers.CharField(allow_blank=True)
    company = SpokenOfOut(allow_null=True, help_text="Whom it is about just now.")
    vendor = SpokenOfOut(allow_null=True)
    role = serializers.CharField(allow_blank=True)
    requestId = serializers.UUIDField(allow_null=True, help_text="Of the research that was begun last.")
    lastSeq = serializers.IntegerField(help_text="Number of its latest event.")
    createdAt = serializers.DateTimeField()
    updatedAt = serializers.DateTimeField()


class SessionsOut(Shape):
    results = SessionOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ActionOut(Shape):
    id = serializers.CharField()
    label: Declared = serializers.CharField()
    action = serializers.CharField()
    payload = serializers.DictField()


class MessageOut(Shape):
    """Something that was said."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(("user", "assistant"))
    content = serializers.CharField(help_text="Markdown, but of a user the text as it was sent.")
    actions = ActionOut(many=True)
    metadata = serializers.DictField(help_text="sources, statements with their evidence, confidence, found, cost.")
    turnId = serializers.UUIDField(allow_null=True)
    createdAt = serializers.DateTimeField()


class MessagesOut(Shape):
    results = MessageOut(many=True, help_text="Oldest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SayIn(Input):
    """A question, or the action of a button with its payload."""

    question = serializers.CharField(max_length=LONGEST_QUESTION, required=False)
    action = serializers.CharField(max_length=60, required=False)
    payload = serializers.DictField(required=False)
    clientId = serializers.CharField(
        max_length=64, required=False, help_text="Your own name of it: what is sent twice is taken once."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("question" in attrs) == ("action" in attrs):
            raise serializers.ValidationError({"question": ["Send a question, or an action with its payload."]})
        return attrs


class AskedOut(Shape):
    """A question, and what became of it so far."""

    turnId = serializers.UUIDField()
    status = serializers.ChoiceField(TURN_STATES)
    intent = serializers.CharField(allow_blank=True)
    found = serializers.CharField(allow_blank=True, help_text="cache, workflow or query: where the answer was.")
    messages = MessageOut(many=True)


class TurnOut(AskedOut):
    """What became of it so far."""

    waited = AskedOut(
        allow_null=True,
        help_text="Where this chose a company: the question that had waited for it, which is answered, too.",
    )


class QuestionIn(Input):
    """The documents' question."""

    question = serializers.CharField(max_length=LONGEST_QUESTION)
    customer = serializers.JSONField(required=False, help_text="A name or domain, or an object with domain or name.")
    chatSessionId = serializers.UUIDField(required=False, help_text="A new conversation is begun without it.")
    workflowStatus = serializers.JSONField(required=False, help_text="Not looked at: we know how far it is.")


class SourceReferenceOut(Shape):
    name = serializers.CharField()
    confidence = serializers.FloatField(help_text="0 to 1.")
    band = serializers.ChoiceField(("high", "fair", "low"), help_text="Above 0.8, above 0.6, below.")
    lastUpdated = serializers.DateTimeField()
    url = serializers.CharField(allow_blank=True)


class QuestionOut(Shape):
    """The documents' answer."""

    content = serializers.CharField(allow_blank=True)
    actions = ActionOut(many=True)
    sources = SourceReferenceOut(many=True)
    confidence = serializers.FloatField(allow_null=True)
    status = serializers.CharField(help_text="waiting: the rest comes as an event of the conversation.")
    found = serializers.CharField(allow_blank=True)
    chatSessionId = serializers.UUIDField()
    turnId = serializers.UUIDField()


class ChatEventOut(Shape):
    type = serializers.ChoiceField(ChatEvent.Type.values)
    chatSessionId = serializers.UUIDField()
    seq = serializers.IntegerField()
    data: Declared = serializers.DictField()
    timestamp = serializers.DateTimeField()


class ChatEventsOut(Shape):
    results = ChatEventOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class FeedbackIn(Input):
    value = serializers.ChoiceField(["up", "down"])
    why = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    def to_value(self) -> int:
        up, down = ChatFeedback.Value.UP, ChatFeedback.Value.DOWN
        return int(up if self.validated_data["value"] == "up" else down)


class FeedbackOut(Shape):
    value = serializers.ChoiceField(["up", "down"])
    why = serializers.CharField(allow_blank=True)


class StoppedOut(Shape):
    stopped = serializers.BooleanField(help_text="False where nothing was under way.")


def session_told(session: ChatSession) -> dict[str, Any]:
    """A session as JSON; its company and vendor are selected with it."""
    return {
        "id": str(session.pk),
        "title": session.title,
        "company": _company(session.company),
        "vendor": _company(session.vendor),
        "role": str(session.seller.get("role", "")),
        "requestId": str(session.research_id) if session.research_id else None,
        "lastSeq": session.last_seq,
        "createdAt": session.created.isoformat(),
        "updatedAt": session.updated.isoformat(),
    }


def _company(company: Any) -> dict[str, Any] | None:
    return None if company is None else {"id": company.pk, "name": company.name, "domain": company.domain}
