"""Who makes vectors, what it took, and what was computed of people's records, of which nothing is shown."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin, RuleAdmin
from enrichment.admin.secrets import SecretsForm
from personas.admin.records import RecordAdmin
from personas.models import BehavioralPattern, EmbeddingCall, EmbeddingProvider, InteractionEmbedding, Profile
from personas.retrieval.providers import NoVectors, vectors_of


class ProviderForm(SecretsForm):
    """A maker of vectors; its key is written, never read."""

    class Meta:
        model = EmbeddingProvider
        exclude = ("credentials",)


@admin.register(EmbeddingProvider)
class EmbeddingProviderAdmin(RuleAdmin):
    form = ProviderForm
    list_display = ("slug", "priority", "enabled", "kind", "model", "dimensions", "price", "monthly_cap", "origin")
    list_editable = ("priority", "enabled")
    actions = ("test_provider",)

    @admin.action(description="Test: have a vector made")
    def test_provider(self, request: HttpRequest, queryset: "QuerySet[EmbeddingProvider]") -> None:
        for provider in queryset:
            try:
                made = vectors_of(["A rep prepares a call."], by=provider)
            except NoVectors as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                size = made.vectors.shape[1]
                self.message_user(request, f"“{provider.slug}” made a vector of {size} numbers.", messages.SUCCESS)


@admin.register(EmbeddingCall)
class EmbeddingCallAdmin(ReadOnlyAdmin):
    list_display = ("at", "provider", "texts", "tokens", "cost", "seconds", "error")
    list_filter = ("provider",)
    date_hierarchy = "at"


@admin.register(InteractionEmbedding)
class InteractionEmbeddingAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "space", "place")
    list_display: Any = ("id", "owner", "space", "created")


@admin.register(Profile)
class ProfileAdmin(RecordAdmin):
    shown = ("id", "owner", "made", "interactions")
    list_display: Any = ("id", "owner", "interactions", "made")


@admin.register(BehavioralPattern)
class BehavioralPatternAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "members", "cohesion")
    list_display: Any = ("id", "owner", "members", "cohesion", "created")
