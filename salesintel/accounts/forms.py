"""Forms of people about themselves: coming in, what they sell, a new key."""

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from salesintel.accounts.keys import LONGEST_LIFE, LONGEST_OVERLAP
from salesintel.accounts.lockout import LOCKED, attempted, minutes_until, succeeded
from salesintel.accounts.models import OF_STAFF, SCOPES, User
from salesintel.narrowed import ModelForm


def _locked_words(until: datetime) -> str:
    minutes = minutes_until(until, now=timezone.now())
    words = ngettext(
        "Too many wrong passwords. Try again in %(minutes)d minute, or ask an admin to unlock the account.",
        "Too many wrong passwords. Try again in %(minutes)d minutes, or ask an admin to unlock the account.",
        minutes,
    )
    return words % {"minutes": minutes}


class TellsOfLockout(AuthenticationForm):
    """Says how long to wait, in the same words whether somebody of that name is there or not."""

    def get_invalid_login_error(self) -> ValidationError:
        until = getattr(self.request, LOCKED, None)
        if until is None:
            return super().get_invalid_login_error()
        return ValidationError(_locked_words(until), code="locked")


class SignInForm(TellsOfLockout):
    """The pages' login."""


class AdminSignInForm(TellsOfLockout, UnfoldAuthenticationForm):
    """The admin's login."""


class OwnPasswordForm(PasswordChangeForm):
    """A new password for who says the old one. Guessing that is counted as guessing at the login is."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        until = attempted(self.request, self.user.get_username())
        if until is not None:
            raise ValidationError(_locked_words(until), code="locked")
        old: str = super().clean_old_password()
        succeeded(self.request)
        return old


class ProfileForm(ModelForm):
    """What briefs are written in terms of. `roles`: (slug, name) of those that the rules have."""

    class Meta:
        model = User
        fields = ("role", "segment", "region", "vendor", "time_zone")

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), required=False, choices=[("", _("Not said")), *roles], help_text=_("Your sales role.")
        )
        self.fields["vendor"].help_text = _("The company that you sell for.")
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[(name, name) for name in sorted(available_timezones())]
        )


class KeyForm(forms.Form):
    """A new key of `user`'s."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What it is for, say CRM."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=[(scope, scope) for scope in SCOPES], initial=["read", "enrich"],
        widget=forms.CheckboxSelectMultiple, help_text=_("What it may do."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=LONGEST_LIFE.days, required=False,
        help_text=_("It expires after so many days; blank: never."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.is_staff:
            scopes: Any = self.fields["scopes"]
            scopes.choices = [(scope, scope) for scope in SCOPES if scope not in OF_STAFF]


class RotateForm(forms.Form):
    """For how long the old key goes on beside the new one."""

    hours = forms.IntegerField(
        label=_("Hours"), min_value=0, max_value=int(LONGEST_OVERLAP.total_seconds() // 3600), initial=24,
        help_text=_("So long the old key goes on beside the new one; 0: it ends at once."),
    )  # fmt: skip
