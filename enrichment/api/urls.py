"""The API's addresses: `versioned` under /api/v1, and the documents' own, which are other names of the same."""

from typing import Any

from django.urls import URLPattern, path

from enrichment.api.companies import CompanyLookupView, CompanySearchView


def documented(**kwargs: Any) -> list[URLPattern]:
    """The addresses that the documents name without a version. `kwargs` go to the views."""
    return [
        # A path, since a name or URL may hold a slash.
        path("company/<path:domain>/lookup", CompanyLookupView.as_view(**kwargs)),
    ]


versioned = [*documented(), path("customers/search", CompanySearchView.as_view())]
# Without a schema of their own, so that the OpenAPI document tells each operation once.
aliases = [*documented(schema=None), path("api/customers/search", CompanySearchView.as_view(schema=None))]
