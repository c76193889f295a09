"""The matrix as one editable grid, with its effect on every consumer's plan before it is saved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html

from enrichment.admin.effects import plans_in_words, runs_in_words
from enrichment.cache import digest
from enrichment.models import Dataset, Source
from enrichment.rules import Rules
from enrichment.rules.changes import ChangedMeanwhile, ChangeError, make, rules_after
from enrichment.rules.contradictions import contradictions
from enrichment.rules.fields import Plain
from enrichment.rules.grid import CELL, COLUMN, Grid, Input, Typed, as_edits, read_grid, typed
from enrichment.rules.snapshot import from_rows
from enrichment.workflow.effects import out_of_reach
from salesintel.accounts.models import User
from salesintel.narrowed import certain

PAGE = "admin/enrichment/datasetsource/grid.html"
PART = "admin/enrichment/datasetsource/_effect.html"
MAY_CHANGE = "enrichment.change_datasetsource"
NONE_YET = Typed(changes=[], errors={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One input as it is shown."""

    name: str
    label: str
    value: str
    error: str = ""
    is_changed: bool = False
    is_open: bool = True


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What one look at the grid is about: what is there, what was typed, what came of it."""

    request: HttpRequest
    grid: Grid
    given: Mapping[str, str] = field(default_factory=dict)
    made: Typed = NONE_YET
    problems: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)  # input's name → what happened
    before: Rules = field(default_factory=from_rows)
    after: Rules | None = None
    asks: str = ""  # the digest of warnings that are to be accepted

    @property
    def may_change_sources(self) -> bool:
        return self.request.user.has_perm("enrichment.change_source")

    @property
    def may_change_cells(self) -> bool:
        return self.request.user.has_perm(MAY_CHANGE)

    @property
    def warnings(self) -> list[str]:
        """Contradictions that the changes bring."""
        known = set(contradictions(self.before))
        return [words for words in contradictions(self.after or self.before) if words not in known]


def grid_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Show the grid; show the effect of what was typed; save it. `context` is the admin site's."""
    if not (request.user.has_perm("enrichment.view_datasetsource") or request.user.has_perm(MAY_CHANGE)):
        raise PermissionDenied
    sheet = Sheet(request=request, grid=_asked_for(request))
    if request.method != "POST":
        return _shown(sheet, context)
    if not sheet.may_change_cells:
        raise PermissionDenied
    _try(sheet)
    if request.POST.get("action") == "save" and _is_ready(sheet):
        if not sheet.made.changes:
            messages.info(request, "Nothing was changed.")
            return redirect(request.get_full_path())
        if saved := _save(sheet):
            return saved
    return _shown(sheet, context)


def _asked_for(request: HttpRequest) -> Grid:
    return read_grid(only_enabled=request.GET.get("sources") == "enabled", group=request.GET.get("group", ""))


def _try(sheet: Sheet) -> None:
    """What was typed, and what the rules would be by it."""
    open_to_them = {*(CELL if sheet.may_change_cells else ()), *(COLUMN if sheet.may_change_sources else ())}
    sheet.given = {
        name: str(value) for name, value in sheet.request.POST.items() if name.rpartition("-")[2] in open_to_them
    }
    sheet.made = typed(sheet.grid, sheet.given, _seen(sheet.request))
    sheet.problems += sheet.made.errors.values()
    if sheet.made.changes:
        try:
            sheet.after = rules_after(sheet.made.changes)
        except ChangeError as error:
            _note(sheet, error)


def _seen(request: HttpRequest) -> dict[str, Plain]:
    try:
        seen = json.loads(request.POST.get("seen", ""))
    except ValueError:
        return {}
    return seen if isinstance(seen, dict) else {}


def _is_ready(sheet: Sheet) -> bool:
    """Whether it can be saved: nothing is wrong, and what it would contradict was accepted."""
    if sheet.problems:
        return False
    if sheet.warnings and sheet.request.POST.get("accept") != digest(*sheet.warnings):
        sheet.asks = digest(*sheet.warnings)
        return False
    return True


def _save(sheet: Sheet) -> HttpResponse | None:
    """The way back to the grid; None where somebody was faster."""
    why = sheet.request.POST.get("why", "").strip()
    try:
        made = make(sheet.made.changes, user=certain(sheet.request.user, User), why=why)
    except ChangeError as error:
        _note(sheet, error)
        return None
    count = len(sheet.made.changes)
    address = reverse("admin:enrichment_changeset_change", args=[made.pk])
    words = "Saved: {} changed. The next run follows. <a href='{}' class='underline'>See or take it back</a>."
    messages.success(sheet.request, format_html(words, f"{count} row{'s' if count > 1 else ''}", address))
    return redirect(sheet.request.get_full_path())


def _note(sheet: Sheet, error: ChangeError) -> None:
    sheet.problems.append(str(error))
    if isinstance(error, ChangedMeanwhile):
        sheet.problems[-1] += " What you typed is still in the grid: save again to put it in the place of that."
        prefix = {"DatasetSource": "cell", "Source": "source"}
        for each in error.conflicts:
            sheet.conflicts[f"{prefix[each.change.model]}-{each.change.row}-{each.field}"] = each.told


# --- How it is shown --------------------------------------------------------------------------------------------------


def _shown(sheet: Sheet, context: dict[str, Any]) -> HttpResponse:
    told = {
        "effects": plans_in_words(sheet.before, sheet.after or sheet.before),
        "warnings": sheet.warnings,
        "problems": sheet.problems,
        "asks": sheet.asks,
    }
    told["count"] = len(sheet.made.changes)
    if sheet.request.POST.get("action") == "past" and sheet.after:
        told["past"] = runs_in_words(as_edits(sheet.grid, sheet.made.changes))
    if sheet.request.headers.get("X-Part") == "effect":
        return render(sheet.request, PART, told)
    request, away = sheet.request, out_of_reach(sheet.before)
    columns = [
        {"row": column.row, "away": away.get(column.row.slug, ""), **_boxes(sheet, column.inputs)}
        for column in sheet.grid.columns
    ]
    lines = [
        {"row": line.row, "cells": [_boxes(sheet, cell) if cell else None for cell in line.cells]}
        for line in sheet.grid.lines
    ]
    groups = Dataset.objects.exclude(group="").order_by("group").values_list("group", flat=True).distinct()
    context = {
        **context,
        **told,
        "title": "The matrix",
        "is_fullwidth": "1",
        "columns": columns,
        "lines": lines,
        "seen": json.dumps(sheet.grid.seen),
        "standing": contradictions(sheet.before),
        "groups": groups,
        "group": request.GET.get("group", ""),
        "only_enabled": request.GET.get("sources") == "enabled",
        "why": request.POST.get("why", ""),
        "may_change": sheet.may_change_cells,
        "all_sources": Source.objects.count(),
    }
    return render(request, PAGE, context)


def _boxes(sheet: Sheet, inputs: Mapping[str, Input]) -> dict[str, Box]:
    return {name: _box(sheet, name, box) for name, box in inputs.items()}


def _box(sheet: Sheet, name: str, box: Input) -> Box:
    """The input with what was typed where that is a change, else with what the row holds now."""
    seen = _seen(sheet.request) if sheet.given else {}
    text = sheet.given.get(box.name)
    is_changed = text is not None and box.name in seen and (box.name in sheet.made.errors or _is_in(sheet.made, box))
    return Box(
        name=box.name,
        label=box.label,
        value=str(text) if is_changed else _text(box.value),
        error=sheet.made.errors.get(box.name, "") or sheet.conflicts.get(box.name, ""),
        is_changed=is_changed,
        is_open=sheet.may_change_sources if name in COLUMN else sheet.may_change_cells,
    )


def _text(value: Plain) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _is_in(made: Typed, box: Input) -> bool:
    prefix, row, name = box.name.split("-")
    model = {"cell": "DatasetSource", "source": "Source"}[prefix]
    return any(c.model == model and c.row == int(row) and name in c.fields for c in made.changes)
