"""The shapes of batches on the wire."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape, Usd
from personas.api.persona_shapes import METHODS, WRITERS
from personas.batches.choosing import MOST, Choice
from personas.models import ContactPersona, PersonaBatch, PersonaBatchLine


class PersonaBatchIn(Input):
    """Whose personas are wanted: `contactIds`, or who a `search` finds; neither: all of yours."""

    contactIds = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=MOST)
    search = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text="In names and companies."
    )
    onlyWithout = serializers.BooleanField(required=False, default=False, help_text="Only who has no persona yet.")
    method = serializers.ChoiceField(METHODS, required=False, default=ContactPersona.Method.RAG)
    writer = serializers.ChoiceField(WRITERS, required=False, default="builtin")
    maxCost = serializers.DecimalField(
        max_digits=12, decimal_places=6, min_value=Decimal(0), required=False, allow_null=True, default=None,
        help_text="USD for all of them; null: what they cost at most.",
    )  # fmt: skip

    def choice(self) -> Choice:
        given: dict[str, Any] = self.validated_data
        return Choice(
            ids=tuple(dict.fromkeys(given["contactIds"])),
            search=given["search"],
            only_without=given["onlyWithout"],
            method=given["method"],
            writer=given["writer"],
            max_cost=given["maxCost"],
        )


class PersonaBatchCountsOut(Shape):
    ready = serializers.IntegerField()
    working = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField(help_text="Left out, as the budget was used up.")
    cancelled = serializers.IntegerField()


class PersonaBatchOut(Shape):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(PersonaBatch.Status.values)
    method = serializers.ChoiceField(METHODS)
    writer = serializers.ChoiceField(WRITERS)
    contacts = serializers.IntegerField(help_text="How many.")
    counts = PersonaBatchCountsOut()
    progress = serializers.IntegerField(help_text="Per cent.")
    eachAtMost = Usd(help_text="USD that one may cost at most.")
    maxCost = Usd(help_text="USD that all of them may cost.")
    cost = Usd(help_text="USD so far.")
    createdAt = serializers.DateTimeField()
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)


class PersonaBatchesOut(Shape):
    results = PersonaBatchOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PersonaBatchLineOut(Shape):
    place = serializers.IntegerField()
    contactId = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(PersonaBatchLine.State.values)
    reason = serializers.CharField(allow_blank=True, help_text="Why it stands so, or was made otherwise than asked.")
    personaId = serializers.UUIDField(allow_null=True)
    cost = Usd(help_text="USD.")


class PersonaBatchLinesOut(Shape):
    results = PersonaBatchLineOut(many=True, help_text="By place.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
