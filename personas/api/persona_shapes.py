"""The shapes of personas on the wire."""

from typing import Any

from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape, Usd
from personas.generating.making import Writer
from personas.generating.model import SECTIONS
from personas.models import ContactPersona

METHODS = ContactPersona.Method.values
WRITERS = [str(each) for each in Writer]


class PersonaIn(Input):
    """Which method; where too little happened for `rag` it is `basic`, and says why."""

    method = serializers.ChoiceField(METHODS, required=False, default=ContactPersona.Method.RAG)
    writer = serializers.ChoiceField(
        WRITERS,
        required=False,
        default=str(Writer.BUILTIN),
        help_text="`engine`: by a model, where an admin allows it; passages of what the contact wrote are sent to its"
        " vendor, without names, addresses and numbers. Where none writes, the built-in one does, and says why.",
    )


class PersonaFeedbackIn(Input):
    stars = serializers.IntegerField(min_value=1, max_value=5, help_text="1: wrong or of no use, to 5: just so.")
    trait = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="Name of a trait; empty: the whole."
    )
    text = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class PersonaFeedbackOut(Shape):
    personaId = serializers.UUIDField()
    stars = serializers.IntegerField()
    trait = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    ratedAt = serializers.DateTimeField()


class TraitOut(Shape):
    section = serializers.ChoiceField(SECTIONS)
    name = serializers.CharField()
    value = serializers.CharField(help_text="What is said, in words.")
    n = serializers.IntegerField(help_text="Observations that bear it.")
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval of its figure, where it has one.")
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(allow_blank=True, help_text="Of low and high, or of n.")
    enough = serializers.BooleanField(help_text="False: too few observations to rely on.")
    support = serializers.ChoiceField(
        ["derived", "verbatim", "inferred"],
        help_text="derived: computed; verbatim: their own words; inferred: usual in such a post, or concluded.",
    )
    evidence = serializers.ListField(child=serializers.UUIDField(), help_text="Interactions, at most twelve.")


class WithheldOut(Shape):
    why = serializers.CharField()
    count = serializers.IntegerField()


class PersonaOut(Shape):
    id = serializers.UUIDField()
    contactId = serializers.UUIDField()
    method = serializers.ChoiceField(METHODS)
    askedMethod = serializers.ChoiceField(METHODS)
    fellBack = serializers.CharField(allow_blank=True, help_text="Why by another method than was asked for.")
    personaName = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    company = serializers.CharField(allow_blank=True)
    communicationStyle = serializers.CharField(allow_blank=True)
    bestTime = serializers.CharField(allow_blank=True)
    bestChannel = serializers.CharField(allow_blank=True)
    painPoints = serializers.ListField(child=serializers.CharField())
    buyingMotivations = serializers.ListField(child=serializers.CharField())
    likelyObjections = serializers.ListField(child=serializers.CharField())
    recommendedApproach = serializers.CharField(allow_blank=True)
    nextStep = serializers.CharField(allow_blank=True)
    do = serializers.ListField(child=serializers.CharField())
    doNot = serializers.ListField(child=serializers.CharField())
    traits = TraitOut(many=True)
    dataQuality = serializers.FloatField(help_text="Points of 100.")
    dataQualityParts = serializers.DictField(
        child=serializers.FloatField(), help_text="volume (at most 50), email (20), deals (20), patterns (10)."
    )
    evidencedShare = serializers.FloatField(help_text="Share of its traits with enough evidence, advice apart.")
    interactions = serializers.IntegerField(help_text="How many it was made of.")
    engine = serializers.CharField(help_text="Who wrote it; `builtin`: no model.")
    noEngine = serializers.CharField(allow_blank=True, help_text="Why no engine wrote it, where one was to.")
    prompt = serializers.CharField(allow_blank=True, help_text="Version of the engine's prompt; empty: built in.")
    withheld = WithheldOut(many=True, help_text="Sentences of the engine's that were left out, by reason.")
    cost = Usd(help_text="USD paid for it.")
    generatedAt = serializers.DateTimeField()


class PersonasOut(Shape):
    results = PersonaOut(many=True, help_text="Latest first.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class PersonaDifferenceOut(Shape):
    kind = serializers.ChoiceField(["came", "went", "changed"])
    section = serializers.ChoiceField(SECTIONS)
    name = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class ChangesOut(Shape):
    personaId = serializers.UUIDField()
    comparedWith = serializers.UUIDField(allow_null=True, help_text="The one before it; null for the first.")
    changes = PersonaDifferenceOut(many=True)


def persona_told(row: ContactPersona) -> dict[str, Any]:
    """A persona on the wire."""
    return {
        "id": str(row.pk),
        "contactId": str(row.contact_id),
        "method": row.method,
        "askedMethod": row.asked,
        "fellBack": row.fell_back,
        "withheld": [],
        **row.body,
        "dataQuality": row.quality,
        "dataQualityParts": row.parts,
        "evidencedShare": row.borne,
        "interactions": row.interactions,
        "engine": row.engine,
        "noEngine": row.no_engine,
        "prompt": row.prompt,
        "cost": float(row.cost),
        "generatedAt": row.made,
    }
