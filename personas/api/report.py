"""What personas come to."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView, caller_of
from personas.api.reaching import SCOPE
from personas.api.report_shapes import PersonaReportIn, PersonaReportOut, report_told
from personas.reporting.report import report
from personas.reporting.span import USUAL
from salesintel.problems import problems

_DATE: Any = {"type": "string", "format": "date"}


class PersonaReportView(ScopedView):
    required_scope = SCOPE
    cache_control = "private, no-store"

    @extend_schema(
        operation_id="persona_report",
        tags=["personas"],
        parameters=[
            OpenApiParameter("from", _DATE, description=f"First day; {USUAL} days unless you say."),
            OpenApiParameter("to", _DATE, description="Last day, inclusive; today unless you say."),
        ],
        responses={200: PersonaReportOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """How many personas were made, how good, how used and judged, what time that saved, and how deals went.

        Of your own contacts, over days of your time zone.
        """
        user = caller_of(request)
        asked = PersonaReportIn.parse(request.query_params.dict())
        return Response(report_told(report(user, asked.span(user))))
