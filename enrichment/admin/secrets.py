"""Credentials in the admin: they can be written, never read. Blank keeps what is stored."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from salesintel.narrowed import ModelForm

MOST = 20_000  # characters; a service account's key file fits


class WriteOnlyTextarea(UnfoldAdminTextareaWidget):
    """Never shows what was stored or typed, not even beside an error."""

    def format_value(self, value: Any) -> str:
        return ""


class SecretsForm(ModelForm):
    """A row with encrypted `credentials`. The model's own field is left out of the form, so nothing can render it."""

    new_credentials = forms.JSONField(
        required=False,
        max_length=MOST,
        label="Credentials",
        help_text='JSON, say {"api_key": "…"}. Encrypted at rest and never shown again. Blank keeps what is stored.',
        widget=WriteOnlyTextarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
    )
    forget_credentials = forms.BooleanField(
        required=False,
        label="Forget the stored credentials",
        help_text="The environment's then count, if there are any.",
        widget=UnfoldBooleanSwitchWidget,
    )

    def clean_new_credentials(self) -> Any:
        given = self.cleaned_data["new_credentials"]
        if given in (None, {}):
            return None
        is_plain = isinstance(given, dict) and all(isinstance(v, str) and v.strip() for v in given.values())
        if not is_plain:
            raise ValidationError('Give a JSON object of names and texts, say {"api_key": "…"}.')
        return given

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = cleaned.get("new_credentials")
        if given and cleaned.get("forget_credentials"):
            raise ValidationError("Either give new credentials or have the stored ones forgotten.")
        missing = [name for name in cleaned.get("credential_names") or [] if given and not given.get(name)]
        if missing:
            self.add_error("new_credentials", f"It lacks {', '.join(missing)}.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        given = self.cleaned_data.get("new_credentials")
        if given:
            self.instance.credentials = given
        elif self.cleaned_data.get("forget_credentials"):
            self.instance.credentials = {}
        return super().save(commit)
