"""A report as JSON, rendered once when it is stored: an answer from the cache copies bytes.

What is one person's (their name, what they paid) and what depends on the time is added to each answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from enrichment.analysis import withholding
from enrichment.analysis.items import names_of, understood
from enrichment.models import OWN_ANALYSIS, Fact, Report, StepRun
from enrichment.workflow import given


class Json(bytes):
    """A value as JSON already: compact, UTF-8, without a line break."""

    __slots__ = ()


class Mixed(dict[str, Any]):
    """An object of whose values some may be `Json` or `Mixed`."""


def rendered(value: Any) -> Json:
    """`value` as JSON; what is `Json` already is taken as it is."""
    if isinstance(value, Json):
        return value
    if isinstance(value, Mixed):
        fields = (b"%b:%b" % (rendered(name), rendered(held)) for name, held in value.items())
        return Json(b"{%b}" % b",".join(fields))
    return Json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode())


def extended(fields: Any, more: Mapping[str, Any]) -> Any:
    """The object `fields`, a mapping or `Json`, with `more` fields, which it has not."""
    if not isinstance(fields, Json):
        return {**fields, **more}
    if fields == b"{}":
        return rendered(more)
    return Json(fields[:-1] + b"," + rendered(more)[1:])


LARGE = (
    "body",
    "statements",
    "evidence",
    "conflicts",
    "withheld",
    "gaps",
)  # columns of a report that `Parts.kept` does without


# --- Of a report ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is the same in every answer with one report: values as they are, or `Json`."""

    analysis: Any
    raw_data: Any
    gaps: Any
    grounding: Any
    cache_hits: int

    @classmethod
    def of(cls, report: Report) -> Self:
        """The parts as values, read from the tables."""
        report = whole(report)
        raw_data = _raw_data(report)
        return cls(
            analysis={
                **report.body,
                "data_quality": report.quality,
                "vendor_context_used": report.vendor_context_used,
                "last_updated": report.generated_at.isoformat(),
            },
            raw_data=raw_data,
            gaps=report.gaps,
            grounding={
                "statements": report.statements,
                "evidence": _evidence(report, raw_data),
                "withheld": len(report.withheld),
                "withheldReasons": withholding.reasons(report.withheld),
                "setAside": withholding.set_aside(report.evidence),
                "conflicts": report.conflicts,
                "recall": report.quality.get("recall"),
            },
            cache_hits=_cache_hits(report),
        )

    @classmethod
    def kept(cls, report: Report) -> Self | None:
        """The parts as JSON, as they were kept with the report; None where its cache entry is gone or another's."""
        if report.entry is None:
            return None
        head, *lines = bytes(report.entry.body).split(b"\n")
        told = json.loads(head)
        if told["report"] != str(report.pk):
            return None
        analysis, raw_data, gaps, grounding = map(Json, lines)
        return cls(analysis=analysis, raw_data=raw_data, gaps=gaps, grounding=grounding, cache_hits=told["cacheHits"])

    def to_bytes(self, report: Report) -> bytes:
        """What `kept` reads: a line that tells whose parts follow, then one line a part."""
        head = {"report": str(report.pk), "cacheHits": self.cache_hits}
        return b"\n".join(map(rendered, (head, self.analysis, self.raw_data, self.gaps, self.grounding)))


def whole(report: Report) -> Report:
    """The report with every column, where some were left in the database (`LARGE`)."""
    return Report.objects.select_related("entry").get(pk=report.pk) if report.get_deferred_fields() else report


def _raw_data(report: Report) -> dict[str, Any]:
    """The merged facts behind the report, by dataset."""
    if report.consumer == OWN_ANALYSIS:
        return given.raw_data(report)
    rows = Fact.objects.filter(company=report.company_id, origin=report.origin, dataset__in=report.datasets)
    return {
        row.dataset: {
            "value": row.value,
            "reliability": round(row.reliability, 4),
            "observedAt": row.observed_at.isoformat(),
            "sources": row.sources,
            "why": row.why,
            "corrected": row.corrected,
        }
        for row in rows.defer("claims").order_by("dataset")
    }


def _evidence(report: Report, raw_data: dict[str, Any]) -> dict[str, Any]:
    """The report's items with what each names, how it speaks and how fresh it was when the report was written."""
    rivals = raw_data.get("competitors", {}).get("value") or []
    own = [report.company.name, report.vendor.name if report.vendor else None]
    names = names_of(report.body, [*own, *(name for name in rivals if isinstance(name, str))])
    return {key: {**item, **understood(item, names, at=report.generated_at)} for key, item in report.evidence.items()}


def _cache_hits(report: Report) -> int:
    """How many responses the report's run found usable when it began."""
    step = StepRun.objects.standing().filter(run=report.run_id, name="cache_check").first() if report.run_id else None
    return len(step.result.get("held", [])) if step else 0
