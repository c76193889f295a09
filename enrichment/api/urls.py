"""The API's addresses: `versioned` under /api/v1, and the documents' own, which are other names of the same."""

from typing import Any

from django.urls import URLPattern, path

from enrichment.api.analysis import AnalysisView
from enrichment.api.bulk import (
    BulkResultsView,
    BulksView,
    BulkView,
    CancelBulkView,
    PauseBulkView,
    ResumeBulkView,
    RetryBulkView,
    StartBulkView,
)
from enrichment.api.bulk_lines import BulkLineView
from enrichment.api.companies import CompanyLookupView, CompanySearchView
from enrichment.api.directory import CompaniesView, CompanyView
from enrichment.api.experiments import ExperimentsView, ExperimentView
from enrichment.api.facts import CorrectionsView, CorrectionView, FactsView
from enrichment.api.identity import MergeView, SplitView
from enrichment.api.keys import KeysView, KeyView, RotateKeyView
from enrichment.api.notices import NoticeReadView, NoticesReadView, NoticesView
from enrichment.api.people import OptOutsView, PeopleView, PersonExportView, PersonView
from enrichment.api.plans import PlansView
from enrichment.api.rating import JudgementsView, RatingView
from enrichment.api.research import CustomerIntelligenceView, RunsView, VendorContextView, VendorEnrichView
from enrichment.api.runs import CancelView, EventsView, RunView, StatusView, TraceView
from enrichment.api.scorecard import ScorecardView
from enrichment.api.sockets import RunSocketView
from enrichment.api.steering import PauseView, ResumeView, RetryView
from enrichment.api.suggestions import SuggestionsView, SuggestionView
from enrichment.api.trends import TrendsView
from enrichment.api.usage import UsageView
from enrichment.api.watches import ChangesOfWatchView, CheckWatchView, DigestView, WatchesView, WatchView
from enrichment.api.webhooks import DeliveriesView, ReplayView, RotateView, TestView, WebhooksView, WebhookView


def documented(**kwargs: Any) -> list[URLPattern]:
    """The addresses that the documents name without a version. `kwargs` go to the views."""
    return [
        # A path, since a name or URL may hold a slash.
        path("company/<path:domain>/lookup", CompanyLookupView.as_view(**kwargs)),
        path("company/<path:domain>/vendor-context", VendorContextView.as_view(**kwargs)),
        path("customer/intelligence", CustomerIntelligenceView.as_view(**kwargs)),
        path("vendor/enrich", VendorEnrichView.as_view(**kwargs)),
        path("analysis/async", AnalysisView.as_view(**kwargs)),
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
    path("runs/<uuid:request_id>/pause", PauseView.as_view()),
    path("runs/<uuid:request_id>/resume", ResumeView.as_view()),
    path("runs/<uuid:request_id>/retry", RetryView.as_view()),
    path("runs/<uuid:request_id>/rating", RatingView.as_view()),
    path("bulk", BulksView.as_view()),
    path("bulk/<uuid:bulk_id>", BulkView.as_view()),
    path("bulk/<uuid:bulk_id>/lines/<int:line>", BulkLineView.as_view()),
    path("bulk/<uuid:bulk_id>/results", BulkResultsView.as_view(), name="bulk-results"),
    path("bulk/<uuid:bulk_id>/start", StartBulkView.as_view()),
    path("bulk/<uuid:bulk_id>/pause", PauseBulkView.as_view()),
    path("bulk/<uuid:bulk_id>/resume", ResumeBulkView.as_view()),
    path("bulk/<uuid:bulk_id>/cancel", CancelBulkView.as_view()),
    path("bulk/<uuid:bulk_id>/retry", RetryBulkView.as_view()),
    path("watches", WatchesView.as_view()),
    path("watches/<uuid:watch_id>", WatchView.as_view()),
    path("watches/<uuid:watch_id>/check", CheckWatchView.as_view()),
    path("watches/<uuid:watch_id>/changes", ChangesOfWatchView.as_view()),
    path("digest", DigestView.as_view()),
    path("plans", PlansView.as_view()),
    path("people", PeopleView.as_view()),
    path("people/opt-outs", OptOutsView.as_view()),
    path("people/<str:person_id>", PersonView.as_view()),
    path("people/<str:person_id>/export", PersonExportView.as_view()),
    path("companies", CompaniesView.as_view()),
    path("companies/<int:company_id>", CompanyView.as_view()),
    path("companies/<int:company_id>/facts", FactsView.as_view()),
    path("companies/<int:company_id>/corrections", CorrectionsView.as_view()),
    path("companies/<int:company_id>/corrections/<slug:dataset>", CorrectionView.as_view()),
    path("companies/<int:company_id>/merge", MergeView.as_view()),
    path("companies/<int:company_id>/split", SplitView.as_view()),
    path("companies/<int:company_id>/suggestions", SuggestionsView.as_view()),
    path("companies/<int:company_id>/suggestions/<int:suggestion_id>", SuggestionView.as_view()),
    path("keys", KeysView.as_view()),
    path("keys/<int:key_id>", KeyView.as_view()),
    path("keys/<int:key_id>/rotate", RotateKeyView.as_view()),
    path("usage", UsageView.as_view()),
    path("usage/ratings", JudgementsView.as_view()),
    path("usage/trends", TrendsView.as_view()),
    path("sources/scorecard", ScorecardView.as_view()),
    path("experiments", ExperimentsView.as_view()),
    path("experiments/<slug:slug>", ExperimentView.as_view()),
    path("webhooks", WebhooksView.as_view()),
    path("webhooks/<uuid:webhook_id>", WebhookView.as_view()),
    path("webhooks/<uuid:webhook_id>/rotate", RotateView.as_view()),
    path("webhooks/<uuid:webhook_id>/test", TestView.as_view()),
    path("webhooks/<uuid:webhook_id>/deliveries", DeliveriesView.as_view()),
    path("webhooks/deliveries/<uuid:delivery_id>/replay", ReplayView.as_view()),
    path("notices", NoticesView.as_view()),
    path("notices/read-all", NoticesReadView.as_view()),
    path("notices/<int:notice_id>/read", NoticeReadView.as_view()),
]
# Without a schema of their own, so that the OpenAPI document tells each operation once.
aliases = [*documented(schema=None), path("api/customers/search", CompanySearchView.as_view(schema=None))]
# What a WebSocket is opened at: its handshake is a request to the view.
sockets = [path("ws/runs/<uuid:request_id>/", RunSocketView.as_view(schema=None), name="run-socket")]
