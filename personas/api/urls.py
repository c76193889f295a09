"""The addresses of contacts and what belongs to them: `versioned` under /api/v1."""

from django.urls import path

from personas.api.batches import (
    CancelPersonaBatchView,
    PausePersonaBatchView,
    PersonaBatchesView,
    PersonaBatchLinesView,
    PersonaBatchView,
    ResumePersonaBatchView,
    StartPersonaBatchView,
)
from personas.api.benchmarks import BenchmarksView, BenchmarkView, GeneralBenchmarksView
from personas.api.contacts import ContactsView, ContactView
from personas.api.deals import DealsView, DealView
from personas.api.hooks import CrmHookRotateView, CrmHooksView, CrmHookView, CrmInView
from personas.api.imports import (
    CancelImportView,
    ImportBadRowsView,
    ImportErrorsView,
    ImportsView,
    ImportView,
    StartImportView,
    UndoImportView,
)
from personas.api.interactions import (
    ContactInteractionsView,
    FilesView,
    FileView,
    InteractionBatchView,
    InteractionView,
)
from personas.api.metrics import ContactMetricsView
from personas.api.patterns import PatternContactsView, PatternsView
from personas.api.personas import (
    ChangesView,
    PersonaExportView,
    PersonaFeedbackView,
    PersonasView,
    PersonaView,
)
from personas.api.predictions import ContactPredictionsView, PredictorsView
from personas.api.privacy import ContactExportView, ContactNoticesView, LiftView
from personas.api.report import PersonaReportView
from personas.api.sharing import GrantsView, GrantView
from personas.api.similar import SimilarContactsView

versioned = [
    path("contacts", ContactsView.as_view()),
    path("contacts/notices", ContactNoticesView.as_view()),
    path("contacts/take-in-again", LiftView.as_view()),
    path("contacts/<uuid:contact_id>", ContactView.as_view(), name="contact"),
    path("contacts/<uuid:contact_id>/interactions", ContactInteractionsView.as_view()),
    path("contacts/<uuid:contact_id>/interactions/batch", InteractionBatchView.as_view()),
    path("contacts/<uuid:contact_id>/personas", PersonasView.as_view()),
    path("personas/report", PersonaReportView.as_view()),
    path("personas/<uuid:persona_id>", PersonaView.as_view()),
    path("personas/<uuid:persona_id>/changes", ChangesView.as_view()),
    path("personas/<uuid:persona_id>/feedback", PersonaFeedbackView.as_view()),
    path("personas/<uuid:persona_id>/export", PersonaExportView.as_view(), name="export-persona"),
    path("contacts/<uuid:contact_id>/files", FilesView.as_view()),
    path("contacts/<uuid:contact_id>/export", ContactExportView.as_view(), name="export-contact"),
    path("contacts/<uuid:contact_id>/metrics", ContactMetricsView.as_view()),
    path("contacts/<uuid:contact_id>/similar", SimilarContactsView.as_view()),
    path("contacts/<uuid:contact_id>/predictions", ContactPredictionsView.as_view()),
    path("predictors", PredictorsView.as_view()),
    path("patterns", PatternsView.as_view()),
    path("patterns/<uuid:pattern_id>/contacts", PatternContactsView.as_view()),
    path("benchmarks", BenchmarksView.as_view()),
    path("benchmarks/general", GeneralBenchmarksView.as_view()),
    path("benchmarks/<uuid:benchmark_id>", BenchmarkView.as_view()),
    path("interactions/<uuid:interaction_id>", InteractionView.as_view()),
    path("files/<uuid:file_id>", FileView.as_view()),
    path("deals", DealsView.as_view()),
    path("deals/<uuid:deal_id>", DealView.as_view()),
    path("persona-batches", PersonaBatchesView.as_view()),
    path("persona-batches/<uuid:batch_id>", PersonaBatchView.as_view()),
    path("persona-batches/<uuid:batch_id>/lines", PersonaBatchLinesView.as_view()),
    path("persona-batches/<uuid:batch_id>/start", StartPersonaBatchView.as_view()),
    path("persona-batches/<uuid:batch_id>/pause", PausePersonaBatchView.as_view()),
    path("persona-batches/<uuid:batch_id>/resume", ResumePersonaBatchView.as_view()),
    path("persona-batches/<uuid:batch_id>/cancel", CancelPersonaBatchView.as_view()),
    path("imports", ImportsView.as_view(), name="api-imports"),
    path("imports/<uuid:import_id>", ImportView.as_view()),
    path("imports/<uuid:import_id>/start", StartImportView.as_view()),
    path("imports/<uuid:import_id>/cancel", CancelImportView.as_view()),
    path("imports/<uuid:import_id>/undo", UndoImportView.as_view()),
    path("imports/<uuid:import_id>/errors", ImportErrorsView.as_view()),
    path("imports/<uuid:import_id>/errors.csv", ImportBadRowsView.as_view(), name="import-bad-rows"),
    path("grants", GrantsView.as_view()),
    path("grants/<int:grant_id>", GrantView.as_view()),
    path("crm-hooks", CrmHooksView.as_view()),
    path("crm-hooks/<uuid:hook_id>", CrmHookView.as_view()),
    path("crm-hooks/<uuid:hook_id>/rotate", CrmHookRotateView.as_view()),
    path("hooks/crm/<str:token>", CrmInView.as_view(), name="crm-hook"),
]
