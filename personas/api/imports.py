"""Files of records: sent, checked, mended, started, and taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import JsonRenderer, ScopedView, StrictJsonParser, caller_of
from enrichment.api.paging import PAGE, paged
from enrichment.api.tables import lines
from personas.api.import_shapes import ImportChoiceIn, ImportErrorsOut, ImportFileIn, ImportOut, ImportsOut
from personas.importing import steering, telling
from personas.importing.intake import Upload
from personas.importing.model import LARGEST, InvalidChoice, NotNow, Unreadable
from personas.models import Import
from salesintel.problems import Problem, invalid, problems

READS = problems(401, 403, 404, 503)
STEERS = problems(401, 403, 404, 409, 503)


@contextmanager
def as_problems() -> Iterator[None]:
    """Tells what the floor below refuses in the API's words."""
    try:
        yield
    except InvalidChoice as error:
        raise invalid(error.errors) from error
    except Unreadable as error:
        raise invalid({"file": [str(error)]}) from error
    except NotNow as error:
        raise Problem(409, str(error)) from error


def own_import(request: Request, import_id: UUID) -> Import:
    """The caller's own import: a grant does not reach it. Raises `Http404`, for another's as for none."""
    rows = Import.objects.filter(owner=caller_of(request)).select_related("owner")
    found: Import = get_object_or_404(rows, pk=import_id)
    return found


class PersonasView(ScopedView):
    required_scope = "personas"
    cache_control = "private, no-store"


class ImportsView(PersonasView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="imports",
        tags=["personas"],
        parameters=PAGE,
        responses={200: ImportsOut, **problems(400, 401, 403, 503)},
    )
    def get(self, request: Request) -> Response:
        """Your imports, newest first."""
        page = paged(request, Import.objects.filter(owner=caller_of(request)).defer("found", "options", "header"))
        return Response(page.told([telling.brief(row) for row in page.rows]))

    @extend_schema(
        operation_id="upload_import",
        tags=["personas"],
        request={"multipart/form-data": ImportFileIn},
        responses={201: ImportOut, **problems(400, 401, 403, 413, 415, 503)},
    )
    def post(self, request: Request) -> Response:
        """Send a file of contacts, interactions or deals, or a mailbox. It is read and checked; nothing is written.

        The file is kept encrypted, and deleted after a week. `questions` has to be empty before it can be started.
        """
        with as_problems():
            row = steering.upload(_upload(request), user=caller_of(request))
        return Response(telling.told(row), status=201, headers={"Location": f"/api/v1/imports/{row.pk}"})


def _upload(request: Request) -> Upload:
    sent: Any = request.data  # a form's
    fields = {name: value for name, value in sent.items() if value != ""}
    given = ImportFileIn.parse(fields).validated_data
    file = given["file"]
    if file.size > LARGEST:
        raise Problem(413, f"A file may have at most {LARGEST} bytes.")
    return Upload(
        raw=file.read(),
        name=str(file.name or ""),
        **{name: given.get(name, "") for name in ("kind", "preset", "encoding", "delimiter")},
    )


class ImportView(PersonasView):
    parser_classes = (StrictJsonParser,)

    @extend_schema(operation_id="import", tags=["personas"], responses={200: ImportOut, **READS})
    def get(self, request: Request, import_id: UUID) -> Response:
        """How it is read, what would become of its rows, how far it is."""
        return Response(telling.told(own_import(request, import_id)))

    @extend_schema(
        operation_id="change_import",
        tags=["personas"],
        request=ImportChoiceIn,
        responses={200: ImportOut, **STEERS, **problems(400, 413, 415)},
    )
    def patch(self, request: Request, import_id: UUID) -> Response:
        """Say which column is which field, and what only you know. It is checked anew."""
        choice = ImportChoiceIn.parse(request.data).choice()
        with as_problems():
            row = steering.change(own_import(request, import_id), choice)
        return Response(telling.told(row))


class SteerImportView(PersonasView):
    """POST that changes an import's state; the answer is the import as it is then."""

    def done(self, request: Request, import_id: UUID, step: Callable[[Import], Import]) -> Response:
        with as_problems():
            return Response(telling.told(step(own_import(request, import_id))))


class StartImportView(SteerImportView):
    @extend_schema(operation_id="start_import", tags=["personas"], request=None, responses={200: ImportOut, **STEERS})
    def post(self, request: Request, import_id: UUID) -> Response:
        """Write what was checked, in the background. One that was cancelled or failed goes on where it stood."""
        return self.done(request, import_id, steering.start)


class CancelImportView(SteerImportView):
    @extend_schema(operation_id="cancel_import", tags=["personas"], request=None, responses={200: ImportOut, **STEERS})
    def post(self, request: Request, import_id: UUID) -> Response:
        """Write nothing more. What is in stays, until it is undone."""
        return self.done(request, import_id, steering.cancel)


class UndoImportView(SteerImportView):
    @extend_schema(operation_id="undo_import", tags=["personas"], request=None, responses={200: ImportOut, **STEERS})
    def post(self, request: Request, import_id: UUID) -> Response:
        """Take back what it wrote, within 30 days: what it made goes, what it changed is as it was.

        What was changed since stays, and is counted as `kept`.
        """
        return self.done(request, import_id, steering.undo)


class ImportErrorsView(PersonasView):
    @extend_schema(
        operation_id="import_errors",
        tags=["personas"],
        parameters=PAGE,
        responses={200: ImportErrorsOut, **READS, **problems(400)},
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """What is wrong with which cell, and what to write instead; a page has whole rows."""
        page = paged(request, own_import(request, import_id).importfaults.order_by("row"))
        return Response(page.told(telling.errors_of(page.rows)))


class CsvAsItIs(BaseRenderer):
    """The answer is streamed; a problem stays JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return JsonRenderer().render(data)


class ImportBadRowsView(PersonasView):
    renderer_classes = (CsvAsItIs, JsonRenderer)

    @extend_schema(
        operation_id="import_bad_rows",
        tags=["personas"],
        responses={(200, "text/csv"): str, **READS, **problems(406)},
    )
    def get(self, request: Request, import_id: UUID) -> Any:
        """The rows that were not taken as they stand in the file, each with what is wrong: mend them and send them."""
        row = own_import(request, import_id)
        answer = StreamingHttpResponse(_bad_rows(row), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="rows-to-mend-{str(row.pk)[:8]}.csv"'
        return answer


def _bad_rows(row: Import) -> Iterator[str]:
    """With the mark by which spreadsheets know that it is UTF-8; headers are cells of the file's, too."""
    head = telling.head_of(row)
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    yield from lines(telling.bad_rows(row), head)
