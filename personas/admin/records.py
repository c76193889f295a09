"""People's own records: an admin sees that there are some and whose they are, never what is in them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from enrichment.admin.base import ReadOnlyAdmin
from personas.models import (
    Contact,
    ContactPersona,
    Deal,
    DealContact,
    DealStage,
    File,
    Grant,
    Interaction,
    PersonaBatch,
    PersonaBatchLine,
    PersonaFeedback,
    PersonaUse,
    Prediction,
    Predictor,
    Product,
    Thread,
)


class RecordAdmin(ReadOnlyAdmin):
    """Of a record, these columns and no others: none of them says who the contact is or what was said."""

    shown: ClassVar[tuple[str, ...]] = ("id", "owner", "created")
    list_display: Any = ("id", "owner", "created")
    list_select_related = ("owner",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "updated", "external_source", "came_by", "notified")
    list_display = ("id", "owner", "created", "external_source", "came_by")
    list_filter = ("came_by", "external_source")


@admin.register(Interaction)
class InteractionAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "external_source", "is_automatic")
    list_display = ("id", "owner", "created", "external_source")


@admin.register(File)
class FileAdmin(RecordAdmin):
    shown = ("id", "owner", "created", "external_source", "media_type", "size")


@admin.register(Thread, Product, Deal, DealContact, DealStage)
class OtherRecordAdmin(RecordAdmin):
    pass


@admin.register(ContactPersona)
class ContactPersonaAdmin(RecordAdmin):
    shown = (
        "id", "owner", "made", "why", "asked", "method", "fell_back", "engine", "no_engine", "arm", "prompt", "quality",
        "parts", "borne", "interactions", "cost", "seconds",
    )  # fmt: skip
    list_display = ("id", "owner", "made", "why", "method", "engine", "quality", "borne", "cost", "seconds")
    list_filter = ("method", "engine", "why")


@admin.register(PersonaBatch)
class PersonaBatchAdmin(RecordAdmin):
    shown = (
        "id", "owner", "created", "status", "method", "writer", "each", "cap", "spent", "moved", "started", "finished",
    )  # fmt: skip
    list_display = ("id", "owner", "created", "status", "method", "writer", "cap", "spent")
    list_filter = ("status", "writer")


@admin.register(PersonaBatchLine)
class PersonaBatchLineAdmin(ReadOnlyAdmin):
    """What became of each contact of a batch; who it is, is not shown."""

    fields = list_display = ("id", "batch", "place", "state", "held", "cost", "attempts", "begun", "ended")
    list_select_related = ("batch",)
    list_filter = ("state",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


@admin.register(PersonaFeedback)
class PersonaFeedbackAdmin(RecordAdmin):
    shown = ("id", "owner", "at", "stars", "trait")
    list_display = ("at", "owner", "stars", "trait")
    list_filter = ("stars",)


@admin.register(PersonaUse)
class PersonaUseAdmin(RecordAdmin):
    shown = ("id", "owner", "day", "what")
    list_display = ("day", "owner", "what")


@admin.register(Predictor)
class PredictorAdmin(RecordAdmin):
    shown = ("id", "owner", "question", "days", "trained", "why", "cases", "happened", "trial")
    list_display = ("owner", "question", "trained", "why", "cases", "happened")
    list_filter = ("question", "why")


@admin.register(Prediction)
class PredictionAdmin(RecordAdmin):
    shown = ("id", "owner", "question", "days", "at")
    list_display = ("id", "owner", "question", "at")
    list_filter = ("question",)


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ("owner", "grantee", "is_of_all", "may_edit", "created")
    list_select_related = ("owner", "grantee")

    @admin.display(boolean=True, description="all records")
    def is_of_all(self, row: Grant) -> bool:
        return row.contact_id is None
