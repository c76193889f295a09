"""The admin: rules are edited here, with history and revert; what happened is read here."""

from enrichment.admin import (
    analyses,
    cache,
    changes,
    companies,
    doubts,
    engines,
    experiments,
    matrix,
    needs,
    people,
    reports,
    retention,
    runs,
    sources,
    spending,
    usage,
)

__all__ = [
    "analyses",
    "cache",
    "changes",
    "companies",
    "doubts",
    "engines",
    "experiments",
    "matrix",
    "needs",
    "people",
    "reports",
    "retention",
    "runs",
    "sources",
    "spending",
    "usage",
]
