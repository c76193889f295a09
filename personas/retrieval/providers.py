"""Asks whoever makes vectors of texts, and keeps the ledger of it.

OpenAI's wire: POST `/v1/embeddings` with `input`, `model`, `dimensions` → `data[].embedding` in the order of the input,
`usage.total_tokens`. Voyage's is the same but for `output_dimension` and `input_type`; both answer in base64 when
asked to, which the SDK does.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from enrichment.models.fields import rounded_up
from personas import marks
from personas.models import EmbeddingCall, EmbeddingProvider
from personas.retrieval.hashing import Vectors, embed
from personas.retrieval.nearest import normed
from salesintel.privacy.masking import masked

AT_ONCE = 64  # texts in one call
LONGEST = 8_000  # characters of a text; the smallest of today's models read as many
_ADDRESSES = {"voyage": "https://api.voyageai.com/v1", "openai": "https://api.openai.com/v1"}
_PER = Decimal(1_000_000)  # tokens that a price is for


class NoVectors(Exception):
    """A provider gave none; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """Vectors of length 1, a row for each text, and the space they are in."""

    vectors: Vectors
    space: str


def provider_now() -> EmbeddingProvider:
    """The provider that is switched on and comes first; the built-in one where none is."""
    row = EmbeddingProvider.objects.filter(enabled=True).order_by("priority", "slug").first()
    return row or EmbeddingProvider(slug="builtin", kind=EmbeddingProvider.Kind.BUILTIN)


def vectors_of(texts: Sequence[str], *, by: EmbeddingProvider, is_question: bool = False) -> Made:
    """Vectors of `texts`, at most `AT_ONCE`. Raises `NoVectors`.

    A provider elsewhere is sent no mail addresses and telephone numbers: what is talked about takes none.
    """
    if by.kind == EmbeddingProvider.Kind.BUILTIN:
        return Made(embed(texts, key=marks.secret()), by.space)
    if is_spent(by):
        raise NoVectors(f"“{by.slug}” has cost what it may cost this month; raise its cap, or wait for the next.")
    began = time.monotonic()
    call = EmbeddingCall(provider=by.slug, at=timezone.now(), texts=len(texts))
    try:
        made = _asked([masked(text)[:LONGEST] for text in texts], by, call, is_question=is_question)
    except NoVectors as error:
        call.error = str(error)[:200]
        raise
    finally:
        call.seconds = time.monotonic() - began
        call.save()
    return Made(normed(made), by.space)


def is_spent(provider: EmbeddingProvider) -> bool:
    """Whether this month's cap is reached."""
    if provider.monthly_cap is None:
        return False
    first = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = EmbeddingCall.objects.filter(provider=provider.slug, at__gte=first).aggregate(sum=Sum("cost"))["sum"]
    return bool((spent or Decimal(0)) >= provider.monthly_cap)


def _asked(texts: list[str], provider: EmbeddingProvider, call: EmbeddingCall, *, is_question: bool) -> Vectors:
    sdk: Any = import_module("openai")
    try:
        with (
            sdk.DefaultHttpxClient(follow_redirects=False, trust_env=False) as http,
            sdk.OpenAI(
                api_key=_key(provider) or "no-key",
                base_url=provider.base_url or _ADDRESSES[provider.kind],
                max_retries=0,
                timeout=provider.timeout.total_seconds(),
                http_client=http,
            ) as client,
        ):
            reply = client.embeddings.create(**_body(texts, provider, is_question=is_question))
    except sdk.APIStatusError as error:
        raise NoVectors(
            f"“{provider.slug}” answered {error.status_code}; look at its key, model and balance."
        ) from error
    except sdk.OpenAIError as error:
        raise NoVectors(f"“{provider.slug}” gave no answer ({type(error).__name__}).") from error
    if reply.usage is not None:
        call.tokens = reply.usage.total_tokens
        call.cost = None if provider.price is None else rounded_up(provider.price * call.tokens / _PER)
    return _checked(reply, provider, count=len(texts))


def _body(texts: list[str], provider: EmbeddingProvider, *, is_question: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"model": provider.model, "input": texts}
    if provider.kind == EmbeddingProvider.Kind.VOYAGE:
        kind = "query" if is_question else "document"
        return body | {"extra_body": {"output_dimension": provider.dimensions, "input_type": kind}}
    return body | {"dimensions": provider.dimensions}


def _checked(reply: Any, provider: EmbeddingProvider, *, count: int) -> Vectors:
    """Raises `NoVectors` for what is not one vector of the dimensions for each text."""
    rows = [row.embedding for row in sorted(reply.data, key=lambda row: row.index)]
    if len(rows) != count or any(len(row) != provider.dimensions for row in rows):
        raise NoVectors(
            f"“{provider.slug}” was to give {count} vectors of {provider.dimensions} numbers, and gave others; set its"
            " dimensions to those of its model."
        )
    made = np.asarray(rows, dtype=np.float32)
    if not np.isfinite(made).all():
        raise NoVectors(f"“{provider.slug}” gave numbers that are none.")
    return made


def _key(provider: EmbeddingProvider) -> str:
    """The row's key; else the environment's, which goes to the vendor's own address alone."""
    held = str(provider.credentials.get("api_key", ""))
    if held or provider.base_url:
        return held
    known: dict[str, str] = settings.CREDENTIALS.get(provider.kind, {})
    return known.get("api_key", "")
