"""The same POST under the same Idempotency-Key is done once, and answered with the same row."""

import json
from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from enrichment.api.base import caller_of
from enrichment.api.prefer import idempotency_key
from enrichment.models.clock import database_now
from personas.marks import key_digests
from personas.models import SentOnce
from salesintel.accounts.models import User
from salesintel.problems import Kind, Problem

MISMATCH = Kind("idempotency-mismatch", "This Idempotency-Key came with another body.")
KEY = OpenApiParameter(
    "Idempotency-Key", str, "header", description="Your name for this request: for two days the same again is one."
)


def once(request: Request, make: Callable[[], tuple[UUID, int]]) -> tuple[UUID, int]:
    """The id of the row that `make` makes and the status of its answer; of a repeated request those of the first.

    What is refused leaves the key unused. Raises `Problem` for a key that came with another body or address.
    """
    key = idempotency_key(request)
    if key is None:
        return make()
    user = caller_of(request)
    [digest] = key_digests([f"{request.path}\n{json.dumps(request.data, sort_keys=True)}"]).values()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        sent = SentOnce.objects.filter(user=user, key=key).first()
        if sent is None:
            made, status = make()
            SentOnce.objects.create(user=user, key=key, digest=digest, made=made, status=status, at=database_now())
            return made, status
    if sent.digest != digest:
        raise Problem(409, "Use a new key for a new request.", kind=MISMATCH)
    return sent.made, sent.status
