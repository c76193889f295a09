"""What a report and a run depend on, as digests: the same key means the same work."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from enrichment.cache import digest
from enrichment.models import AnalysisEngine, RulesVersion
from enrichment.rules import Rules

SCHEMA_VERSION = 1
REPORT_TYPES = {
    "customer_intelligence": "CUSTOMER_INTELLIGENCE_ENRICHMENT",
    "vendor_context": "VENDOR_CONTEXT_ENRICHMENT",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked, without who asks: everything that the report depends on."""

    consumer: str
    company: int
    vendor: int | None = None
    role: str = ""
    segment: str = ""
    region: str = ""
    strategy: str = "enhanced"
    require: tuple[str, ...] = ()
    origin: str
    rules: str  # digest of the rule set
    engines: str  # digest of the engines that could answer
    providers: tuple[str, ...]  # who could be asked: one more may fill what a report lacked

    @property
    def report_type(self) -> str:
        return report_type(self.consumer)

    @property
    def report_key(self) -> str:
        return digest("report", SCHEMA_VERSION, [getattr(self, name) for name in self.__slots__])

    def work_key(self, *, refresh: bool, not_before: datetime | None) -> str:
        """Refreshes join each other, but nothing that was begun with older answers in mind."""
        freshness = "refresh" if refresh else (not_before.isoformat() if not_before else "")
        return digest("work", self.report_key, freshness)

    def with_company(self, company: int) -> "Subject":
        return replace(self, company=company)


def report_type(consumer: str) -> str:
    """The cache type of a consumer's reports."""
    return REPORT_TYPES.get(consumer, "COMPANY_ENRICHMENT_PROCESSED")


def engines_digest(rules: Rules, version: tuple[str, int] | None = None) -> str:
    """Digest of the engines that are ready now, in order, and of the prompts they are given.

    One query while no rule changed; none where the caller just read the `version`.
    """
    ready = _ready_engines(version or RulesVersion.now())
    return digest("engines", ready, sorted((purpose, p.version) for purpose, p in rules.prompts.items()))


def _ready_engines(version: tuple[str, int]) -> list[tuple[str, str, str]]:
    """Slug, kind and model of each engine that could answer, as of the rules' `version` and today's environment."""
    key = (version, json.dumps(settings.CREDENTIALS, sort_keys=True))
    remembered = _remembered.get("ready")
    if remembered is not None and remembered[0] == key:
        return remembered[1]
    ready = [(row.slug, row.kind, row.model) for row in AnalysisEngine.objects.filter(enabled=True) if row.is_ready]
    # Not before the commit: what a rolled-back transaction read must not be remembered.
    transaction.on_commit(lambda: _remembered.update(ready=(key, ready)))
    return ready


_remembered: dict[str, tuple[tuple[tuple[str, int], str], list[tuple[str, str, str]]]] = {}
