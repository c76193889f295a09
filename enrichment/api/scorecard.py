"""How each source does, for whoever may read the rules' effects; what it cost for who may see costs."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView, caller_of
from enrichment.api.shapes import Shape, Usd
from enrichment.rules import live
from enrichment.workflow.scorecard import card_to_json, cards
from salesintel.declared import Declared
from salesintel.problems import problems

LONGEST = 366  # days
USUAL = 30


class ScorecardIn(Input):
    """Which days to look at."""

    days = serializers.IntegerField(min_value=1, max_value=LONGEST, default=USUAL)
    origin = serializers.ChoiceField(("live", "sandbox"), required=False)


class LatencyOut(Shape):
    p50 = serializers.FloatField(allow_null=True, help_text="Seconds; half of the answers took at most that.")
    p95 = serializers.FloatField(allow_null=True)


class ScoredDatasetOut(Shape):
    """One cell of the matrix; intervals hold the true share in 95 of 100 such samples."""

    dataset = serializers.CharField()
    answers = serializers.IntegerField(help_text="Of the source, that were looked at.")
    filled = serializers.IntegerField(help_text="Of these, that had a value.")
    fillRate = serializers.FloatField(allow_null=True)
    fillRateInterval = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    compared = serializers.IntegerField(help_text="Times that another origin group, or a person, said something too.")
    agreed = serializers.IntegerField()
    agreement = serializers.FloatField(allow_null=True)
    reliability = serializers.FloatField(help_text="The matrix's.")
    reliabilitySeen = serializers.FloatField(allow_null=True, help_text="What the comparisons alone speak for.")
    reliabilityInterval = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    suggestion = serializers.FloatField(allow_null=True, help_text="A reliability to set instead; null for none.")


class ScoredSourceOut(Shape):
    source: Declared = serializers.CharField()
    label: Declared = serializers.CharField()
    provider = serializers.CharField()
    calls = serializers.IntegerField()
    answered = serializers.IntegerField()
    empty = serializers.IntegerField(help_text="Nothing found.")
    failed = serializers.IntegerField()
    inDoubt = serializers.IntegerField()
    cost = Usd(allow_null=True, help_text="USD; null where you may not see what everybody's work cost.")
    facts = serializers.IntegerField(help_text="Facts of today that it bears.")
    costPerFact = Usd(allow_null=True)
    latency = LatencyOut()
    datasets = ScoredDatasetOut(many=True)


class ScorecardOut(Shape):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    results = ScoredSourceOut(many=True)
    sandbox = serializers.BooleanField()


class ScorecardView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="source_scorecard",
        tags=["rules"],
        parameters=[
            OpenApiParameter("days", int, description=f"How many days back, 1 to {LONGEST}; {USUAL} unless you say."),
            OpenApiParameter("origin", str, description="What runs now unless you say.", enum=["live", "sandbox"]),
        ],
        responses={200: ScorecardOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """How often each source answers, how fast, at what price, how often it has a value, and is right."""
        given = ScorecardIn.parse(request.query_params.dict()).validated_data
        until = timezone.now()
        since, origin = until - timedelta(days=given["days"]), given.get("origin") or live.origin()
        with_costs = caller_of(request).has_perm("enrichment.see_costs")
        found = [card_to_json(card, with_costs=with_costs) for card in cards(origin=origin, since=since, until=until)]
        return Response({"since": since, "until": until, "results": found, "sandbox": origin == "sandbox"})
