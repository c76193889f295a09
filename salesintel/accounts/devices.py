"""Browsers from which somebody has logged in before: they are known by a signed cookie, and counted for themselves.

So a stranger who guesses at a name locks out strangers, and not the person at their own machine; as OWASP describes it
under “device cookies”. The cookie says nothing of the person: a keyed digest of the name, and a number drawn by lot. It
lets nobody in. Whoever steals one gets a few guesses at that one name, and no more than any stranger has.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

NAME = "device"
LASTS = 400 * 86400  # seconds; browsers keep no cookie longer
NEW = "new_device"  # the request's attribute with a cookie that is to be set
SALT = "salesintel.device"


def device_of(request: HttpRequest, person: str) -> str:
    """The device's own number if it is known as that of `person` (the digest of a name), else ""."""
    try:
        whose, number = signing.loads(request.COOKIES.get(NAME, ""), salt=SALT, max_age=LASTS)
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return str(number) if whose == person else ""


def remember(request: HttpRequest, person: str) -> None:
    """Have the answer to `request` say that `person` logged in from there."""
    number = device_of(request, person) or secrets.token_hex(16)
    setattr(request, NEW, signing.dumps([person, number], salt=SALT))


class DeviceMiddleware:
    """Sets the cookie of who has just logged in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        cookie = getattr(request, NEW, None)
        if cookie is not None:
            response.set_cookie(
                NAME, cookie, max_age=LASTS, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
            )
        return response
