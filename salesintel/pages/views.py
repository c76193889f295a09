"""Who comes in, and who leaves."""

from typing import Any

from django.contrib.auth.views import LoginView

from enrichment.rules import live


class SignInView(LoginView):
    template_name = "salesintel/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"runs_on_sandbox": live.origin() == "sandbox"}
