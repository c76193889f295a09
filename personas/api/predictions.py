"""What is likely with a contact, and how well that can be told."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from personas.api.prediction_shapes import ContactPredictionsOut, PredictorsOut, prediction_told, predictor_told
from personas.api.reaching import READS, SCOPE, seen_contact
from personas.models import Predictor
from personas.predicting.accuracy import months
from personas.predicting.foretelling import foretold
from salesintel.problems import problems

YEAR = timedelta(days=366)


class ContactPredictionsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="contact_predictions", tags=["contacts"], responses={200: ContactPredictionsOut, **READS}
    )
    def get(self, request: Request, contact_id: UUID) -> Response:
        """Whether they answer, whether a deal is won and when it closes: a chance with its interval, or why none.

        Learnt once a day from what you may see. Nothing is said where it did no better on later cases than their share.
        """
        contact, now = seen_contact(request, contact_id), timezone.now()
        found = foretold(contact, caller_of(request), now=now)
        return Response(
            {"contactId": contact.pk, "askedAt": now, "predictions": [prediction_told(each) for each in found]}
        )


class PredictorsView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="list_predictors",
        tags=["contacts"],
        responses={200: PredictorsOut, **problems(401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """What your records teach, how it was tried, and how it came true: scores beside the base rate, calibration."""
        user, now = caller_of(request), timezone.now()
        rows = Predictor.objects.filter(owner=user).order_by("question")
        came = months(user, since=now - YEAR, until=now)
        return Response({"results": [predictor_told(row, came.get(row.question, ())) for row in rows]})
