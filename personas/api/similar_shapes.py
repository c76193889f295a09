"""The shapes of likeness on the wire: who is like a contact, and why."""

from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.likeness.reasons import Reason
from personas.likeness.similar import Found, Match
from personas.models import Contact

DIGITS = 4
MOST = 50


class SimilarReasonOut(Shape):
    kind = serializers.ChoiceField(["behaviour", "topic", "words"])
    words = serializers.CharField(help_text="With both figures, where it is a behaviour.")
    figure = serializers.CharField(help_text="The metric, or the topic; empty of words.")
    here = serializers.FloatField(allow_null=True, help_text="The metric of the contact that you asked of.")
    there = serializers.FloatField(allow_null=True, help_text="The metric of the one that is like them.")


class SimilarContactOut(Shape):
    contactId = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    score = serializers.FloatField(help_text="Cosine, 1 the most: 0.6 of it are behaviours, 0.4 what they write of.")
    behaviour = serializers.FloatField(help_text="Cosine of how both behave.")
    text = serializers.FloatField(allow_null=True, help_text="Of what both write; null where one wrote nothing.")
    reasons = SimilarReasonOut(many=True)


class SimilarContactsOut(Shape):
    """Contacts that the caller may see who are like one, the most alike first."""

    contactId = serializers.UUIDField()
    lacking = serializers.CharField(allow_blank=True, help_text="Why nobody is named; empty where somebody is.")
    similar = SimilarContactOut(many=True)


class SimilarIn(Input):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=10)


def similar_told(contact: Contact, found: Found) -> dict[str, Any]:
    """As `SimilarContactsOut` has it."""
    return {
        "contactId": contact.pk,
        "lacking": found.lacking,
        "similar": [_match(each) for each in found.matches],
    }


def _match(each: Match) -> dict[str, Any]:
    contact = each.contact
    return {
        "contactId": contact.pk,
        "name": contact.name,
        "title": contact.title,
        "company": contact.company.name if contact.company else contact.company_name,
        "score": round(each.score, DIGITS),
        "behaviour": round(each.behaviour, DIGITS),
        "text": None if each.text is None else round(each.text, DIGITS),
        "reasons": [_reason(reason) for reason in each.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    figures = {name: getattr(reason, name) for name in ("here", "there")}
    rounded = {name: None if value is None else round(value, DIGITS) for name, value in figures.items()}
    return {"kind": reason.kind, "words": reason.words, "figure": reason.figure, **rounded}
