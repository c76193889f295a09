"""Many companies at once: a list is priced, confirmed, worked off within one budget, and read line by line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.asking import AMBIGUOUS, MISMATCH
from enrichment.api.base import JsonRenderer, ScopedView, StrictJsonParser, caller_of
from enrichment.api.bulk_shapes import BulkFileIn, BulkIn, BulkOut, BulkResultsOut, BulkRetryIn, BulksIn, BulksOut
from enrichment.api.paging import PAGE, filters, paged
from enrichment.api.prefer import idempotency_key
from enrichment.api.research import KEY
from enrichment.api.summaries import candidate_out
from enrichment.api.tables import CsvRenderer, lines
from enrichment.automation.bulk import pricing, progress, results, steering
from enrichment.automation.bulk.intake import take_in
from enrichment.automation.bulk.model import BulkAsk, InvalidBulk, NotNow, SameKey, UnreadableList
from enrichment.automation.bulk.reading import read_table
from enrichment.companies import NEW, AmbiguousCompany
from enrichment.models import Bulk
from salesintel.problems import Problem, invalid, problems

PRICED_FOR = 4.0  # seconds that a POST prices; the watchdog goes on with the rest
READS = problems(401, 403, 404, 503)
STEERS = problems(401, 403, 404, 409, 503)


class CsvParser(BaseParser):
    """A file as the body: its bytes, bounded."""

    media_type = "text/csv"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        return bounded(stream)


def bounded(stream: IO[bytes]) -> bytes:
    """The bytes of a file. Raises `Problem` for one that is too large."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise Problem(413, f"A file may have at most {limit} bytes.")
    return raw


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what the floor below refuses in the API's words."""
    try:
        yield
    except InvalidBulk as error:
        raise invalid(error.errors) from error
    except UnreadableList as error:
        raise invalid({"companies": [str(error)]}) from error
    except SameKey as error:
        raise Problem(409, "Use a new key for a new request.", kind=MISMATCH) from error
    except NotNow as error:
        raise Problem(409, str(error)) from error
    except AmbiguousCompany as error:
        candidates = [candidate_out(candidate) for candidate in error.candidates]
        detail = f"Say which vendor you mean: send vendorDomain, {NEW} where it is none of them."
        raise Problem(409, detail, kind=AMBIGUOUS, candidates=candidates) from error


def own_bulk(request: Request, bulk_id: UUID) -> Bulk:
    """The caller's own bulk. Raises `Http404`, for another's as for none."""
    return get_object_or_404(Bulk.objects.visible_to(caller_of(request)).select_related("vendor"), pk=bulk_id)


class BulksView(ScopedView):
    required_scope = "read"
    scopes: ClassVar[dict[str, str]] = {"POST": "enrich"}
    parser_classes = (StrictJsonParser, CsvParser, MultiPartParser)

    @extend_schema(
        operation_id="bulks",
        tags=["bulk"],
        parameters=[
            OpenApiParameter("status", str, enum=Bulk.Status.values, description="Only those that stand so."),
            *PAGE,
        ],
        responses={200: BulksOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your bulks, newest first."""
        wanted = BulksIn.parse(filters(request)).validated_data
        page = paged(request, Bulk.objects.visible_to(caller_of(request)).filter(**wanted))
        return Response(page.told([progress.brief(bulk) for bulk in progress.with_lines(page.rows)]))

    @extend_schema(
        operation_id="start_bulk",
        tags=["bulk"],
        request={
            "application/json": BulkIn,
            "text/csv": OpenApiTypes.BINARY,
            "multipart/form-data": BulkFileIn,
        },
        parameters=[KEY],
        responses={201: BulkOut, **problems(400, 401, 403, 409, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Price up to 1,000 companies. Nothing is bought until it is started: POST /bulk/{id}/start.

        As JSON, as a form with a CSV `file`, or as `text/csv` with the other fields in the query. Columns are told by
        their headers, and `columns` says which.
        """
        with as_problems():
            bulk = take_in(_ask(request), user=caller_of(request), idempotency_key=idempotency_key(request))
        if bulk.status == Bulk.Status.QUOTING:
            pricing.price(bulk, seconds=PRICED_FOR)
        bulk = own_bulk(request, bulk.pk)
        return Response(progress.told(bulk), status=201, headers={"Location": f"/api/v1/bulk/{bulk.pk}"})


def _ask(request: Request) -> BulkAsk:
    data: Any = request.data
    if isinstance(data, bytes):
        return _of_file(data, request.query_params.dict(), label="")
    if not hasattr(data, "getlist"):
        body = BulkIn.parse(data)
        return body.ask(body.listed())
    file: Any = request.FILES.get("file")
    if file is None:
        raise invalid({"file": ["Send a CSV file."]})
    fields = {name: str(value) for name, value in data.items() if name not in request.FILES}
    return _of_file(bounded(file), fields, label=str(file.name or ""))


def _of_file(raw: bytes, fields: dict[str, Any], *, label: str) -> BulkAsk:
    """A file with the fields beside it, all of which are text: `require` with commas, blank for not given."""
    given: dict[str, Any] = {name: value for name, value in fields.items() if value.strip()}
    if "require" in given:
        given["require"] = [slug.strip() for slug in given["require"].split(",") if slug.strip()]
    options = BulkFileIn.parse(given)
    return options.ask(read_table(raw, chosen=options.chosen()), label=label)


class BulkView(ScopedView):
    required_scope = "read"

    @extend_schema(operation_id="bulk", tags=["bulk"], responses={200: BulkOut, **READS})
    def get(self, request: Request, bulk_id: UUID) -> Response:
        """Its quote, how far it is, what it spent; refused lines by their numbers."""
        return Response(progress.told(own_bulk(request, bulk_id)))


class BulkResultsView(ScopedView):
    required_scope = "read"
    renderer_classes = (JsonRenderer, CsvRenderer)

    @extend_schema(
        operation_id="bulk_results",
        tags=["bulk"],
        parameters=[
            OpenApiParameter("format", str, enum=["json", "csv"], description="Also by `Accept`."),
            OpenApiParameter("only", str, enum=sorted(results.ONLY), description="Only lines that failed, or refused."),
        ],
        responses={
            (200, "application/json"): BulkResultsOut,
            (200, "text/csv"): str,
            **problems(400, 401, 403, 404, 406, 503),
        },
    )
    def get(self, request: Request, bulk_id: UUID) -> Any:
        """One result for each line that was sent, in that order: facts where it is done, the reason where it is not."""
        bulk, only = own_bulk(request, bulk_id), request.query_params.get("only", "")
        if only and only not in results.ONLY:
            words = [f"“{only[:40]}” is none; choose one of {', '.join(sorted(results.ONLY))}."]
            raise invalid({"only": words})
        if not isinstance(request.accepted_renderer, CsvRenderer):
            return StreamingHttpResponse(_as_json(bulk, only), content_type="application/json")
        answer = StreamingHttpResponse(_as_csv(bulk, only), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="bulk-{str(bulk.pk)[:8]}.csv"'
        return answer


def _as_json(bulk: Bulk, only: str) -> Iterator[str]:
    yield '{"results": ['
    for place, row in enumerate(results.rows(bulk, only=only)):
        yield ("," if place else "") + "\n" + json.dumps(row)
    yield "\n]}\n"


def _as_csv(bulk: Bulk, only: str) -> Iterator[str]:
    """With a column for each dataset, and the mark by which spreadsheets know that it is UTF-8."""
    datasets = results.wanted(bulk)
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    rows = results.rows(bulk, only=only)
    flat = ({**row, **{slug: results.in_words(row["facts"].get(slug)) for slug in datasets}} for row in rows)
    yield from lines(flat, [*results.HEAD, *datasets])


class SteerBulkView(ScopedView):
    """POST that changes a bulk's state; the answer is the bulk as it is then."""

    required_scope = "enrich"

    def told(self, request: Request, bulk_id: UUID) -> Response:
        return Response(progress.told(own_bulk(request, bulk_id)))


class StartBulkView(SteerBulkView):
    @extend_schema(operation_id="confirm_bulk", tags=["bulk"], request=None, responses={200: BulkOut, **STEERS})
    def post(self, request: Request, bulk_id: UUID) -> Response:
        """Begin with what was quoted. From now on it spends, within its limit."""
        with as_problems():
            steering.start(own_bulk(request, bulk_id))
        return self.told(request, bulk_id)


class PauseBulkView(SteerBulkView):
    @extend_schema(operation_id="pause_bulk", tags=["bulk"], request=None, responses={200: BulkOut, **STEERS})
    def post(self, request: Request, bulk_id: UUID) -> Response:
        """Start no further line, and buy nothing more for those under way."""
        with as_problems():
            steering.pause(own_bulk(request, bulk_id))
        return self.told(request, bulk_id)


class ResumeBulkView(SteerBulkView):
    @extend_schema(operation_id="resume_bulk", tags=["bulk"], request=None, responses={200: BulkOut, **STEERS})
    def post(self, request: Request, bulk_id: UUID) -> Response:
        """Go on with a paused bulk."""
        with as_problems():
            steering.resume(own_bulk(request, bulk_id))
        return self.told(request, bulk_id)


class CancelBulkView(SteerBulkView):
    @extend_schema(operation_id="cancel_bulk", tags=["bulk"], request=None, responses={200: BulkOut, **STEERS})
    def post(self, request: Request, bulk_id: UUID) -> Response:
        """Start nothing more, and leave what is under way. What was bought is kept."""
        with as_problems():
            steering.cancel(own_bulk(request, bulk_id))
        return self.told(request, bulk_id)


class RetryBulkView(SteerBulkView):
    @extend_schema(
        operation_id="retry_bulk",
        tags=["bulk"],
        request=BulkRetryIn,
        responses={200: BulkOut, **STEERS, **problems(400, 413, 415)},
    )
    def post(self, request: Request, bulk_id: UUID) -> Response:
        """Work off again what failed, was left out or cancelled; what was bought is not bought again."""
        given = BulkRetryIn.parse(request.data).validated_data
        with as_problems():
            steering.retry(own_bulk(request, bulk_id), max_cost=given.get("maxCost"), partial=given["partial"])
        return self.told(request, bulk_id)
