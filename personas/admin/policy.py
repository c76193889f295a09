"""The policy of personas: one row."""

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import RuleAdmin
from personas.models import PersonaPolicy


@admin.register(PersonaPolicy)
class PersonaPolicyAdmin(RuleAdmin):
    list_display = ("__str__", "enough", "half_life_days", "regenerate_after", "engines", "keep_days", "origin")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not PersonaPolicy.objects.exists() and super().has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: PersonaPolicy | None = None) -> bool:
        return False
