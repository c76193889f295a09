"""Trials of how personas are made: drawn up, started and ended; the stars of each way."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from enrichment.admin.base import RuleAdmin
from personas.models import PersonaArm, PersonaTrial
from personas.trials import findings, steering
from personas.trials.findings import Found
from salesintel.admin_bases import TabularInline

COLUMNS = (
    "Way", "What it is", "Contacts", "Personas", "Made otherwise", "With stars (n)", "Stars, 95 %", "To the first",
    "USD each",
)  # fmt: skip


class ArmInline(TabularInline):
    """The ways; fixed once it was started."""

    model = PersonaArm
    fields = ("place", "label", "method", "writer", "version", "share")
    extra = 2

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not steering.is_fixed(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not steering.is_fixed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not steering.is_fixed(obj) and super().has_delete_permission(request, obj)


@admin.register(PersonaArm)
class PersonaArmAdmin(RuleAdmin):
    """The ways with their histories; they are changed on the page of their trial, before it is started."""

    list_display = ("label", "trial", "place", "method", "writer", "version", "share")
    list_select_related = ("trial",)
    list_filter = ("trial",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and steering.is_fixed(obj.trial)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and steering.is_fixed(obj.trial)) and super().has_delete_permission(request, obj)


@admin.register(PersonaTrial)
class PersonaTrialAdmin(RuleAdmin):
    list_display = ("slug", "question", "status", "started", "finished")
    list_filter = ("status",)
    fields = ("slug", "question", "status", "started", "finished", "stars", "origin")
    readonly_fields = ("status", "started", "finished", "stars")
    inlines = (ArmInline,)
    actions = ("start", "end")

    @admin.action(permissions=["change"], description="Start: contacts' personas are made by these ways from now on")
    def start(self, request: HttpRequest, chosen: "QuerySet[PersonaTrial]") -> None:
        for trial in chosen:
            try:
                steering.start(trial)
            except steering.CannotStart as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"“{trial}” runs.", messages.SUCCESS)

    @admin.action(permissions=["change"], description="End: it takes part in nothing more, what was found stays")
    def end(self, request: HttpRequest, chosen: "QuerySet[PersonaTrial]") -> None:
        for trial in chosen:
            steering.end(trial)
        self.message_user(request, "They do not run any more.", messages.SUCCESS)

    @admin.display(description="stars by way")
    def stars(self, row: PersonaTrial) -> SafeString | str:
        """A table; stars are of whole personas, and the mean over contacts."""
        if not steering.is_fixed(row):
            return "It was not started yet."
        head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in COLUMNS))
        body = format_html_join("", "<tr>{}</tr>", ((_cells(each),) for each in findings.found(row)))
        return format_html(
            '<div role="region" aria-label="Stars by way" tabindex="0"><table><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>", head, body,
        )  # fmt: skip


def _cells(found: Found) -> SafeString:
    texts = (
        steering.label_of(found.arm), found.contacts, found.personas, found.otherwise, found.n, _mean(found),
        _difference(found), f"{found.cost:.4f}",
    )  # fmt: skip
    rest = format_html_join("", "<td>{}</td>", ((text,) for text in texts))
    return format_html('<th scope="row">{}</th>{}', found.arm.label, rest)


def _mean(found: Found) -> str:
    if found.stars is None:
        return "none yet"
    return f"{found.stars:.2f} ({found.low:.2f} to {found.high:.2f})"


def _difference(found: Found) -> str:
    if found.difference is None:
        return "" if found.arm.place == 1 else f"fewer than {findings.FEW} contacts with stars"
    told = f"{found.difference.value:+.2f} ({found.difference.low:+.2f} to {found.difference.high:+.2f})"
    return told if found.difference.is_seen else f"{told}: no difference seen"
