"""Which deliveries are sent now, and what becomes of each: whole transactions over rows.

A delivery is taken under a lease, and its attempt is written before it is sent. A worker that dies leaves both behind:
when the lease has ended somebody else takes the delivery, under the same `webhook-id`. How many may be under way to
one endpoint, and of one user's, holds for all workers together (turns.py); an endpoint that fails is left alone, and
tried with one delivery then. Locks are taken in one order: user, endpoint, delivery.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce, Greatest

from enrichment.announcing import announce
from enrichment.delivery import schedule, signing, turns
from enrichment.delivery.turns import Standing
from enrichment.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from enrichment.models.webhooks import LASTS
from salesintel.accounts.models import User

DEADLINE = 15.0  # seconds that a receiver may take for all of its answer that is read
LEASE = timedelta(seconds=DEADLINE + 5)
KEPT = 1024  # bytes of an answer
GONE, TEST = 410, "webhook.test"
BUSY = frozenset({429, 503})  # whose Retry-After is the endpoint's, not this delivery's alone

State = WebhookDelivery.State


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt that is to be made."""

    delivery: UUID
    endpoint: UUID
    number: int
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt went. `status` None: no answer came, and `error` says why."""

    status: int | None = None
    seconds: float = 0.0
    error: str = ""
    answer: str = ""
    retry_after: str = ""

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


# --- Taking -----------------------------------------------------------------------------------------------------------


def take(room: int, *, quick_alone: bool = False) -> list[Parcel]:
    """At most `room` attempts to make now, leased; `quick_alone`: only to receivers that answer quickly."""
    there = _standings(database_now())
    parcels: list[Parcel] = []
    for each, count in turns.shared_out(there, room, quick_alone=quick_alone):
        parcels += _take_of(each.endpoint, each.user, count)
    return parcels


def _standings(now: datetime) -> list[Standing]:
    """Each endpoint that something is due to, or under way to."""
    leased = Q(lease_until__gt=now)
    found = (
        WebhookDelivery.objects.due_or_under_way(now)
        .order_by()
        .values("endpoint", user=F("endpoint__user"))
        .annotate(
            answers_in=F("endpoint__answers_in"),
            failures=F("endpoint__failures"),
            first=Min("next_at"),
            waiting=Count("pk", filter=~leased),
            under_way=Count("pk", filter=leased),
            until=Min("lease_until", filter=leased),
        )
    )
    late = now + LEASE - turns.SLOW  # until when a lease is that was taken that long ago
    return [
        Standing(
            endpoint=row["endpoint"],
            user=row["user"],
            answers_in=row["answers_in"],
            failures=row["failures"],
            first=row["first"],
            waiting=row["waiting"],
            under_way=row["under_way"],
            late=row["until"] is not None and row["until"] < late,
        )
        for row in found
    ]


@transaction.atomic
def _take_of(endpoint_id: UUID, user_id: int, room: int) -> list[Parcel]:
    """Counted again under the locks: somebody else may have taken a place meanwhile."""
    if User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user_id).first() is None:
        return []
    rows = WebhookEndpoint.objects.select_for_update(no_key=True, skip_locked=True)
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        return []
    now = database_now()
    theirs = WebhookDelivery.objects.under_way(now).filter(endpoint__user=user_id).count()
    there = endpoint.deliveries.under_way(now).count()
    most = turns.most_at_once(endpoint.answers_in, endpoint.failures)
    room = min(room, turns.PER_USER - theirs, most - there)
    if room <= 0:
        return []
    due = WebhookDelivery.objects.due(now).filter(endpoint=endpoint).select_related("message")
    return [_leased(row, endpoint, now) for row in due.order_by("next_at")[:room]]


def _leased(row: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> Parcel:
    row.tries += 1
    row.lease_token += 1
    row.lease_until = now + LEASE
    row.next_at = now + schedule.wait_after(row.tries)  # should this worker die
    row.save(update_fields=["tries", "lease_token", "lease_until", "next_at"])
    WebhookAttempt.objects.create(delivery=row, number=row.lease_token, at=now)
    body = signing.body_of(row.message)
    headers = signing.signed(endpoint, row.message_id, body, now)
    return Parcel(row.pk, endpoint.pk, row.lease_token, endpoint.url, headers, body)


def seconds_to_next() -> float | None:
    """Seconds until a delivery is due that nobody sends; 0 where one is, None where there is none."""
    own = F("next_at")
    # Not before its endpoint may be asked, nor before the lease of whoever sends it now is over.
    free = Greatest(own, Coalesce(F("lease_until"), own), Coalesce(F("endpoint__rests_until"), own))
    first = WebhookDelivery.objects.pending().filter(endpoint__enabled=True).aggregate(at=Min(free))["at"]
    return None if first is None else max((first - database_now()).total_seconds(), 0.0)


# --- Recording --------------------------------------------------------------------------------------------------------


@transaction.atomic
def record(parcel: Parcel, outcome: Outcome) -> None:
    """Write down how the attempt went, and what follows for its delivery and its endpoint."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=parcel.endpoint).first()
    if endpoint is None:  # deleted meanwhile, its deliveries with it
        return
    WebhookAttempt.objects.filter(delivery=parcel.delivery, number=parcel.number).update(
        status=outcome.status, seconds=outcome.seconds, error=outcome.error[:200], answer=outcome.answer
    )
    rows = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).select_related("message")
    row = rows.filter(pk=parcel.delivery, state=State.PENDING).first()
    if row is None or (row.lease_token != parcel.number and not outcome.arrived):
        return  # somebody else tries it now; what arrived has arrived whoever sent it
    now = database_now()
    answers_in = turns.lately(endpoint.answers_in, outcome.seconds)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(answers_in=answers_in)
    if outcome.arrived:
        _arrived(row, endpoint, now)
    else:
        _failed(row, endpoint, outcome, now)


def _arrived(row: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> None:
    _end([row.pk], State.DELIVERED, now)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=0, failing_since=None, rests_until=None, succeeded=now
    )


def _failed(row: WebhookDelivery, endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    asked = schedule.asked_to_wait(outcome.retry_after, now)
    row.next_at = now + max(schedule.wait_after(row.tries), asked or timedelta(0))
    row.lease_until = None
    row.save(update_fields=["next_at", "lease_until"])
    if row.next_at > row.until:
        _end([row.pk], State.FAILED, now)
    if outcome.status == GONE:
        disable(endpoint, WebhookEndpoint.Why.GONE, now)
    elif row.message.type != TEST:  # a test may fail as often as somebody wants to try
        _note_failure(endpoint, asked if outcome.status in BUSY else None, now)


def _note_failure(endpoint: WebhookEndpoint, asked: timedelta | None, now: datetime) -> None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    rests = [span for span in (schedule.rest_after(endpoint.failures), asked) if span is not None]
    endpoint.rests_until = now + max(rests) if rests else endpoint.rests_until
    endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
    if now - endpoint.failing_since >= LASTS:
        disable(endpoint, WebhookEndpoint.Why.FAILING, now)


def disable(endpoint: WebhookEndpoint, why: WebhookEndpoint.Why, now: datetime) -> None:
    """Tell the endpoint nothing more, give up what is on its way there, and let its owner know."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(enabled=False, disabled_at=now, disabled_why=why)
    _end(list(endpoint.deliveries.pending().values_list("pk", flat=True)), State.FAILED, now)
    data = {"webhookId": str(endpoint.pk), "reason": str(why)}
    announce(endpoint.user, "webhook.disabled", data, once=f"webhook:{endpoint.pk}:{now.isoformat()}")


def _end(pks: list[UUID], state: State, now: datetime) -> None:
    WebhookDelivery.objects.filter(pk__in=pks).update(state=state, ended=now, lease_until=None)
