"""The shapes of the report on personas on the wire."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from enrichment.api.base import Input
from enrichment.api.shapes import Shape
from personas.api.prediction_shapes import DIGITS, QUESTIONS, PredictionMonthOut, month_told
from personas.models import Range
from personas.reporting.difference import Share
from personas.reporting.making import Made
from personas.reporting.report import Report
from personas.reporting.span import LONGEST, USUAL, Span
from personas.zones import zone_of
from salesintel.accounts.models import User

_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)
NOT_CAUSE = (
    "It is no proof that looking helps: who looks may have better deals, and a deal that is open for longer is looked"
    " at more."
)


class PersonaReportIn(Input):
    """Which days."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """Under the names of the wire, of which `from` is none that Python lets a field have."""
        wire = {"first": "from", "last": "to"}
        return {wire[name]: field for name, field in super().get_fields().items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = attrs.get("from"), attrs.get("to")
        if absurd := [name for name, day in attrs.items() if not _FIRST <= day <= _LAST]:
            raise serializers.ValidationError({name: [f"Give a day from {_FIRST} to {_LAST}."] for name in absurd})
        if first and last and not timedelta(0) <= last - first < timedelta(days=LONGEST):
            raise serializers.ValidationError({"from": [f"Give a day before `to`, at most {LONGEST} days."]})
        return attrs

    def span(self, user: User) -> Span:
        """In the person's time zone; 90 days up to the last, which is today unless it is given."""
        zone, given = zone_of(user.time_zone), self.validated_data
        usual = timedelta(days=USUAL - 1)
        today = timezone.now().astimezone(zone).date()
        last = given.get("to") or (min(today, given["from"] + usual) if "from" in given else today)
        first = given.get("from") or last - usual
        return Span(first=min(first, last), last=max(first, last), zone=zone)


class PersonasMadeOut(Shape):
    begins = serializers.DateField(help_text="The day, or the week's Monday.")
    made = serializers.IntegerField()
    quality = serializers.FloatField(allow_null=True, help_text="Mean data quality, of 100 points; null: none made.")
    evidencedShare = serializers.FloatField(allow_null=True, help_text="Mean share of traits with enough evidence.")


class PersonaAdoptionOut(Shape):
    contacts = serializers.IntegerField(help_text="That are yours.")
    withPersona = serializers.IntegerField()
    lookedAt = serializers.IntegerField(help_text="Contacts whose persona was looked at in these days.")
    exported = serializers.IntegerField()


class PersonaStarsOut(Shape):
    mean = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="95 % interval; null below two.")
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    counts = serializers.ListField(child=serializers.IntegerField(), help_text="How many gave 1, 2, 3, 4, 5.")


class PersonaTimeSavedOut(Shape):
    hours = serializers.FloatField(help_text="By hand, less what it took.")
    contacts = serializers.IntegerField(help_text="For whom somebody had a persona made in these days.")
    minutesByHand = serializers.IntegerField(help_text="As an admin says.")


class PersonaBesideOut(Shape):
    metric = serializers.ChoiceField(Range.Metric.values)
    median = serializers.FloatField()
    typical = serializers.FloatField(help_text="Median of what is typical for contacts like them.")
    below = serializers.IntegerField(help_text="Contacts below their range.")
    within = serializers.IntegerField()
    above = serializers.IntegerField()


class WinShareOut(Shape):
    won = serializers.IntegerField()
    closed = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="95 % interval.")
    high = serializers.FloatField(allow_null=True)


class WinGapOut(Shape):
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="95 % interval.")
    high = serializers.FloatField()


class PersonaOutcomesOut(Shape):
    """Deals closed in these days, by whether the persona of a contact on them was looked at on an earlier day."""

    lookedAt = WinShareOut()
    others = WinShareOut()
    difference = WinGapOut(allow_null=True, help_text="Null where there are fewer than five on a side.")
    warning = serializers.CharField()


class PredictionsCameOut(Shape):
    question = serializers.ChoiceField(QUESTIONS)
    months = PredictionMonthOut(many=True)


class PersonaReportOut(Shape):
    """What personas come to. Of your own contacts alone."""

    to = serializers.DateField()
    timeZone = serializers.CharField()
    days = PersonasMadeOut(many=True, help_text="Every day, empty ones too.")
    weeks = PersonasMadeOut(many=True, help_text="Every week, of its days in the span.")
    adoption = PersonaAdoptionOut()
    stars = PersonaStarsOut()
    timeSaved = PersonaTimeSavedOut(allow_null=True, help_text="Null where an admin says that it takes no time.")
    benchmarks = PersonaBesideOut(many=True, help_text="Of all your contacts as they are now.")
    outcomes = PersonaOutcomesOut()
    predictions = PredictionsCameOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), **super().get_fields()}


def report_told(found: Report) -> dict[str, Any]:
    """All of it, as `PersonaReportOut` has it."""
    adopted, stars, gap = found.adoption, found.stars, found.outcomes.gap
    return {
        "from": found.span.first,
        "to": found.span.last,
        "timeZone": found.span.zone.key,
        "days": [_made(each) for each in found.days],
        "weeks": [_made(each) for each in found.weeks],
        "adoption": {
            "contacts": adopted.contacts,
            "withPersona": adopted.with_persona,
            "lookedAt": adopted.looked_at,
            "exported": adopted.exported,
        },
        "stars": asdict(stars),
        "timeSaved": {
            "hours": round(found.saved.hours, 2),
            "contacts": found.saved.contacts,
            "minutesByHand": found.saved.minutes,
        }
        if found.saved
        else None,
        "benchmarks": [asdict(each) for each in found.usual],
        "outcomes": {
            "lookedAt": _share(found.outcomes.looked),
            "others": _share(found.outcomes.others),
            "difference": asdict(gap) if gap else None,
            "warning": NOT_CAUSE,
        },
        "predictions": [
            {"question": question, "months": [month_told(each) for each in months]}
            for question, months in found.months.items()
        ],
    }


def _made(each: Made) -> dict[str, Any]:
    return {
        "begins": each.begins,
        "made": each.n,
        "quality": None if each.quality is None else round(each.quality, 1),
        "evidencedShare": None if each.borne is None else round(each.borne, DIGITS),
    }


def _share(each: Share) -> dict[str, Any]:
    low, high = each.within
    return {"won": each.hits, "closed": each.n, "share": each.value, "low": low, "high": high}
