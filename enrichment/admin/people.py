"""Who is not to be collected, and who was erased. Names and addresses are typed in here, and shown nowhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from enrichment.admin.base import ReadOnlyAdmin
from enrichment.models import DigestKey, Erasure, OptOut
from enrichment.people import optouts
from enrichment.people.optouts import Marks, NoMark
from enrichment.workflow import erasing
from salesintel.narrowed import ModelForm

RIGHT = "enrichment.erase_person"
FIELDS = ("email", "profile", "name", "company")


def _marks(cleaned: dict[str, Any]) -> Marks:
    return Marks.given(**{name: cleaned.get(name) or "" for name in FIELDS})


class OptOutForm(ModelForm):
    """By what somebody is recognised; only digests of it are kept."""

    email = forms.EmailField(required=False, label="Mail address", widget=UnfoldAdminTextInputWidget)
    profile = forms.CharField(
        required=False,
        max_length=1000,
        label="Address of a profile",
        help_text="Say https://www.linkedin.com/in/jane-doe.",
        widget=UnfoldAdminTextInputWidget,
    )
    name = forms.CharField(
        required=False, max_length=200, help_text="Counts at the company below.", widget=UnfoldAdminTextInputWidget
    )
    company = forms.CharField(
        required=False, max_length=253, help_text="Its domain, or its name.", widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = OptOut
        fields = ()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        try:
            optouts.check(_marks(found))
        except NoMark as error:
            raise forms.ValidationError(str(error)) from error
        return found


@admin.register(OptOut)
class OptOutAdmin(ModelAdmin):
    """Adding somebody erases whoever is known by the same marks; taking a line off lets them be collected again."""

    list_display = ("kind", "why", "by", "created")
    list_select_related = ("by",)
    list_filter = ("kind", "why")
    form = OptOutForm
    fields = FIELDS

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        done = erasing.opt_out(_marks(form.cleaned_data), by=request.user)
        obj.pk = OptOut.objects.values_list("pk", flat=True).first()  # what the admin logs: a line without a name
        rows = sum(count for erasure in done for count in erasure.counts.values())
        self.message_user(request, f"Never collected from now on; {rows} rows held something of theirs.")

    def response_add(self, request: HttpRequest, obj: OptOut, *args: Any) -> HttpResponse:
        return self.response_post_save_add(request, obj)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return request.user.has_perm(RIGHT)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(RIGHT)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    """What is left of whom: an id that leads nowhere any more."""

    list_display = ("person", "company", "by", "began", "finished", "counts")
    list_select_related = ("company", "by")
    ordering = ("-began",)
    actions = ("go_on",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("person", "company", "by", "began", "finished", "counts")

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHT)

    @admin.action(permissions=["erase"], description="Go on with those that are under way, now")
    def go_on(self, request: HttpRequest, chosen: Any) -> None:
        finished = erasing.resume()
        left = Erasure.objects.filter(finished=None).count()
        self.message_user(request, f"{finished} finished, {left} still under way.", messages.SUCCESS)


@admin.register(DigestKey)
class DigestKeyAdmin(ReadOnlyAdmin):
    """That there is one; never which."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("id",)
