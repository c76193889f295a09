"""Experiments and what they found, for who may see them: their figures are what everybody's work cost."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from enrichment.api.shapes import Shape
from enrichment.models import Experiment
from enrichment.workflow.findings import experiment_to_json, found, outcome_to_json
from salesintel.declared import Declared
from salesintel.problems import problems

RELATED = ("consumer",)


class VariantOut(Shape):
    label: Declared = serializers.CharField()
    isControl = serializers.BooleanField(help_text="By the rules of today.")
    share = serializers.IntegerField(help_text="Per cent of the companies.")
    strategy = serializers.CharField(allow_null=True)
    changes = serializers.DictField(help_text="Changed rows, as POST /plans takes them.")


class ExperimentOut(Shape):
    slug = serializers.CharField()
    label: Declared = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    consumer = serializers.CharField()
    status = serializers.CharField(help_text="draft, running, stopped (by a guard rail or a person) or ended.")
    why = serializers.CharField(allow_blank=True, help_text="Why it stopped or ended.")
    starts = serializers.DateTimeField(allow_null=True)
    ends = serializers.DateTimeField()
    finished = serializers.DateTimeField(allow_null=True)
    variants = VariantOut(many=True)


class ExperimentsOut(Shape):
    results = ExperimentOut(many=True, help_text="Newest first.")


class EstimateOut(Shape):
    mean = serializers.FloatField()
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval; null where there is too little.")
    high = serializers.FloatField(allow_null=True)


class DifferenceOut(Shape):
    value = serializers.FloatField(help_text="The variant's mean less the control's.")
    low = serializers.FloatField(help_text="Of its interval; those of all variants hold together in 95 %.")
    high = serializers.FloatField()


class FoundOut(Shape):
    label: Declared = serializers.CharField()
    isControl = serializers.BooleanField()
    runs = serializers.IntegerField(help_text="Ended runs that count.")
    companies = serializers.IntegerField()
    rated = serializers.IntegerField(help_text="Runs whose report has stars.")
    companiesNeeded = serializers.IntegerField(allow_null=True, help_text="Null while nobody knows.")
    estimates = serializers.DictField(
        child=EstimateOut(),
        help_text="cost (USD a run), quality, coverage, complete (shares), seconds, stars (1 to 5).",
    )
    differences = serializers.DictField(child=DifferenceOut(), help_text="Empty until it is over, and of the control.")


class FindingsOut(Shape):
    verdict = serializers.CharField(help_text="One plain sentence, or two.")
    isFinal = serializers.BooleanField(help_text="Whether the variants were compared.")
    comparedBy = serializers.ChoiceField(
        ("quality", "coverage"), help_text="coverage where a variant changes what quality is measured by."
    )
    variants = FoundOut(many=True, help_text="The control first.")


class ExperimentWithOutcomeOut(ExperimentOut):
    outcome = FindingsOut()


class ExperimentsView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="list_experiments", tags=["rules"], responses={200: ExperimentsOut, **problems(401, 403, 503)}
    )
    def get(self, request: Request) -> Response:
        """All experiments, newest first; none for who may not see them."""
        rows = Experiment.objects.visible_to(caller_of(request)).select_related(*RELATED).prefetch_related("variants")
        return Response({"results": [experiment_to_json(row) for row in rows[:200]]})


class ExperimentView(ScopedView):
    required_scope = "read"

    @extend_schema(
        operation_id="read_experiment",
        tags=["rules"],
        responses={200: ExperimentWithOutcomeOut, **problems(401, 403, 404, 503)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """An experiment and what it found: means with intervals, and a verdict once it is over."""
        visible = Experiment.objects.visible_to(caller_of(request)).select_related(*RELATED)
        row = get_object_or_404(visible.prefetch_related("variants"), slug=slug)
        return Response({**experiment_to_json(row), "outcome": outcome_to_json(found(row))})
