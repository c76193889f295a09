"""What caches between us and callers may do with an answer, and answers that a caller has already.

Every answer to a GET bears an `ETag`, made of its content but for what differs each time it is asked (`CHANGING`): so
it is a weak one. It is made after the answer, so a 304 saves the way, not the work.
"""

import re
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request

from salesintel.narrowed import certain

READING = ("GET", "HEAD")
WHO = ("Authorization", "X-API-Key", "Cookie", "Accept")  # whom an answer is for, and in which form
CHANGING = re.compile(rb'"(?:requestId|ageSeconds|oldestDataSeconds)": ?(?:"[^"]*"|[0-9.]+)')
OF_THE_ANSWER = ("RateLimit", "RateLimit-Policy", "X-Cost-USD", "X-Cache", "Age")  # also told with a 304


def tell_caches(request: Request, response: HttpResponse, cache_control: str) -> None:
    """Say who may keep the answer: its caller what a GET gave, to be asked about each time; nobody anything else."""
    keeps = request.method in READING and response.status_code < 300
    response.setdefault("Cache-Control", cache_control if keeps else "no-store")
    patch_vary_headers(response, WHO)


def unless_unchanged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer to a GET with its ETag, or 304 if the caller named that one in `If-None-Match`; others as they are.

    A stream of events has none: what is to come is not known.
    """
    whole: Any = response
    if request.method not in READING or response.status_code != 200 or whole.streaming:
        return response
    if not getattr(whole, "is_rendered", True):
        whole.render()
    if whole.get("Content-Type", "").startswith("text/event-stream"):
        return response
    tag = f'W/"{blake2b(CHANGING.sub(b"", whole.content), digest_size=16).hexdigest()}"'
    response["ETag"] = tag
    known: Any = get_conditional_response(request, etag=tag, response=whole)
    for name in OF_THE_ANSWER:
        if known is not response and name in response:
            known[name] = response[name]
    return certain(known, HttpResponseBase)
