"""The rules out to a file and in again: first what it would change, then the change."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from enrichment.admin.changes import in_words, may_make
from enrichment.admin.effects import plans_in_words
from enrichment.models import ChangeSet
from enrichment.rules.changes import Change, ChangeError, make, rules_after
from enrichment.rules.contradictions import contradictions
from enrichment.rules.fields import MODELS
from enrichment.rules.sheets import Import, as_csv, as_json, from_csv, from_json
from enrichment.rules.snapshot import from_rows
from salesintel.accounts.models import User
from salesintel.narrowed import certain

LARGEST = 900_000  # bytes; a form is limited to a megabyte
PAGE = "admin/enrichment/exchange.html"


class ExchangeForm(forms.Form):
    """A file, or the text of one that was looked at before."""

    file = forms.FileField(required=False, label="A CSV of the matrix, or a JSON of all rules")
    text = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    why = forms.CharField(required=False, max_length=80, label="Why")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if file := given.get("file"):
            if file.size > LARGEST:
                raise forms.ValidationError(f"The file has {file.size:,} bytes; give one of at most {LARGEST:,}.")
            try:
                given["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise forms.ValidationError("The file is not text in UTF-8; save it as such.") from error
        if not given.get("text", "").strip():
            raise forms.ValidationError("Choose a file that is not empty.")
        return given


def export_view(request: HttpRequest) -> HttpResponse:
    """The matrix as CSV (`?as=csv`), or all rules as JSON that the person may see."""
    as_table = request.GET.get("as") == "csv"
    wanted = ["datasetsource", "source"] if as_table else [name.lower() for name in MODELS]
    if not request.user.has_perms([f"enrichment.view_{name}" for name in wanted]):
        raise PermissionDenied
    name, kind, text = (
        ("matrix.csv", "text/csv", as_csv()) if as_table else ("rules.json", "application/json", as_json())
    )
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def import_view(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A file's changes as they would be; with `action=make`, made. Whoever may not change all of it makes none."""
    if not request.user.has_perm("enrichment.change_datasetsource"):
        raise PermissionDenied
    form = ExchangeForm(request.POST or None, request.FILES or None)
    context = {**context, "title": "Rules as files", "form": form}
    if request.method != "POST" or not form.is_valid():
        return render(request, PAGE, context)
    text = form.cleaned_data["text"]
    found = from_json(text) if text.lstrip().startswith(("{", "[")) else from_csv(text)
    problems = [f"{problem.label}: {problem.words}" for problem in found.problems]
    if not may_make(request.user, found.changes):
        found.changes.clear()  # what they may not change they need not see
        problems.append("You have not the right to change all of these rules.")
    context |= {"told": _told(found), "problems": problems, "text": text, "why": form.cleaned_data["why"]}
    if found.changes and not problems:
        try:
            if request.POST.get("action") == "make":
                return _made(request, found.changes, form.cleaned_data["why"])
            context |= _effect(found.changes)
        except ChangeError as error:
            problems.append(str(error))
    return render(request, PAGE, context)


def _made(request: HttpRequest, changes: list[Change], why: str) -> HttpResponse:
    kind = ChangeSet.Kind.IMPORT
    made = make(changes, user=certain(request.user, User), why=why, kind=kind)
    messages.success(request, f"Imported: {len(changes)} changed. The next run follows.")
    return redirect(reverse("admin:enrichment_changeset_change", args=[made.pk]))


def _told(found: Import) -> list[dict[str, Any]]:
    return [
        {
            "change": change,
            "fields": [(name.replace("_", " "), in_words(b), in_words(a)) for name, (b, a) in change.fields.items()],
        }
        for change in found.changes
    ]


def _effect(changes: list[Change]) -> dict[str, Any]:
    before, after = from_rows(), rules_after(changes)
    known = set(contradictions(before))
    return {
        "may_make": True,
        "count": len(changes),
        "effects": plans_in_words(before, after),
        "warnings": [words for words in contradictions(after) if words not in known],
    }
