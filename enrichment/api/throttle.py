"""Limits of requests as HTTP tells them: who is counted as whom, the fields of each answer, the refusal.

The fields are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` says the limit, `RateLimit` what is
left of it. A request is counted when it comes and holds nothing: a stream, a socket or a long wait is one request.
"""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from enrichment.throttling import STRANGERS, Allowance, count, count_for, stranger
from salesintel.accounts.addresses import address_of
from salesintel.accounts.models import ApiKey
from salesintel.problems import Problem


def counted(request: Request, scope: str | None) -> Allowance | None:
    """Count the request of whoever is known: each key with its successors, else each person; strangers by address."""
    if scope is None or not request.user.is_authenticated:
        return counted_stranger(request)
    family = request.auth.family if isinstance(request.auth, ApiKey) else None
    return count_for(int(request.user.pk), family, scope, at=timezone.now())


def counted_stranger(request: Request) -> Allowance | None:
    """Count the request of who brought no key, or none that is good for anything, by where it came from."""
    return count(STRANGERS, stranger(address_of(request)), at=timezone.now())


def counted_person(user: int, scope: str) -> Allowance | None:
    """Count a request that is made for somebody by other means than a key or a session."""
    return count_for(user, None, scope, at=timezone.now())


def refuse_too_many(allowance: Allowance | None) -> None:
    """Raise the `Problem` 429 where the request was one too many."""
    if allowance is None or not allowance.is_passed:
        return
    whose = "requests without a usable key" if allowance.scope == STRANGERS else f"requests of scope {allowance.scope}"
    detail = (
        f"The limit of {whose} is {allowance.requests} in {allowance.seconds} seconds;"
        f" come back in {allowance.resets_in} seconds."
    )
    raise Problem(429, detail, headers={"Retry-After": str(allowance.resets_in)})


def tell_allowance(response: HttpResponse, allowance: Allowance | None) -> None:
    """Say in the answer what the limit is and what it leaves."""
    if allowance is not None:
        name = f'"{allowance.scope}"'
        response["RateLimit-Policy"] = f"{name};q={allowance.requests};w={allowance.seconds}"
        response["RateLimit"] = f"{name};r={allowance.left};t={allowance.resets_in}"
