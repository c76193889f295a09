"""Pausing, resuming and trying again: what may be done to a request besides cancelling it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import Input, ScopedView
from enrichment.api.runs import own_request
from enrichment.api.shapes import RunOut
from enrichment.workflow import answers
from enrichment.workflow.pauses import NotNow, pause, resume
from enrichment.workflow.retries import FROM, retry
from salesintel.problems import Problem, invalid, problems

STEERS = problems(400, 401, 403, 404, 409, 413, 415, 503)


@contextmanager
def as_conflict() -> Iterator[None]:
    """Tells what does not fit the request's state in the API's words."""
    try:
        yield
    except NotNow as error:
        raise Problem(409, str(error)) from error


class Moment(serializers.DateTimeField):
    """A moment with its zone: without one, nobody knows which is meant."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError("Give the zone, too: 2026-11-21T18:00:00Z or +01:00.")
        moment: datetime = super().enforce_timezone(value)
        return moment


class PauseIn(Input):
    """Until when; without it, until it is resumed."""

    until = Moment(required=False, allow_null=True, default=None, help_text="ISO 8601 with its zone, in the future.")


class RetryIn(Input):
    """From which step on; without it, from where it stopped."""

    fromStep = serializers.ChoiceField(FROM, required=False, allow_null=True, default=None)


class PauseView(ScopedView):
    required_scope = "enrich"

    @extend_schema(operation_id="pause_run", tags=["runs"], request=PauseIn, responses={200: RunOut, **STEERS})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Buy nothing more for this request, until a time or until it is resumed. Its time stands still."""
        asked = own_request(request, request_id)
        until = PauseIn.parse(request.data).validated_data["until"]
        try:
            with as_conflict():
                pause(asked, until=until)
        except ValueError as error:
            raise invalid({"until": ["Give a time in the future."]}) from error
        return Response(answers.run_state(own_request(request, request_id)))


class ResumeView(ScopedView):
    required_scope = "enrich"

    @extend_schema(operation_id="resume_run", tags=["runs"], request=None, responses={200: RunOut, **STEERS})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Go on with a paused request."""
        with as_conflict():
            resume(own_request(request, request_id))
        return Response(answers.run_state(own_request(request, request_id)))


class RetryView(ScopedView):
    required_scope = "enrich"

    @extend_schema(operation_id="retry_run", tags=["runs"], request=RetryIn, responses={200: RunOut, **STEERS})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Try again what failed, was cancelled or was answered with gaps; what was bought is not bought again.

        `plan` plans anew, `collect` asks only the sources that gave no answer, `analyse` writes the report again.
        """
        asked = own_request(request, request_id)
        step = RetryIn.parse(request.data).validated_data["fromStep"]
        with as_conflict():
            retry(asked, step=step)
        return Response(answers.run_state(own_request(request, request_id)))
