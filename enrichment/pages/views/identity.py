"""Who a company is, as an editor says: merges, taken apart again, and pinned facts. Each page shows what it will do."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from enrichment import companies, rules
from enrichment.api.summaries import summaries
from enrichment.models import Company, Correction, Fact
from enrichment.pages.facts import known_of
from enrichment.pages.page import Page, user_of
from enrichment.workflow import correcting, directory, identities
from salesintel.accounts.models import User

MAY_CORRECT = "enrichment.correct_facts"
OFFERED = 8  # companies that may be meant


class MergeForm(forms.Form):
    """Which two; `company` is absorbed by `into`."""

    company = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    into = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    reason = forms.CharField(max_length=300, required=False)


class _IdentityPage(Page):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not request.user.has_perm(identities.RIGHT):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class MergePage(_IdentityPage):
    """Finds the other company, shows what a merge would move, and merges."""

    def get(self, request: HttpRequest, company_id: int) -> HttpResponse:
        this, said = _company(company_id, user_of(request)), request.GET.get("other", "").strip()[:253]
        other = _numbered(said, user_of(request))
        found = [] if other or not said else companies.search(said, by=user_of(request), limit=OFFERED)
        offered = [row for row in summaries(found, now=timezone.now()) if row["id"] != this.pk]
        context: dict[str, Any] = {"company": this, "said": said, "offered": offered}
        if other is not None and other != this:
            keeps_other = request.GET.get("keep") == "other"
            gone, left = (this, other) if keeps_other else (other, this)
            context |= {
                "other": other,
                "keeps_other": keeps_other,
                "change": identities.merge(gone, into=left, is_trial=True),
            }
        return self.shown("enrichment/merge.html", context)

    def post(self, request: HttpRequest, company_id: int) -> HttpResponse:
        form = MergeForm(request.POST)
        if not form.is_valid():
            return redirect("merge", company_id=company_id)
        given = form.cleaned_data
        company, into = (_company(given[name], user_of(request)) for name in ("company", "into"))
        try:
            done = identities.merge(company, into=into, by=user_of(request), reason=given["reason"])
        except identities.SameCompany as error:
            messages.error(request, str(error))
            return redirect("company", company_id=into.pk)
        messages.success(request, f"{done.company.name} is part of {done.of.name} now. This can be undone below.")
        return redirect("company", company_id=done.of.pk)


class SplitPage(_IdentityPage):
    """Shows what would go back, and takes two companies apart."""

    def get(self, request: HttpRequest, company_id: int, part_id: int) -> HttpResponse:
        part = _part(company_id, part_id, user_of(request))
        change = identities.split(part, is_trial=True)
        return self.shown("enrichment/split.html", {"company": change.of, "part": part, "change": change})

    def post(self, request: HttpRequest, company_id: int, part_id: int) -> HttpResponse:
        done = identities.split(_part(company_id, part_id, user_of(request)), by=user_of(request))
        messages.success(request, f"{done.company.name} is a company of its own again.")
        return redirect("company", company_id=done.company.pk)


def _company(number: int, by: User) -> Company:
    company = directory.one(number, by=by)
    if company is None:
        raise Http404
    return company


def _numbered(said: str, by: User) -> Company | None:
    """The company that a number names, `17` or `#17`."""
    digits = said.removeprefix("#")
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 19
    return directory.one(int(digits), by=by) if is_number else None


def _part(company_id: int, part_id: int, by: User) -> Company:
    """A company that was merged into the other. Raises `Http404`."""
    part = get_object_or_404(Company.objects.select_related("merged_into"), pk=part_id)
    if part.merged_into_id is None or companies.canonical(part) != _company(company_id, by):
        raise Http404
    return part


# --- Facts ------------------------------------------------------------------------------------------------------------


class FactForm(forms.Form):
    """A value as a person writes it: a text, one of a list per line, a range of head-count, JSON for records."""

    value = forms.CharField(label="Value", max_length=50_000, widget=forms.Textarea(attrs={"rows": 4}))
    reason = forms.CharField(label="Why", max_length=300, help_text="Shown to whoever reads the fact.")
    evidence_url = forms.URLField(
        label="Where you have it from", max_length=1000, required=False, assume_scheme="https", help_text="A link."
    )

    def __init__(self, *args: Any, dataset: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.dataset, self.kind = dataset, rules.current().rules.datasets[dataset].kind
        self.fields["value"].help_text = HELP.get(dataset) or HELP.get(self.kind, "")

    def clean_value(self) -> Any:
        try:
            value = parsed(self.dataset, self.kind, self.cleaned_data["value"])
            correcting.check(self.dataset, value)
        except ValueError as error:  # `NotAValue` is one
            raise forms.ValidationError(str(error)) from error
        return value


HELP = {
    "employee_count": "One number, or a range: 250-500; 10000+ for no upper end.",
    "list": "One per line.",
    "records": "A JSON list of objects, in the shape that the dataset has.",
}


def parsed(dataset: str, kind: str, text: str) -> Any:
    """The value that somebody wrote. Raises `ValueError` in words."""
    if dataset == "employee_count":
        return _head_count(text)
    if kind == "list":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "records":
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError("This is not JSON.") from error
    return text.strip()


def written(dataset: str, kind: str, value: Any) -> str:
    """A value as the form shows it."""
    if dataset == "employee_count" and isinstance(value, dict):
        low, high = value.get("low"), value.get("high")
        return f"{low}+" if high is None else f"{low}" if low == high else f"{low}-{high}"
    if kind == "list" and isinstance(value, list):
        return "\n".join(map(str, value))
    return json.dumps(value, indent=1, ensure_ascii=False) if kind == "records" else str(value or "")


def _head_count(text: str) -> dict[str, int | None]:
    plain = text.replace(",", "").replace(" ", "").replace("–", "-")
    low, dash, high = plain.removesuffix("+").partition("-")
    try:
        first = int(low)
        return {"low": first, "high": int(high) if dash else None if plain.endswith("+") else first}
    except ValueError as error:
        raise ValueError("Write a number, or a range: 250-500.") from error


class CorrectPage(Page):
    """One fact: what is said of it, and the value that a person pins instead."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and not request.user.has_perm(MAY_CORRECT):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, company_id: int, dataset: str) -> HttpResponse:
        company, kind = _company(company_id, user_of(request)), _kind(dataset)
        fact = Fact.objects.filter(company=company, dataset=dataset).order_by("origin").first()
        pinned = Correction.objects.filter(company=company, dataset=dataset, withdrawn=None).first()
        initial = {
            "value": written(dataset, kind, fact.value if fact else None),
            "reason": pinned.reason if pinned else "",
            "evidence_url": pinned.evidence_url if pinned else "",
        }
        return self._page(company, dataset, FactForm(dataset=dataset, initial=initial))

    def post(self, request: HttpRequest, company_id: int, dataset: str) -> HttpResponse:
        company, _ = _company(company_id, user_of(request)), _kind(dataset)
        if request.POST.get("withdraw"):
            correcting.withdraw(company, dataset)
            messages.success(request, "The sources speak again.")
            return _fact_of(company, dataset)
        form = FactForm(request.POST, dataset=dataset)
        if not form.is_valid():
            return self._page(company, dataset, form, status=400)
        given = form.cleaned_data
        try:
            correcting.pin(
                company, dataset, given["value"], reason=given["reason"], by=user_of(request),
                evidence_url=given["evidence_url"],
            )  # fmt: skip
        except correcting.Erased as error:
            form.add_error("value", str(error))
            return self._page(company, dataset, form, status=409)
        messages.success(
            request, "Pinned. No source overwrites it, and briefs that were made without it are made anew."
        )
        return _fact_of(company, dataset)

    def _page(self, company: Company, dataset: str, form: FactForm, *, status: int = 200) -> HttpResponse:
        known = known_of(company, rules=rules.current().rules, now=timezone.now())
        lines = [line for _, group in known.groups for line in group if line.slug == dataset]
        context = {
            "company": company,
            "label": rules.current().rules.datasets[dataset].label,
            "fact": lines[0] if lines else None,
            "form": form,
            "sandbox": known.sandbox,
        }
        return self.shown("enrichment/correct.html", context, status=status)


def _kind(dataset: str) -> str:
    """Raises `Http404` for no dataset."""
    rule = rules.current().rules.datasets.get(dataset)
    if rule is None:
        raise Http404
    return rule.kind


def _fact_of(company: Company, dataset: str) -> HttpResponse:
    response = redirect("company", company_id=company.pk)
    response["Location"] += f"#fact-{dataset}"
    return response
