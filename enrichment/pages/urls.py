"""The pages' addresses. Everybody who is logged in may open them; requests are their user's own."""

from django.urls import path

from enrichment.pages.views.briefs import AgainView, BriefFile, BriefPage, RefreshQuote, RenewalPart
from enrichment.pages.views.bulk import BulkPage, BulkPart, BulksPage, MendLine, SteerBulk
from enrichment.pages.views.companies import CompanyPage, DecideView
from enrichment.pages.views.costs import CostsPage
from enrichment.pages.views.home import HomeView, QuoteView, StartView, SuggestionsView
from enrichment.pages.views.identity import CorrectPage, MergePage, SplitPage
from enrichment.pages.views.judging import FillView, RatingPart, UsedView
from enrichment.pages.views.notices import BellPart, NoticesPage, ReadAllView, ReadView
from enrichment.pages.views.plans import PlanPage
from enrichment.pages.views.runs import CancelView, LivePart, PauseView, ResumeView, RetryView, RunPage
from enrichment.pages.views.trends import TrendsPage
from enrichment.pages.views.watches import (
    AddWatch,
    DigestChoice,
    NextChapter,
    SteerWatch,
    StopDigest,
    WatchesPage,
    WatchPage,
)
from enrichment.pages.views.webhooks import (
    DeleteView,
    DeliveryPart,
    ReplayView,
    RotateView,
    SwitchView,
    TestView,
    WebhookPage,
    WebhooksPage,
)

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("companies/suggestions/", SuggestionsView.as_view(), name="suggestions"),
    path("companies/<int:company_id>/", CompanyPage.as_view(), name="company"),
    path("companies/<int:company_id>/merge/", MergePage.as_view(), name="merge"),
    path("companies/<int:company_id>/parts/<int:part_id>/", SplitPage.as_view(), name="split"),
    path("companies/<int:company_id>/facts/<slug:dataset>/", CorrectPage.as_view(), name="correct"),
    path("companies/<int:company_id>/suggestions/<int:suggestion_id>/", DecideView.as_view(), name="decide-suggestion"),
    path("bulk/", BulksPage.as_view(), name="bulks"),
    path("bulk/<uuid:bulk_id>/", BulkPage.as_view(), name="bulk"),
    path("bulk/<uuid:bulk_id>/live/", BulkPart.as_view(), name="bulk-part"),
    path("bulk/<uuid:bulk_id>/steer/", SteerBulk.as_view(), name="steer-bulk"),
    path("bulk/<uuid:bulk_id>/lines/<int:number>/", MendLine.as_view(), name="mend-line"),
    path("watches/", WatchesPage.as_view(), name="watches"),
    path("watches/add/", AddWatch.as_view(), name="add-watch"),
    path("watches/<uuid:watch_id>/next-chapter/", NextChapter.as_view(), name="next-chapter"),
    path("watches/digest/", DigestChoice.as_view(), name="digest"),
    path("watches/<uuid:watch_id>/", WatchPage.as_view(), name="watch"),
    path("watches/<uuid:watch_id>/steer/", SteerWatch.as_view(), name="steer-watch"),
    path("digest/stop/<str:token>/", StopDigest.as_view(), name="stop-digest"),
    path("plan/", PlanPage.as_view(), name="plan"),
    path("costs/", CostsPage.as_view(), name="costs"),
    path("trends/", TrendsPage.as_view(), name="trends"),
    path("quote/", QuoteView.as_view(), name="quote"),
    path("requests/", StartView.as_view(), name="start"),
    path("requests/<uuid:request_id>/", RunPage.as_view(), name="run"),
    path("requests/<uuid:request_id>/live/", LivePart.as_view(), name="live"),
    path("requests/<uuid:request_id>/cancel/", CancelView.as_view(), name="cancel"),
    path("requests/<uuid:request_id>/pause/", PauseView.as_view(), name="pause"),
    path("requests/<uuid:request_id>/resume/", ResumeView.as_view(), name="resume"),
    path("requests/<uuid:request_id>/retry/", RetryView.as_view(), name="retry"),
    path("requests/<uuid:request_id>/again/", AgainView.as_view(), name="again"),
    path("requests/<uuid:request_id>/quote/", RefreshQuote.as_view(), name="refresh-quote"),
    path("requests/<uuid:request_id>/brief/", BriefPage.as_view(), name="brief"),
    path("requests/<uuid:request_id>/brief/renewal/", RenewalPart.as_view(), name="renewal"),
    path("requests/<uuid:request_id>/rating/", RatingPart.as_view(), name="rating"),
    path("requests/<uuid:request_id>/used/", UsedView.as_view(), name="used"),
    path("requests/<uuid:request_id>/fill/<slug:dataset>/", FillView.as_view(), name="fill"),
    path("requests/<uuid:request_id>/brief.json", BriefFile.as_view(), name="brief-file"),
    path("notices/", NoticesPage.as_view(), name="notices"),
    path("notices/bell/", BellPart.as_view(), name="bell"),
    path("notices/read/", ReadAllView.as_view(), name="read-notices"),
    path("notices/<int:notice_id>/read/", ReadView.as_view(), name="read-notice"),
    path("webhooks/", WebhooksPage.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>/", WebhookPage.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/switch/", SwitchView.as_view(), name="switch-webhook"),
    path("webhooks/<uuid:webhook_id>/rotate/", RotateView.as_view(), name="rotate-webhook"),
    path("webhooks/<uuid:webhook_id>/delete/", DeleteView.as_view(), name="delete-webhook"),
    path("webhooks/<uuid:webhook_id>/test/", TestView.as_view(), name="test-webhook"),
    path("webhooks/deliveries/<uuid:delivery_id>/", DeliveryPart.as_view(), name="delivery"),
    path("webhooks/deliveries/<uuid:delivery_id>/replay/", ReplayView.as_view(), name="replay-delivery"),
]
