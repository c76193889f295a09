"""Every address of the product. Who may use which: tests/api/test_permission_matrix.py, which knows them all."""

from typing import Any

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import URLPattern, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from chat.api import urls as chat
from enrichment.api import urls as api
from enrichment.mcp import urls as mcp
from personas.api import urls as personas
from salesintel.accounts import schema  # noqa: F401 - its classes register themselves
from salesintel.accounts.forms import AdminSignInForm
from salesintel.document import DocumentView
from salesintel.health import HealthView, ReadyView
from salesintel.metrics import MetricsView

admin.autodiscover()
admin.site.login_form = AdminSignInForm
# One page for it, where guessing the old password is counted; the admin's own knows nothing of that.
setattr(admin.site, "password_change", lambda _: redirect("password"))  # noqa: B010 - its type says a page


def health(**kwargs: Any) -> list[URLPattern]:
    return [path("health", HealthView.as_view(**kwargs)), path("health/ready", ReadyView.as_view(**kwargs))]


described = [path("api/v1/", include([*api.versioned, *chat.versioned, *personas.versioned, *health()]))]

urlpatterns = [
    path("admin/", admin.site.urls),
    *described,
    path("api/schema/", DocumentView.as_view(), name="schema"),
    path(
        "api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", authentication_classes=()), name="api-docs"
    ),
    *api.aliases,
    *chat.aliases,
    *api.sockets,
    *chat.sockets,
    *health(schema=None),
    *mcp.urlpatterns,
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("", include("enrichment.pages.urls")),
    path("", include("chat.pages.urls")),
    path("", include("personas.pages.urls")),
    path("", include("salesintel.pages.urls")),
]

handler400 = "salesintel.problems.bad_request"
handler403 = "salesintel.problems.permission_denied"
handler404 = "salesintel.problems.page_not_found"
handler500 = "salesintel.problems.server_error"
