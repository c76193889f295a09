"""Files of records: send one, see how it is read and what it would do, start it, watch it, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from enrichment.pages.page import Page, user_of
from enrichment.pages.words import State
from personas.importing import steering, telling
from personas.importing.model import ImportRefused, InvalidChoice, Unreadable
from personas.importing.outcomes import COUNTED
from personas.importing.settings import asks_for_order
from personas.models import Import
from personas.pages.import_forms import FileForm, choice_of
from personas.pages.import_preview import previewed

LISTED = 30
SHOWN_ERRORS = 50
TONES = {
    "checking": "busy", "ready": "plain", "running": "busy", "done": "good", "cancelled": "plain", "failed": "bad",
    "undoing": "busy", "undone": "plain",
}  # fmt: skip
LIVE = ("checking", "running", "undoing")
STEPS: dict[str, Callable[[Import], Import]] = {
    "start": steering.start,
    "cancel": steering.cancel,
    "undo": steering.undo,
}


class ImportsPage(Page):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(FileForm(user=user_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES, user=user_of(request))
        if form.is_valid() and (row := self._taken_in(form)) is not None:
            return redirect("import", import_id=row.pk)
        return self._page(form, status=400)

    def _taken_in(self, form: FileForm) -> Import | None:
        """The import; None with words in the form where the file is refused."""
        try:
            return steering.upload(form.upload(), user=user_of(self.request))
        except InvalidChoice as error:
            for name, words in error.errors.items():
                form.add_error(name if name in form.fields else None, words)
        except Unreadable as error:
            form.add_error("file", str(error))
        return None

    def _page(self, form: FileForm, *, status: int = 200) -> HttpResponse:
        rows = Import.objects.filter(owner=user_of(self.request)).defer("found", "options", "header")[:LISTED]
        told = [(row, state_of(row)) for row in rows]
        return self.shown("personas/imports.html", {"form": form, "imports": told}, status=status)


class ImportPage(Page):
    template = "personas/import.html"

    def get(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        return self.shown(self.template, shown(own_import(request, import_id)))


class ImportPart(ImportPage):
    """The part of the page that renews itself while it is worked on."""

    template = "personas/_import.html"


class ReadImport(Page):
    def post(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        """Read the file as the form says; htmx gets the part anew, others the page."""
        row = own_import(request, import_id)
        try:
            row = steering.change(row, choice_of(row, request.POST.dict()))
        except ImportRefused as error:
            return refused(self, row, error)
        if request.headers.get("HX-Request"):
            return self.shown(ImportPart.template, shown(row))
        return redirect("import", import_id=row.pk)


class SteerImport(Page):
    def post(self, request: HttpRequest, import_id: UUID) -> HttpResponse:
        """Do the step that the pressed button names; where it does not fit any more, the page says why."""
        row = own_import(request, import_id)
        try:
            if (step := STEPS.get(request.POST.get("step", ""))) is not None:
                step(row)
        except ImportRefused as error:
            return refused(self, row, error)
        return redirect("import", import_id=import_id)


def refused(page: Page, row: Import, error: ImportRefused) -> HttpResponse:
    """The import with why not; to htmx as a part that it puts in place."""
    is_part = bool(page.request.headers.get("HX-Request"))
    context = shown(own_import(page.request, row.pk)) | {"refusal": str(error)}
    template = ImportPart.template if is_part else ImportPage.template
    return page.shown(template, context, status=200 if is_part else 400 if isinstance(error, InvalidChoice) else 409)


def own_import(request: HttpRequest, import_id: UUID) -> Import:
    rows = Import.objects.filter(owner=user_of(request)).select_related("owner")
    found: Import = get_object_or_404(rows, pk=import_id)
    return found


def state_of(row: Import) -> State:
    return State(TONES[row.status], row.get_status_display())


def shown(row: Import) -> dict[str, Any]:
    told = telling.told(row)
    is_mail = row.kind == Import.Kind.MAILBOX
    errors = telling.errors_of(list(row.importfaults.all()[:SHOWN_ERRORS]))
    return {
        "row": row,
        "told": told,
        "state": state_of(row),
        "is_live": row.status in LIVE,
        "is_open": row.status in ("checking", "ready"),
        "counts": [(words, told["counts"][name]) for name, words in counted().items() if told["counts"][name]],
        "writes": told["counts"]["new"] + told["counts"]["changed"] + told["contactsMade"],
        "errors": errors[:SHOWN_ERRORS],
        "bad": row.importfaults.count(),
        "kept": list(row.importchanges.exclude(kept="")[:SHOWN_ERRORS]) if row.counts.get("kept") else [],
        "questions": [_whose() if is_mail else each for each in told["questions"]],
        "asks_order": not is_mail and asks_for_order(row),
        "date_order": row.options.get("date_order", ""),
        **previewed(told),
    }


def _whose() -> str:
    return _("Write below which e-mail addresses are yours: by them it is told who wrote to whom.")


def counted() -> dict[str, str]:
    """What a count is called, in the order in which they are shown."""
    words = (_("new"), _("changed"), _("unchanged"), _("to mend"), _("repeated"), _("of erased people"))
    return {**dict(zip(COUNTED, words, strict=True)), "undone": _("taken back"), "kept": _("left as they are")}
