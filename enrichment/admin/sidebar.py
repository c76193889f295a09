"""The admin's sidebar: rules by what they decide, then what happened; each person sees what they may open."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from enrichment.admin import spending
from enrichment.models import EngineCall, SourceCall, Suggestion

GROUPS = {
    "What is needed": ("Dataset", "DataConsumer", "ConsumerDataset", "SalesRole", "SignalRule", "PublisherRule"),
    "Where it is had": (
        "Provider",
        "Source",
        "DatasetSource",
        "ChangeSet",
        "Experiment",
        "RedundancyRule",
        "CachePolicy",
        "StepDeadline",
        "Retention",
    ),
    "What it may cost": ("Budget", "Brake", "SpendingStop", "Notice", "BudgetPeriod"),
    "How it is written": ("AnalysisEngine", "PromptVersion"),
    "What happened": (
        "ResearchRequest",
        "Bulk",
        "Watch",
        "WorkflowRun",
        "SourceCall",
        "DoubtfulCall",
        "EngineCall",
        "ProviderState",
        "EngineState",
    ),
    "What is asked in conversations": ("ChatIntent", "ChatPolicy", "ChatSession", "ChatTurn", "ChatFeedback"),
    "What is known": ("Company", "Report", "Rating", "Fact", "Correction", "Suggestion", "CacheEntry"),
    "Who is told": ("WebhookEndpoint", "WebhookDelivery", "Announcement"),
    "Who may": ("User", "Group", "ApiKey", "Entry", "RequestLimit"),
    "Who must not be known": ("OptOut", "Erasure"),
}
REST = "Behind the scenes"
# What counts something that waits for a person; nothing is shown where that is none.
COUNTS: dict[str, Callable[[], int]] = {
    "Notice": spending.unseen,
    "SpendingStop": spending.stopped,
    "DoubtfulCall": lambda: SourceCall.objects.in_doubt().count(),
    "Suggestion": lambda: Suggestion.objects.filter(status=Suggestion.Status.OPEN).count(),
    "EngineCall": lambda: EngineCall.objects.filter(status=EngineCall.Status.IN_DOUBT).count(),
}
PAGES = {"DatasetSource": ("The matrix", "admin:enrichment_datasetsource_grid")}  # in the place of a plain list


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of `{title, link}`; a model that no group names stands in the last one, folded."""
    models = {model.__name__: model for model, its in admin.site._registry.items() if its.has_view_permission(request)}
    named = {name for names in GROUPS.values() for name in names}
    groups = [_group(title, [models[name] for name in names if name in models]) for title, names in GROUPS.items()]
    rest = sorted((model for name, model in models.items() if name not in named), key=lambda model: model.__name__)
    return [group for group in (*groups, _group(REST, rest, folded=True)) if group["items"]]


def _group(title: str, models: list[type[Model]], *, folded: bool = False) -> dict[str, Any]:
    items = [_item(model) for model in models]
    return {"title": title, "collapsible": folded, "items": items}


def _item(model: type[Model]) -> dict[str, Any]:
    item = {"title": _title(model), "link": reverse(_listing(model))}
    waiting = COUNTS[model.__name__]() if model.__name__ in COUNTS else 0
    return {**item, "badge": waiting, "badge_variant": "danger"} if waiting else item


def _title(model: type[Model]) -> str:
    if model.__name__ in PAGES:
        return PAGES[model.__name__][0]
    title = str(model._meta.verbose_name_plural)
    return title[:1].upper() + title[1:]


def _listing(model: type[Model]) -> str:
    if model.__name__ in PAGES:
        return PAGES[model.__name__][1]
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"


def icon(request: HttpRequest) -> str:
    """The address of the site's icon."""
    return static("icon.svg")


def style(request: HttpRequest) -> str:
    """The address of what mends the theme."""
    return static("css/admin.css")
