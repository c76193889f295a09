"""Publishes what an answer says as soon as it is recorded: the findings of a wave, before its last source answers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from enrichment.analysis.early import Early, chosen, early
from enrichment.analysis.model import EvidenceItem, FactItem, FactView, Task
from enrichment.analysis.text import normal
from enrichment.models import RunEvent
from enrichment.recording import Heard
from enrichment.rules import Rules
from enrichment.sources.base import Evidence, Observation
from enrichment.workflow.briefing import PURPOSES, evidence_id

logger = logging.getLogger(__name__)

MOST_READ = 60  # observations of a dataset: the report reads them all
WITH_PAGES = {"news", "job"}  # kinds whose address is told; a profile's would name its person


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyReader:
    """Reads answers for one run. `wanted`: the datasets that it needs."""

    run: UUID
    consumer: str
    wanted: frozenset[str]
    rules: Rules

    def __call__(self, heard: Heard) -> dict[str, Any]:
        """What to tell beside the names of the datasets: `findings`, and how many `more` there are; often nothing.

        An answer that was paid for is never lost over it: what cannot be read here is read by the report's engine.
        """
        told = {key for data in _told(self.run) for key in _keys(data)}
        try:
            found, more = chosen(early(self._task(heard)), told=told)
        except Exception as error:  # noqa: BLE001 - whatever an answer holds, it is to be recorded
            logger.error("no findings of %s could be told early: %s", heard.source, type(error).__name__)
            return {}
        pages = {evidence_id(pk): item.url for item, pk in heard.evidence}
        return {"findings": [_as_json(each, pages) for each in found], "more": more} if found else {}

    def _task(self, heard: Heard) -> Task:
        ids = {item: evidence_id(pk) for item, pk in heard.evidence}
        return Task(
            purpose=self.consumer if self.consumer == "vendor_context" else PURPOSES[0],
            company=heard.company,
            domain=heard.domain,
            facts=self._facts(heard, ids),
            evidence=tuple(_evidence(item, key, heard) for item, key in ids.items()),
            as_of=heard.at,
        )

    def _facts(self, heard: Heard, ids: Mapping[Evidence, str]) -> dict[str, FactView]:
        seen: dict[str, list[Observation]] = {}
        for one in heard.observations:
            if one.dataset in self.wanted:
                seen.setdefault(one.dataset, []).append(one)
        return {slug: self._fact(slug, found, heard, ids) for slug, found in seen.items()}

    def _fact(self, slug: str, found: list[Observation], heard: Heard, ids: Mapping[Evidence, str]) -> FactView:
        items = tuple(
            FactItem(
                value=one.value,
                evidence=tuple(dict.fromkeys(ids[item] for item in one.evidence if item in ids)),
                sources=(heard.source,),
                reliability=1.0,
                observed_at=heard.at,
            )
            for one in islice(found, MOST_READ)
        )
        return FactView(
            dataset=slug,
            kind=self.rules.datasets[slug].kind,
            value=None,
            items=items,
            reliability=1.0,
            observed_at=heard.at,
            half_life=timedelta(days=1),
        )


def _told(run: UUID) -> list[dict[str, Any]]:
    rows = RunEvent.objects.filter(run=run, kind="partial_results")
    return list(rows.values_list("data", flat=True))


def _keys(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(each["kind"], normal(each["text"])) for each in data.get("findings", ())]


def _evidence(item: Evidence, key: str, heard: Heard) -> EvidenceItem:
    return EvidenceItem(
        id=key,
        source=heard.source,
        kind=item.kind,
        title=item.title,
        url=item.url,
        publisher=item.publisher,
        text=item.text,
        published_at=item.published_at,
        collected_at=heard.at,
    )


def _as_json(found: Early, pages: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": found.kind, "text": found.text, **found.more, "evidence": list(found.evidence)}
    page = next((pages[key] for key in found.evidence if pages.get(key)), "")
    return told | {"url": page} if page and found.kind in WITH_PAGES else told
