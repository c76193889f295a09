"""From a body to an answer: start the research, say where the answer will be, or wait for it."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrichment.api.base import JsonRenderer, caller_of
from enrichment.api.later import Held, Send, go_on_later, send_whole
from enrichment.api.prefer import idempotency_key, preferred
from enrichment.api.summaries import choices
from enrichment.api.telling import headers_of
from enrichment.api.watch import WATCH
from enrichment.companies import NEW, AmbiguousCompany, IdentityError, NotACompany
from enrichment.models import ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.rendering import Json
from enrichment.workflow.requests import (
    Ask,
    BudgetSpent,
    IdempotencyMismatch,
    InvalidAsk,
    Unaffordable,
    request_research,
)
from salesintel.problems import Kind, Problem, invalid
from salesintel.reading import read

log = logging.getLogger(__name__)

AMBIGUOUS = Kind("ambiguous-company", "Several companies go by that name.")
MISMATCH = Kind("idempotency-mismatch", "This Idempotency-Key came with another body.")
SPENT = Kind("budget-spent", "A budget is used up.")
UNAFFORDABLE = Kind("unaffordable", "Nothing that is required can be had for that.")

COMPANIES = ("company_domain", "vendor_domain", "vendor", "company")  # fields of `Ask` that name a company
Render = Callable[[ResearchRequest], dict[str, Any] | Json]


def research(request: Request, ask: Ask, *, wire: Mapping[str, str], render: Render, wait: int = 0) -> Response:
    """The answer to `ask`: 200 with `render` if it is there or comes while the caller waits, else 202.

    An answer that has expired a little may be there and being renewed at once; it says so.

    `wire` gives the body's name of each field of `Ask`, for errors; `wait` the seconds to wait where the caller does
    not say. Raises `Problem`.
    """
    with as_problems(ask, wire):
        asked = request_research(ask, user=caller_of(request), idempotency_key=idempotency_key(request))
    return told(request, asked, render=render, wait=wait)


def told(
    request: Request, asked: ResearchRequest, *, render: Render, wait: int = 0, more: Mapping[str, Any] | None = None
) -> Response:
    """200 with `render` if its answer is there or comes while the caller waits, else 202, with `more` in its body."""
    if asked.status == ResearchRequest.Status.ANSWERED or answers.is_being_renewed(asked):
        return Response(render(asked), headers=headers_of(asked))
    where = {**answers.accepted(asked), **(more or {})}
    headers = {"Location": where["statusEndpoint"], **headers_of(asked)}
    preference = preferred(request, by_default=wait)
    if preference.applied:
        headers["Preference-Applied"] = preference.applied
    waits = preference.wait and asked.status == ResearchRequest.Status.ATTACHED
    if waits and not go_on_later(request._request, Waiting(asked.pk, preference.wait, render)):
        headers.pop("Preference-Applied", None)
    return Response(where, status=202, headers=headers)


@contextmanager
def as_problems(ask: Ask, wire: Mapping[str, str]) -> Iterator[None]:
    """Tells what the workflow refuses in the API's words."""
    try:
        yield
    except InvalidAsk as error:
        raise invalid({wire.get(field, field): texts for field, texts in error.errors.items()}) from error
    except NotACompany as error:
        field = next((name for name in COMPANIES if getattr(ask, name) == error.text), "company")
        raise invalid({wire.get(field, field): [str(error)]}) from error
    except AmbiguousCompany as error:
        candidates = choices(error.candidates, now=timezone.now())
        raise Problem(409, _way_out(error, ask, wire), kind=AMBIGUOUS, candidates=candidates) from error
    except IdentityError as error:
        raise Problem(409, str(error)) from error
    except IdempotencyMismatch as error:
        raise Problem(409, "Use a new key for a new request.", kind=MISMATCH) from error
    except BudgetSpent as error:
        seconds = max(int((error.resets - timezone.now()).total_seconds()), 1)
        told: dict[str, Any] = {
            "needed": float(error.needed),
            "left": float(error.left),
            "resetsAt": error.resets.isoformat(),
        }
        raise Problem(429, str(error), kind=SPENT, headers={"Retry-After": str(seconds)}, **told) from error
    except Unaffordable as error:
        raise Problem(422, str(error), kind=UNAFFORDABLE, needed=float(error.needed)) from error


def _way_out(error: AmbiguousCompany, ask: Ask, wire: Mapping[str, str]) -> str:
    """What to send instead: the field that settles it, with the first candidate as the example."""
    field = "vendor_domain" if error.text == ask.vendor and error.text != ask.company else "company_domain"
    first = error.candidates[0].company.reference
    where = f"send “{wire[field]}”, say {first}" if field in wire else f"put its domain in the address, say {first}"
    return (
        f"“{error.text}” may mean {len(error.candidates)} that are known here. Say which one: {where}"
        f" (a candidate without a domain: # and its id; none of them: {NEW}). Your Idempotency-Key is still unused."
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Holds a 202 back until the request has its answer, and gives that instead; the 202 when the time is up."""

    request_id: UUID
    seconds: int
    render: Render

    async def __call__(self, held: Held, send: Send) -> None:
        answer = await self._answer()
        if answer is None:
            headers = held.headers_without(b"content-length")
            await send_whole(send, held.status, headers, held.body)
        else:
            content, told = answer
            new = {name.lower().encode(): value.encode() for name, value in told.items()}
            kept = held.headers_without(b"content-length", b"location", *new)
            await send_whole(send, 200, [*kept, *new.items()], content)

    async def _answer(self) -> tuple[bytes, dict[str, str]] | None:
        """The whole answer as bytes, and what its header says of it; None when it did not come in time, or failed."""
        try:
            async with asyncio.timeout(self.seconds):
                with WATCH.following(self.request_id) as follower:
                    while (mark := await follower.moved()) is not None and mark.waits:
                        pass
                return await read(self._rendered)
        except TimeoutError:
            return None
        except DatabaseError as error:  # the 202 is still true, and its address answers when the database does
            log.warning("Gave up waiting for %s: %s", self.request_id, type(error).__name__)
            return None

    def _rendered(self) -> tuple[bytes, dict[str, str]] | None:
        asked = ResearchRequest.objects.filter(pk=self.request_id, status=ResearchRequest.Status.ANSWERED).first()
        return None if asked is None else (JsonRenderer().render(self.render(asked)), headers_of(asked))
