"""What plans and what-ifs look like on the wire, for the schema."""

from rest_framework import serializers

from enrichment.api.shapes import CompanyOut, Shape, Usd
from salesintel.declared import Declared


class LossOut(Shape):
    dataset = serializers.CharField()
    before = serializers.FloatField(help_text="Reliability with the source, 0 to 1.")
    after = serializers.FloatField(help_text="Without it.")
    missed = serializers.BooleanField(help_text="It met its threshold, and no longer does.")


class WithoutOut(Shape):
    """The best plan if one source were disabled."""

    source: Declared = serializers.CharField()
    expectedPrice = serializers.CharField(help_text="USD as a decimal.")
    costChange = serializers.CharField(help_text="USD as a decimal, below 0 where the plan is cheaper.")
    seconds = serializers.FloatField()
    instead = serializers.ListField(child=serializers.CharField(), help_text="Sources that are asked in its place.")
    losses = LossOut(many=True, help_text="Datasets that become less reliable.")


class ExperimentOf(Shape):
    slug = serializers.CharField()
    variant = serializers.CharField()


class ExplanationOut(Shape):
    """A plan with its reasons; nothing was bought."""

    company = CompanyOut()
    consumer = serializers.CharField()
    consumerLabel = serializers.CharField()
    role = serializers.CharField(allow_blank=True)
    strategy = serializers.CharField(help_text="The one in force for this company: enhanced or legacy.")
    cached = serializers.BooleanField(help_text="The report is there: asking for it would cost nothing.")
    plan = serializers.DictField()
    ifDisabled = WithoutOut(many=True, help_text="Of each source that is asked or reused.")
    quote = serializers.DictField(help_text="best, expected and worst: cost in USD, seconds.")
    vendorContext = serializers.DictField(allow_null=True, help_text="The vendor's part of the quote.")
    cap = Usd(allow_null=True, help_text="USD.")
    ruleSet = serializers.CharField(help_text="Its digest; `edited` for rules that are kept nowhere.")
    experiment = ExperimentOf(allow_null=True, help_text="Whose variant's rules it has; null for the rules of today.")
    sandbox = serializers.BooleanField()


class OutlookOut(Shape):
    """What plans expect: `cost` is the sum, everything else the mean."""

    cost = Usd(help_text="USD.")
    costPerRun = Usd(required=False, help_text="USD; absent for a single run.")
    seconds = serializers.FloatField()
    reliability = serializers.FloatField(help_text="Over the needs, by weight, 0 to 1.")
    met = serializers.FloatField(help_text="Share of the required thresholds that are reached.")


class OutcomeOut(Shape):
    """What runs came to: `cost` is the sum, everything else the mean."""

    cost = Usd(help_text="USD.")
    costPerRun = Usd(required=False, help_text="USD; absent for a single run.")
    seconds = serializers.FloatField()
    coverage = serializers.FloatField(help_text="Share of the needed datasets that have a value.")
    quality = serializers.FloatField(help_text="As a report's overall quality.")


class RunChangeOut(Shape):
    runId = serializers.UUIDField()
    company = serializers.CharField()
    consumer = serializers.CharField()
    at = serializers.DateTimeField()
    asked = serializers.ListField(child=serializers.CharField(), help_text="Sources that only the edited rules ask.")
    dropped = serializers.ListField(child=serializers.CharField(), help_text="Sources that they no longer ask.")


class ReplannedChangeOut(RunChangeOut):
    before = OutlookOut()
    after = OutlookOut()


class ReplayedChangeOut(RunChangeOut):
    before = OutcomeOut()
    after = OutcomeOut()


class ReplannedSidesOut(Shape):
    runs = serializers.IntegerField()
    changed = serializers.IntegerField()
    before = OutlookOut(help_text="By today's rules.")
    after = OutlookOut(help_text="By the edited ones.")


class ReplannedOut(ReplannedSidesOut):
    mostChanged = ReplannedChangeOut(many=True, help_text="At most ten runs.")


class OfConsumerOut(ReplannedSidesOut):
    consumer = serializers.CharField()
    label: Declared = serializers.CharField()


class LackingOut(Shape):
    source: Declared = serializers.CharField()
    runs = serializers.IntegerField()


class ReplayedOut(Shape):
    share = serializers.FloatField(help_text="Of the re-planned runs, 0 to 1: those whose every answer is recorded.")
    runs = serializers.IntegerField()
    changed = serializers.IntegerField()
    before = OutcomeOut(help_text="By today's rules.")
    after = OutcomeOut(help_text="By the edited ones.")
    mostChanged = ReplayedChangeOut(many=True, help_text="At most ten runs.")
    lacking = LackingOut(many=True, help_text="Whose answers were missing, in how many runs.")


class WhatIfOut(Shape):
    """Edited rules tried on past runs; nothing was bought, nothing saved."""

    replanned = ReplannedOut()
    byConsumer = OfConsumerOut(many=True, help_text="The re-planned runs of each consumer.")
    replayed = ReplayedOut()
    leftOut = serializers.IntegerField(help_text="Runs of consumers that exist no more, or would not.")
    sandbox = serializers.BooleanField()
