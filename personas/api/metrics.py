"""How a contact behaves, in figures."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from personas.api.metrics_shapes import ContactMetricsOut
from personas.api.reaching import READS, SCOPE, seen_contact
from personas.benchmarks import Standing, Usual, benchmarks_for, standings
from personas.history import History, Terms
from personas.metrics import Measured, Metrics, measure
from personas.models import Contact, PersonaPolicy
from personas.reading import history_of, terms_at

DIGITS = 6


class ContactMetricsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(operation_id="contact_metrics", tags=["contacts"], responses={200: ContactMetricsOut, **READS})
    def get(self, request: Request, contact_id: UUID) -> Response:
        """How a contact behaves: every figure with its n, its 95 % interval and what is usual.

        Where there is not enough, `value` is null and `enough` false. Computed now, from what happened up to now.
        """
        contact, user = seen_contact(request, contact_id), caller_of(request)
        policy = PersonaPolicy.now()
        history, terms = history_of(contact, policy=policy), terms_at(timezone.now(), policy=policy)
        found = measure(history, terms)
        usual = benchmarks_for(contact, user, history.hours)
        return Response(told(contact, found, usual, standings(contact, user, found.figures), history, terms))


def told(
    contact: Contact,
    found: Metrics,
    usual: Mapping[str, Usual],
    stands: Mapping[str, Standing],
    history: History,
    terms: Terms,
) -> dict[str, Any]:
    """All of it, as `ContactMetricsOut` has it."""
    figures = {
        name: measured(each, benchmark(usual.get(name), stands.get(name))) for name, each in found.figures.items()
    }
    return {
        "contactId": contact.pk,
        "measuredAt": terms.now,
        "terms": {
            "enough": terms.enough,
            "halfLifeDays": terms.half_life.total_seconds() / 86_400,
            "timeZone": history.hours.zone.key,
            "dayBegins": history.hours.begins,
            "dayEnds": history.hours.ends,
        },
        "quality": asdict(found.quality),
        "preferredChannel": found.preferred_channel,
        "bestTime": asdict(found.best_time) if found.best_time else None,
        "charts": charts(found),
        **figures,
    }


def measured(each: Measured, usual: dict[str, Any] | None = None) -> dict[str, Any]:
    """A figure, rounded to six digits after the point."""
    weighted = each.weighted
    return {
        "value": rounded(each.value),
        "n": each.n,
        "low": rounded(each.low),
        "high": rounded(each.high),
        "unit": each.unit,
        "enough": each.enough,
        "weighted": {name: rounded(value) for name, value in asdict(weighted).items()} if weighted else None,
        "waiting": each.waiting,
        "benchmark": usual,
    }


def benchmark(usual: Usual | None, stands: Standing | None) -> dict[str, Any] | None:
    """What is usual, and where they stand; None where neither is known."""
    if usual is None and stands is None:
        return None
    place = stands or Standing()
    here = {"percentile": place.percentile_here, "sampleSize": place.sample_here}
    return {
        **{name: getattr(usual, name, None) for name in ("low", "typical", "high", "source", "industry", "size")},
        "percentile": place.percentile,
        "sampleSize": place.sample,
        "installation": here if place.sample_here else None,
    }


def charts(found: Metrics) -> dict[str, Any]:
    return {
        "counts": found.counts,
        "weeks": [asdict(week) for week in found.weeks],
        "hours": found.hours,
        "hoursSmoothed": found.hours_smoothed.round(DIGITS).tolist(),
        "channels": [{"name": each.name, "share": measured(each.share)} for each in found.channels],
        "stages": [
            {"name": each.name, "days": measured(each.days), "conversion": measured(each.conversion)}
            for each in found.stages
        ],
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
