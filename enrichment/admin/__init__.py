"""The admin: rules are edited here, with history and revert; what happened is read here."""

from enrichment.admin import cache, companies, engines, needs, reports, runs, sources

__all__ = ["cache", "companies", "engines", "needs", "reports", "runs", "sources"]
