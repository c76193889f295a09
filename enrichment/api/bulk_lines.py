"""One line of a bulk: told which company it means, or left out."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import ScopedView
from enrichment.api.bulk import as_problems, own_bulk
from enrichment.api.bulk_shapes import BulkLineIn, BulkOut
from enrichment.automation.bulk import mending, progress
from enrichment.models import BulkLine
from salesintel.problems import problems

STEERS = problems(401, 403, 404, 409, 503)


class BulkLineView(ScopedView):
    required_scope = "enrich"

    @extend_schema(
        operation_id="mend_bulk_line",
        tags=["bulk"],
        request=BulkLineIn,
        responses={200: BulkOut, **STEERS, **problems(400, 413, 415)},
    )
    def patch(self, request: Request, bulk_id: UUID, line: int) -> Response:
        """Say which company a refused line means, by its domain or name. It is priced, and waits its turn.

        One of its `candidates` that has no domain is chosen by its number: `{"domain": "#17"}`. Where the list is over
        it waits for POST /bulk/{id}/retry. The answer is the bulk; a line that is refused again is among its problems.
        """
        given = BulkLineIn.parse(request.data).validated_data
        with as_problems():
            mending.mend(self.line_of(request, bulk_id, line), **given)
        return Response(progress.told(own_bulk(request, bulk_id)))

    @extend_schema(operation_id="drop_bulk_line", tags=["bulk"], request=None, responses={200: BulkOut, **STEERS})
    def delete(self, request: Request, bulk_id: UUID, line: int) -> Response:
        """Leave a refused line out. It stays in the results, as `dropped`."""
        with as_problems():
            mending.drop(self.line_of(request, bulk_id, line))
        return Response(progress.told(own_bulk(request, bulk_id)))

    def line_of(self, request: Request, bulk_id: UUID, line: int) -> BulkLine:
        """Raises `Http404`, for another's as for none."""
        return get_object_or_404(own_bulk(request, bulk_id).lines.select_related("bulk__vendor"), line=line)
