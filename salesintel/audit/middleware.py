"""Lets every entry know the request during which it is written."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from salesintel.audit.context import answering


class AuditMiddleware:
    """Keeps the request at hand; who sent it is asked only when something is recorded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with answering(request):
            return self.get_response(request)
