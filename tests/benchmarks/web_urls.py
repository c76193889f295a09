"""The product's addresses, and the yardstick: a view that authenticates as the API does and returns bytes it has."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.urls import path
from rest_framework.request import Request

from enrichment.api.base import ScopedView
from salesintel.urls import urlpatterns as of_the_product

BYTES = "bare.json"  # in the data folder: what the view returns


@cache
def content() -> bytes:
    return (Path(settings.DATA_DIR) / BYTES).read_bytes()


class BareView(ScopedView):
    required_scope = "enrich"

    def post(self, request: Request) -> HttpResponse:
        return HttpResponse(content(), content_type="application/json")


urlpatterns = [path("api/v1/bare", BareView.as_view()), *of_the_product]
