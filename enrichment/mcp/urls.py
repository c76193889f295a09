"""Where agents speak to us."""

from django.urls import path

from enrichment.mcp.view import McpView

urlpatterns = [path("mcp", McpView.as_view(schema=None), name="mcp")]
