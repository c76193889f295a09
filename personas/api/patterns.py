"""Patterns: groups of contacts who behave alike."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.api.shapes import Shape
from personas.api.reaching import READS, SCOPE, seen
from personas.likeness.patterns import patterns_of
from personas.models import BehavioralPattern, Contact
from salesintel.problems import problems

DIGITS = 4


class PatternMarkOut(Shape):
    figure = serializers.CharField(help_text="The metric.")
    words = serializers.CharField()
    value = serializers.FloatField(help_text="Of its members, in the middle.")
    others = serializers.FloatField(help_text="Of the other contacts.")
    n = serializers.IntegerField(help_text="Members of whom it is known.")
    effect = serializers.FloatField(help_text="How far apart, in standard deviations (Cohen's d).")


class PatternOut(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="What sets it apart most.")
    marks = PatternMarkOut(many=True)
    members = serializers.IntegerField()
    cohesion = serializers.FloatField(allow_null=True, help_text="Mean silhouette, −1 to 1: from 0.25 on a group.")
    made = serializers.DateTimeField(allow_null=True)


class PatternsOut(Shape):
    patterns = PatternOut(many=True)
    profiles = serializers.IntegerField(help_text="Contacts of yours with a profile.")
    minimum = serializers.IntegerField(help_text="As many are needed; an admin sets it.")
    lacking = serializers.CharField(allow_blank=True, help_text="Why there is none; empty where there are.")


class PatternContactOut(Shape):
    contactId = serializers.UUIDField()
    name = serializers.CharField()


class PatternContactsOut(Shape):
    results = PatternContactOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PatternsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="list_patterns", tags=["contacts"], responses={200: PatternsOut, **READS})
    def get(self, request: Request) -> Response:
        """Groups of contacts who behave alike, the largest first: named by what sets them apart from the others.

        Found anew once a day where profiles are new; one of the same name keeps its id.
        """
        found = patterns_of(caller_of(request))
        told = {name: getattr(found, name) for name in ("profiles", "minimum", "lacking")}
        return Response({"patterns": [pattern_told(row) for row in found.rows], **told})


class PatternContactsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_pattern_contacts",
        tags=["contacts"],
        parameters=PAGE,
        responses={200: PatternContactsOut, **READS, **problems(400)},
    )
    def get(self, request: Request, pattern_id: UUID) -> Response:
        """The members of a pattern that you may see, by name."""
        pattern = seen(request, BehavioralPattern.objects, pattern_id)
        members = Contact.objects.visible_to(caller_of(request)).filter(profile__pattern=pattern)
        page = paged(request, members.order_by("name", "pk"))
        return Response(page.told([{"contactId": row.pk, "name": row.name} for row in page.rows]))


def pattern_told(row: BehavioralPattern) -> dict[str, Any]:
    """As `PatternOut` has it."""
    rounded = ("value", "others", "effect")
    marks = [mark | {name: round(mark[name], DIGITS) for name in rounded} for mark in row.marks]
    cohesion = None if row.cohesion is None else round(row.cohesion, DIGITS)
    return {
        "id": row.pk, "name": row.name, "marks": marks, "members": row.members, "cohesion": cohesion, "made": row.made,
    }  # fmt: skip
