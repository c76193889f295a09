"""The API's addresses: `versioned` under /api/v1, and the documents' own, which are other names of the same."""

from typing import Any

from django.urls import URLPattern, path

from enrichment.api.companies import CompanyLookupView, CompanySearchView
from enrichment.api.research import CustomerIntelligenceView, PlansView, RunsView, VendorContextView
from enrichment.api.runs import CancelView, EventsView, RunView, StatusView, TraceView


def documented(**kwargs: Any) -> list[URLPattern]:
    """The addresses that the documents name without a version. `kwargs` go to the views."""
    return [
        # A path, since a name or URL may hold a slash.
        path("company/<path:domain>/lookup", CompanyLookupView.as_view(**kwargs)),
        path("company/<path:domain>/vendor-context", VendorContextView.as_view(**kwargs)),
        path("customer/intelligence", CustomerIntelligenceView.as_view(**kwargs)),
        path("analysis/status/<uuid:request_id>", StatusView.as_view(**kwargs)),
    ]


versioned = [
    *documented(),
    path("customers/search", CompanySearchView.as_view()),
    path("runs", RunsView.as_view()),
    path("runs/<uuid:request_id>", RunView.as_view()),
    path("runs/<uuid:request_id>/trace", TraceView.as_view()),
    path("runs/<uuid:request_id>/events", EventsView.as_view()),
    path("runs/<uuid:request_id>/cancel", CancelView.as_view()),
    path("plans", PlansView.as_view()),
]
# Without a schema of their own, so that the OpenAPI document tells each operation once.
aliases = [*documented(schema=None), path("api/customers/search", CompanySearchView.as_view(schema=None))]
