"""The shapes of a contact's figures on the wire."""

from typing import Any

from rest_framework import serializers

from enrichment.api.shapes import Shape
from personas.metrics.names import FIGURES
from personas.models import Range
from salesintel.declared import Declared


class BenchmarkOfMetricOut(Shape):
    low = serializers.FloatField(allow_null=True)
    typical = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    source: Declared = serializers.CharField(
        allow_null=True, help_text="persona-builder: the document; ours; or what you wrote. Null: no range is known."
    )
    industry = serializers.CharField(allow_null=True, help_text="What it is of; empty: all industries.")
    size = serializers.ChoiceField(["", *Range.Size.values], allow_null=True)
    percentile = serializers.FloatField(
        allow_null=True, help_text="Where they stand among the owner's other contacts, 0 to 100."
    )
    sampleSize = serializers.IntegerField(
        help_text="How many of those have the figure; below 5 there is no percentile."
    )
    installation = serializers.DictField(
        child=serializers.FloatField(),
        allow_null=True,
        help_text="{percentile, sampleSize} among all contacts here, to the nearest 5; of ten people's and more.",
    )


class WeightedOut(Shape):
    value = serializers.FloatField()
    n = serializers.FloatField(help_text="Effective: what so many weigh together.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class MeasuredOut(Shape):
    """A figure with what it rests on."""

    value = serializers.FloatField(allow_null=True, help_text="Null where there is not enough.")
    n = serializers.IntegerField(help_text="Observations.")
    low = serializers.FloatField(allow_null=True, help_text="95 % interval; null: a count, or bounded nowhere.")
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    enough = serializers.BooleanField()
    weighted = WeightedOut(allow_null=True, help_text="The same with recent ones weighing more.")
    waiting = serializers.IntegerField(allow_null=True, help_text="Those without an end yet: not in it.")
    benchmark = BenchmarkOfMetricOut(allow_null=True)


class WeekOut(Shape):
    begins = serializers.DateField(help_text="Monday.")
    theirs = serializers.IntegerField()
    ours = serializers.IntegerField()
    other = serializers.IntegerField()


class ChannelOut(Shape):
    name = serializers.CharField()
    share = MeasuredOut()


class SlotOut(Shape):
    weekday = serializers.IntegerField(allow_null=True, help_text="0 is Monday; null: any.")
    begins = serializers.IntegerField(allow_null=True, help_text="Hour; null: any.")
    ends = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(help_text="Of their acts in working hours.")
    expected = serializers.FloatField(help_text="If they acted at all working hours alike.")
    n = serializers.IntegerField()


class StageFiguresOut(Shape):
    name = serializers.CharField()
    days = MeasuredOut()
    conversion = MeasuredOut()


class CountsOut(Shape):
    type = serializers.DictField(child=serializers.IntegerField())
    direction = serializers.DictField(child=serializers.IntegerField())
    outcome = serializers.DictField(child=serializers.IntegerField())
    channel = serializers.DictField(child=serializers.IntegerField())


class ChartsOut(Shape):
    counts = CountsOut()
    weeks = WeekOut(many=True)
    hours = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Their acts by hour of the week: 7 days from Monday of 24, in their time zone.",
    )
    hoursSmoothed = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), help_text="The same as shares, smoothed."
    )
    channels = ChannelOut(many=True)
    stages = StageFiguresOut(many=True)


class QualityOut(Shape):
    volume = serializers.FloatField(help_text="Of 50.")
    email = serializers.FloatField(help_text="Of 20.")
    deals = serializers.FloatField(help_text="Of 20.")
    patterns = serializers.FloatField(help_text="Of 10.")


class TermsOut(Shape):
    enough = serializers.IntegerField(help_text="Observations below which nothing is said.")
    halfLifeDays = serializers.FloatField(help_text="Days after which an observation weighs half.")
    timeZone = serializers.CharField()
    dayBegins = serializers.IntegerField()
    dayEnds = serializers.IntegerField()


class ContactMetricsOut(Shape):
    """A contact in figures. Each figure stands under its own name."""

    contactId = serializers.UUIDField()
    measuredAt = serializers.DateTimeField()
    terms = TermsOut()
    quality = QualityOut(help_text="The parts of the score.")
    preferredChannel = serializers.CharField(allow_null=True, help_text="Null where none leads by more than chance.")
    bestTime = SlotOut(allow_null=True, help_text="Null where it may be chance.")
    charts = ChartsOut()

    def get_fields(self) -> dict[str, Any]:
        figures = {name: MeasuredOut(help_text=words) for name, words in FIGURES.items()}
        return {**super().get_fields(), **figures}
