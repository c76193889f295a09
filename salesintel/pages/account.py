"""One's own account: what one sells, one's password, one's API keys."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from enrichment import rules
from enrichment.pages.page import Page, user_of
from salesintel.accounts import keys
from salesintel.accounts.forms import KeyForm, OwnPasswordForm, ProfileForm, RotateForm
from salesintel.accounts.models import ApiKey, User
from salesintel.pages.views import told_to_wait


class AccountPage(Page):
    """What briefs are written in terms of."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(ProfileForm(instance=user_of(request), roles=_roles()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST, instance=user_of(request), roles=_roles())
        if not form.is_valid():
            return self._shown(form, status=400)
        form.save()
        messages.success(request, _("Saved. The next brief follows it."))
        return redirect("account")

    def _shown(self, form: ProfileForm, *, status: int = 200) -> HttpResponse:
        groups = user_of(self.request).groups.order_by("name").values_list("name", flat=True)
        return self.shown("salesintel/account.html", {"form": form, "groups": list(groups)}, status=status)


class PasswordPage(PasswordChangeView):
    form_class = OwnPasswordForm
    template_name = "salesintel/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. You are logged out everywhere else."))
        return super().form_valid(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_invalid(self, form: Any) -> HttpResponse:
        return told_to_wait(self.request, super().form_invalid(form))


class KeysPage(Page):
    """One's keys, newest first, and the form for another one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(KeyForm(user=user_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        user, form = user_of(request), KeyForm(request.POST, user=user_of(request))
        if not form.is_valid():
            return self._shown(form, status=400)
        days = form.cleaned_data["days"]
        try:
            row, plain = keys.make(
                user=user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                lasts=timedelta(days=days) if days else None,
            )
        except keys.KeyRefused as refused:
            form.add_error(None, str(refused))
            return self._shown(form, status=400)
        return self.shown("salesintel/key_made.html", _made(request, row, plain))

    def _shown(self, form: KeyForm, *, status: int = 200) -> HttpResponse:
        now, user = timezone.now(), user_of(self.request)
        rows = ApiKey.objects.visible_to(user).select_related("replaced_by")
        context = {"form": form, "keys": [(row, row.state(now)) for row in rows]}
        return self.shown("salesintel/keys.html", context, status=status)


class RevokePage(Page):
    """Asks before a key is refused for good, then does it."""

    def get(self, request: HttpRequest, key_id: int) -> HttpResponse:
        return self.shown("salesintel/key_revoke.html", {"key": _own(user_of(request), key_id)})

    def post(self, request: HttpRequest, key_id: int) -> HttpResponse:
        row = keys.revoke(_own(user_of(request), key_id).pk, user=user_of(request))
        messages.success(request, _("The key %(prefix)s… is revoked.") % {"prefix": row.prefix})
        return redirect("keys")


class RotatePage(Page):
    """Asks how long the old key shall go on, then shows the new one, once."""

    def get(self, request: HttpRequest, key_id: int) -> HttpResponse:
        return self._shown(_own(user_of(request), key_id), RotateForm())

    def post(self, request: HttpRequest, key_id: int) -> HttpResponse:
        old, form = _own(user_of(request), key_id), RotateForm(request.POST)
        if not form.is_valid():
            return self._shown(old, form, status=400)
        try:
            overlap = timedelta(hours=form.cleaned_data["hours"])
            row, plain = keys.rotate(old.pk, user=user_of(request), overlap=overlap)
        except keys.KeyRefused as refused:
            form.add_error(None, str(refused))
            return self._shown(old, form, status=409)
        old.refresh_from_db()
        return self.shown("salesintel/key_made.html", {**_made(request, row, plain), "old": old})

    def _shown(self, old: ApiKey, form: RotateForm, *, status: int = 200) -> HttpResponse:
        return self.shown("salesintel/key_rotate.html", {"key": old, "form": form}, status=status)


def _own(user: User, key_id: int) -> ApiKey:
    """The caller's key of that id. Raises `Http404` for an unknown one and for somebody else's alike."""
    found = ApiKey.objects.visible_to(user).filter(pk=key_id).first()
    if found is None:
        raise Http404
    return found


def _made(request: HttpRequest, row: ApiKey, plain: str) -> dict[str, object]:
    """What is shown of a new key, this once."""
    address = request.build_absolute_uri("/api/v1/company/acmecorp.com/lookup")
    return {"key": row, "plain": plain, "curl": f'curl -H "Authorization: Bearer {plain}" {address}'}


def _roles() -> list[tuple[str, str]]:
    """(slug, name) of the sales roles that the rules have."""
    return [(role.slug, f"{role.label} ({role.slug})") for role in rules.current().rules.roles.values()]
