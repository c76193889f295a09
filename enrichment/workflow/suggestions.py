"""What reports on prospects teach about their vendor: counted as they are stored, taken over by a person alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, Q

from enrichment.analysis.model import Grounded, Task
from enrichment.analysis.rivals import Rival, key_of, rivals
from enrichment.models import Company, Report, Sighting, Suggestion
from enrichment.models.clock import database_now
from enrichment.rules import live
from enrichment.workflow import correcting

TEACHES = "customer_intelligence"  # the consumer whose reports tell what a vendor meets

# What accepting adds to, by kind of suggestion.
DATASETS = {Suggestion.Kind.COMPETITOR: "competitors", Suggestion.Kind.FOCUS: "competitor_focus"}
Kind, Status = Suggestion.Kind, Suggestion.Status


# --- Learning ---------------------------------------------------------------------------------------------------------


def learn(report: Report, task: Task, grounded: Grounded) -> None:
    """Note what the report says its prospect uses in the vendor's field, in place of what its last one said.

    In the transaction that stores the report.
    """
    if report.consumer != TEACHES or report.vendor is None:
        return
    met = {_key_of(rival): rival for rival in rivals(task, grounded)}
    rows = _rows(report, met)
    seen = Sighting.objects.filter(company=report.company_id, suggestion__company=report.vendor_id)
    seen = seen.filter(suggestion__origin=report.origin)
    seen.exclude(suggestion__in=[row.pk for row in rows]).delete()
    Sighting.objects.bulk_create(
        [
            Sighting(
                suggestion=row,
                company_id=report.company_id,
                report=report,
                pointer=met[row.kind, row.key].pointer,
                at=report.generated_at,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["suggestion", "company"],
        update_fields=["report", "pointer", "at"],
    )


def _key_of(rival: Rival) -> tuple[str, str]:
    return (Kind.FOCUS if rival.is_known else Kind.COMPETITOR).value, rival.key


def _rows(report: Report, met: dict[tuple[str, str], Rival]) -> list[Suggestion]:
    """The suggestions, made where they are new; always in the same order, for others store reports meanwhile."""
    if not met:
        return []
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                company=report.vendor,
                origin=report.origin,
                kind=kind,
                key=key,
                name=rival.name,
                created=report.generated_at,
            )
            for (kind, key), rival in sorted(met.items())
        ],
        ignore_conflicts=True,
    )
    wanted = Q()
    for kind, key in met:
        wanted |= Q(kind=kind, key=key)
    return list(Suggestion.objects.filter(wanted, company=report.vendor_id, origin=report.origin).order_by("pk"))


# --- Reading ----------------------------------------------------------------------------------------------------------


# Bodies of reports are large, and not needed.
SHOWN_OF_SIGHTING = (
    "suggestion", "pointer", "at", "company__name", "company__domain", "company__merged_into",
    "report__statements", "report__evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A suggestion with how often it was met: at `met` of `of` prospects that the vendor has reports on."""

    row: Suggestion
    met: int
    of: int
    sightings: tuple[Sighting, ...]

    @property
    def words(self) -> str:
        """Say, “Microsoft Entra ID was met at 7 of 12 prospects: add to competitors.”"""
        prospects = "prospect" if self.of == 1 else "prospects"
        return f"{self.row.name} was met at {self.met} of {self.of} {prospects}: {self.row.get_kind_display()}."


def suggested(vendor: Company, *, origin: str, only: int | None = None) -> list[Suggested]:
    """All that is suggested for the vendor, open ones first, most often met first. A fixed number of queries.

    `only`: the suggestion of that id, whatever became of it.
    """
    seen = Sighting.objects.select_related("company", "report").only(*SHOWN_OF_SIGHTING)
    rows = Suggestion.objects.filter(company=vendor).select_related("by").prefetch_related(Prefetch("sightings", seen))
    rows = rows.filter(origin=origin) if only is None else rows.filter(pk=only)
    of = prospects_of([vendor.pk]) if rows else {}
    found = [_suggested(row, of.get((vendor.pk, row.origin), 0)) for row in rows]
    # What is met nowhere any more is shown only where somebody decided on it.
    shown = [each for each in found if each.met or each.row.status != Status.OPEN or only]
    return sorted(shown, key=lambda each: (each.row.status != Status.OPEN, -each.met, each.row.name))


def _suggested(row: Suggestion, of: int) -> Suggested:
    seen = tuple(sighting for sighting in row.sightings.all() if sighting.company.merged_into_id is None)
    return Suggested(row=row, met=len(seen), of=max(of, len(seen)), sightings=seen)


def prospects_of(vendors: Iterable[int]) -> dict[tuple[int, str], int]:
    """(vendor, origin) → how many companies there is a report on for it."""
    rows = Report.objects.filter(vendor__in=list(vendors), consumer=TEACHES, company__merged_into=None)
    counted = rows.order_by().values_list("vendor", "origin").annotate(Count("company", distinct=True))
    return {(vendor, origin): count for vendor, origin, count in counted if vendor is not None}


def evidence_of(sighting: Sighting) -> list[dict[str, Any]]:
    """The collected items behind the statement that names the product, as the report has them."""
    borne = sighting.report.statements.get(sighting.pointer) or {}
    return [sighting.report.evidence[key] for key in borne.get("evidence", ()) if key in sighting.report.evidence]


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept(suggestion: Suggestion, *, by: Any) -> Suggestion:
    """Add the product to the vendor's context, as a correction by that person."""
    row = _held(suggestion)
    if row.status == Status.ACCEPTED:
        return row
    dataset = DATASETS[Kind(row.kind)]
    words = correcting.with_word(row.company, dataset, row.name, same=key_of)
    correcting.pin(row.company, dataset, words, reason=_reason(row, dataset), by=by)
    return _decide(row, Status.ACCEPTED, by)


@transaction.atomic
def dismiss(suggestion: Suggestion, *, by: Any) -> Suggestion:
    """Suggest it no more, however often it is met; what was accepted is taken back."""
    row = _held(suggestion)
    _take_back(row, by)
    return _decide(row, Status.DISMISSED, by)


@transaction.atomic
def reopen(suggestion: Suggestion, *, by: Any) -> Suggestion:
    """Undo what was decided."""
    row = _held(suggestion)
    _take_back(row, by)
    return _decide(row, Status.OPEN, by)


def _held(suggestion: Suggestion) -> Suggestion:
    """The row as it is now. The company's is locked first, as whoever corrects it does."""
    Company.objects.select_for_update(no_key=True).get(pk=suggestion.company_id)
    return (
        Suggestion.objects.select_related("company").select_for_update(of=("self",), no_key=True).get(pk=suggestion.pk)
    )


def _decide(row: Suggestion, status: str, by: Any) -> Suggestion:
    row.status, row.by, row.decided = status, by, None if status == Status.OPEN else database_now()
    row.save(update_fields=["status", "by", "decided"])
    return row


def _take_back(row: Suggestion, by: Any) -> None:
    """Take an accepted product out of the correction again; the last one takes the correction with it."""
    if row.status != Status.ACCEPTED:
        return
    dataset = DATASETS[Kind(row.kind)]
    others = Suggestion.objects.filter(company=row.company, kind=row.kind, status=Status.ACCEPTED).exclude(pk=row.pk)
    if not others.exists() and _is_ours(row.company, dataset):
        correcting.withdraw(row.company, dataset)
        return
    left = [word for word in correcting.listed(row.company, dataset) if key_of(word) != row.key]
    correcting.pin(row.company, dataset, left, reason=f"Taken back: {row.name}.", by=by)


REASON = "Suggested by reports: "


def _reason(row: Suggestion, dataset: str) -> str:
    """Begins as `_is_ours` looks for it, but where a person had corrected the list before."""
    met = row.sightings.filter(company__merged_into=None).count()
    of = prospects_of([row.company_id]).get((row.company_id, row.origin), met)
    is_a_persons = row.company.corrections.filter(dataset=dataset, withdrawn=None).exists()
    begin = "" if is_a_persons and not _is_ours(row.company, dataset) else REASON
    return f"{begin}{row.name} was met at {met} of {of} prospects."[:300]


def _is_ours(company: Company, dataset: str) -> bool:
    """Whether the correction was begun by a suggestion, and holds nothing that a person wrote."""
    rows = company.corrections.filter(dataset=dataset, withdrawn=None)
    return rows.filter(reason__startswith=REASON).exists()


DECISIONS = {"accept": accept, "dismiss": dismiss, "reopen": reopen}


def find(company: int, pk: int) -> Suggestion | None:
    """The company's suggestion of that id, of the origin that counts today; None where there is none."""
    return Suggestion.objects.filter(company=company, pk=pk, origin=live.origin()).first()
