"""Deliveries under trial: couriers that die between sending and writing down, and receivers that are dead."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import override_settings

from enrichment.announcing import delivery
from enrichment.delivery import outbox, turns
from enrichment.delivery.courier import deliver
from enrichment.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from enrichment.models.clock import database_now
from salesintel.accounts.models import User
from tests.enrichment.delivery.conftest import endpoint, message
from tests.enrichment.delivery.receiver import Answer, Receiver
from tests.reliability import work
from tests.reliability.audit import Verdict
from tests.reliability.crew import Crew, until_ended

PER_DEATH = 3  # deliveries that are due when a courier starts


def deaths(count: int, *, courier: Callable[..., None] = work.deliver_once) -> Verdict:
    """`count` couriers die when a receiver has answered and nobody has written it down; then one lives."""
    user = User.objects.create_user("rep")
    with Receiver() as receiver, Crew.hired("") as crew:
        where = endpoint(user, receiver.url)
        made = [_due(where, number) for number in range(count * PER_DEATH)]
        for _ in range(count):
            member = crew.start(courier, kill="after_post", receivers=frozenset({receiver.url}))
            until_ended([member])
            assert member.exitcode == -9, member.exitcode
            _let_leases_end()
        with override_settings(WEBHOOK_ORIGINS=frozenset({receiver.url})):
            deliver()
        arrived = Counter(came.headers["webhook-id"] for came in receiver.arrived)
    found = [f"{row.message_id} never arrived" for row in made if not arrived[row.message_id]]
    found += [f"{row.pk} is {row.state}" for row in WebhookDelivery.objects.exclude(state="delivered")]
    found += [f"{pk} is nobody's message" for pk in arrived.keys() - {row.message_id for row in made}]
    unwritten = WebhookAttempt.objects.filter(status=None).count()
    twice = sum(times - 1 for times in arrived.values())
    if twice > unwritten:
        found.append(f"{twice} repeated, and only {unwritten} attempts without an outcome")
    worst = f"{sum(not arrived[row.message_id] for row in made)} of {len(made)} messages lost"
    return Verdict(
        id="H1", trials=count, violations=tuple(found), worst=f"{worst}, {twice} arrived again under the same id"
    )


def _due(where: WebhookEndpoint, number: int) -> WebhookDelivery:
    row = delivery(message(where.user, number).pk, where, database_now())
    row.save()
    return row


def _let_leases_end() -> None:
    """As if the time of the dead one's leases were over."""
    past = database_now() - timedelta(seconds=1)
    WebhookDelivery.objects.pending().exclude(lease_until=None).update(lease_until=past, next_at=past)


def dead_beside_live(count: int, *, dies_after: float) -> Verdict:
    """`count` deliveries to a live endpoint, alone, and beside as many to one that does not answer in time."""
    user = User.objects.create_user("rep")
    with Receiver() as live, Receiver(lambda _: Answer(wait=dies_after * 2)) as dead:
        with override_settings(WEBHOOK_ORIGINS=frozenset({live.url, dead.url})):
            to_live, to_dead = endpoint(user, live.url), endpoint(user, dead.url)
            alone = _p95(live, [_due(to_live, number) for number in range(count)])
            for number in range(count):
                _due(to_dead, 10_000 + number)  # the older ones, so that their turn comes first
            beside = _p95(live, [_due(to_live, 20_000 + number) for number in range(count)])
        asked = len(dead.arrived)
    found = []
    if beside > alone + 0.8 * dies_after:  # it waited for the dead one's deadline; less is the machine's noise
        found.append(f"p95 of the live one rose from {alone:.2f} to {beside:.2f} s")
    worst = (
        f"p95 of the live one {alone:.2f} s alone, {beside:.2f} s beside the dead one, which was asked {asked} times"
    )
    return Verdict(id="H2", trials=2 * count, violations=tuple(found), worst=worst)


def drippers_beside_live(count: int, *, drippers: int, dies_after: float) -> Verdict:
    """`count` deliveries to one person's receiver, due when another's `drippers` of them drip already."""
    slow, quick = (User.objects.create_user(name) for name in ("slow", "quick"))
    drip = Answer(status=200, body=b"x" * 500, drip=dies_after / 100)
    with Receiver() as live, Receiver(lambda _: drip) as dripping:
        with override_settings(WEBHOOK_ORIGINS=frozenset({live.url, dripping.url})):
            for number in range(drippers):
                where = endpoint(slow, f"{dripping.url}/{number}")
                for each in range(4):
                    _due(where, 10_000 + number * 10 + each)
            where = endpoint(quick, live.url)
            p95 = _p95(live, [_due(where, number) for number in range(count)], after=1.0)
        dripped = len(dripping.arrived)
    found = [f"p95 of the live one was {p95:.2f} s"] if p95 > 0.8 * dies_after else []
    worst = f"p95 of the live one {p95:.2f} s beside {drippers} that drip, which were asked {dripped} times"
    return Verdict(id="H3", trials=count, violations=tuple(found), worst=worst)


def _p95(live: Receiver, rows: list[WebhookDelivery], *, after: float = 0.0) -> float:
    """Seconds until 95 of 100 of these had arrived, all of them being due at once, `after` seconds from now."""
    wanted, begun = {row.message_id for row in rows}, time.monotonic() + after
    next_at = database_now() + timedelta(seconds=after)
    WebhookDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=next_at)
    deliver()
    seconds = sorted(came.at - begun for came in live.arrived if came.headers["webhook-id"] in wanted)
    return seconds[int(len(rows) * 0.95) - 1] if len(seconds) >= int(len(rows) * 0.95) else float("inf")


def without_bounds(monkeypatch: Any) -> None:
    """An endpoint, and its owner's together, may have all of a courier's places, and is never left alone; who
    waits longest comes first."""
    monkeypatch.setattr(turns.Places, "turn", lambda _, each: (each.first, each.endpoint))
    for bound in ("PER_ENDPOINT", "PER_SLOW", "PER_USER", "FOR_SLOW"):
        monkeypatch.setattr(turns, bound, 1000)
    monkeypatch.setattr(outbox.schedule, "BREAKS_AT", 10**6)
