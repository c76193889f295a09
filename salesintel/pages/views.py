"""Who comes in, and who leaves."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from enrichment.rules import live
from salesintel.accounts.forms import SignInForm
from salesintel.accounts.lockout import LOCKED


class SignInView(LoginView):
    form_class = SignInForm
    template_name = "salesintel/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"runs_on_sandbox": live.origin() == "sandbox"}

    def form_invalid(self, form: Any) -> HttpResponse:
        return told_to_wait(self.request, super().form_invalid(form))


def told_to_wait(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer as it is; 429 for who typed too many wrong passwords and has to wait."""
    until = getattr(request, LOCKED, None)
    if until is not None:
        response.status_code = 429
        response["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds())))
    return response
