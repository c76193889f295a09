"""How fast a provider may be asked, over all processes: tokens, calls under way, breaker, pauses. All of it rows.

Functions run in the caller's transaction, which locks the provider's state first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, Q, QuerySet, TextField

from enrichment.announcing import announce
from enrichment.models import Provider, ProviderState, SourceCall
from enrichment.models.clock import database_now
from salesintel.prepared import Gap, Prepared

FAILURES_THAT_OPEN = 5
BREAKER_OPEN = timedelta(seconds=5)
BURST_SECONDS = 10  # tokens that pile up while nobody asks
BUSY_WAIT = 0.2
LONGEST_WAIT = 60.0  # seconds; a provider that is paused for longer is done without
BULK_SHARE = 0.75  # of a provider's calls at once, and of its saved-up tokens, that bulk work may use
MOST_FAILURES = 1000  # where counting ends


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now. `seconds` until it may be tried; None if it is not worth waiting for."""

    seconds: float | None
    words: str


def lock(provider: Provider) -> ProviderState:
    """The provider's state, locked; made where it is missing."""
    state = _STATE.first(provider=provider.pk)
    if state is None:
        ProviderState.objects.get_or_create(provider=provider)
        [state] = _STATE.all(provider=provider.pk)
    return state


_STATE = Prepared(
    lambda: ProviderState.objects.select_for_update(no_key=True).filter(provider=Gap("provider", BigIntegerField()))
)


def hold(
    provider: Provider, state: ProviderState, *, now: datetime, besides: UUID | None = None, bulk: bool = False
) -> Hold | None:
    """Why the provider must not be asked right now; None if it may. `besides`: a call that is under way itself.

    `bulk` work leaves a quarter of the places and of the tokens to people.
    """
    if state.open_until is not None and state.open_until > now:
        return Hold(None, f"{provider.label} failed {state.failures} times in a row and is left alone for a while.")
    if state.paused_until is not None and state.paused_until > now:
        seconds = (state.paused_until - now).total_seconds()
        words = state.note or f"{provider.label} asked us to wait."
        return Hold(seconds if seconds <= LONGEST_WAIT else None, words)
    under_way = SourceCall.objects.filter(provider=provider, status=SourceCall.Status.INTENT, lease_until__gt=now)
    others = under_way if besides is None else under_way.exclude(pk=besides)
    if others.count() >= (max(int(provider.concurrency * BULK_SHARE), 1) if bulk else provider.concurrency):
        return Hold(BUSY_WAIT, f"{provider.label} has {provider.concurrency} calls under way.")
    missing = 1 + (_left_to_people(provider) if bulk else 0) - _tokens(provider, state, now)
    if missing > 0:
        return Hold(missing * 60 / (provider.requests_per_minute or 60), f"{provider.label} is asked at its full pace.")
    return None


def spend(provider: Provider, state: ProviderState, *, now: datetime) -> None:
    """Take one token; after failures, let this call alone try whether the provider is back."""
    if provider.requests_per_minute:
        state.tokens = _tokens(provider, state, now) - 1
        state.tokens_at = now
    if state.failures >= FAILURES_THAT_OPEN:
        state.open_until = now + BREAKER_OPEN
    if provider.requests_per_minute or state.failures:
        state.save(update_fields=["tokens", "tokens_at", "open_until"])


def _left_to_people(provider: Provider) -> float:
    """Tokens below which bulk work takes none; never so many that it would get none at all."""
    most = max(1.0, (provider.requests_per_minute or 0) / 60 * BURST_SECONDS)
    return (most - 1) * (1 - BULK_SHARE)


def _tokens(provider: Provider, state: ProviderState, now: datetime) -> float:
    per_minute = provider.requests_per_minute
    if not per_minute:
        return 1.0
    most = max(1.0, per_minute / 60 * BURST_SECONDS)
    if state.tokens_at is None:
        return most
    return min(most, state.tokens + (now - state.tokens_at).total_seconds() * per_minute / 60)


@transaction.atomic
def take(slug: str) -> float:
    """Take one token of the provider's for a further exchange of a call; seconds to wait first where there is none."""
    state = _WITH_PROVIDER.first(slug=slug)
    provider = state.provider if state else Provider.objects.get(slug=slug)
    if not provider.requests_per_minute:
        return 0.0
    state, now = state or lock(provider), database_now()
    missing = 1 - _tokens(provider, state, now)
    if missing > 0:
        return missing * 60 / provider.requests_per_minute
    spend(provider, state, now=now)
    return 0.0


def _with_provider() -> "QuerySet[ProviderState]":
    rows = ProviderState.objects.select_for_update(of=("self",), no_key=True).select_related("provider")
    return rows.filter(provider__slug=Gap("slug", TextField()))


_WITH_PROVIDER = Prepared(_with_provider)


def answered(provider: Provider) -> None:
    """It answers: the breaker closes."""
    troubled = ProviderState.objects.filter(provider=provider).exclude(failures=0, open_until=None)
    troubled.update(failures=0, open_until=None, note="")


def failed(provider: Provider, *, words: str, now: datetime) -> None:
    """It does not answer: count it, and open the breaker at the fifth time in a row."""
    state = lock(provider)
    state.failures = min(state.failures + 1, MOST_FAILURES)
    state.note = words[:300]
    if state.failures >= FAILURES_THAT_OPEN:
        state.open_until = now + BREAKER_OPEN
    state.save(update_fields=["failures", "note", "open_until"])


def pause(provider: Provider, *, seconds: float, words: str, now: datetime, reason: str = "asked-to-wait") -> None:
    """It asked us to wait, or has nothing left to sell us. A pause that is not waited for is announced, once."""
    until, longest = now + timedelta(seconds=seconds), timedelta(seconds=LONGEST_WAIT)
    rows = ProviderState.objects.filter(provider=provider)
    is_going_on = Q(paused_until__gt=now + longest)
    begins = rows.exclude(is_going_on).update(paused_until=until, note=words[:300])
    if begins and seconds > LONGEST_WAIT:
        announce_pause(provider, until=until, reason=reason, once=f"pause:{provider.slug}:{now.isoformat()}")
    elif not begins:
        rows.update(paused_until=until, note=words[:300])


def announce_pause(provider: Provider | None, *, until: datetime | None, reason: str, once: str) -> None:
    """Announce to the admins that a provider, or every one for None, is left alone, or not paid, for a while."""
    data = {
        "provider": provider.slug if provider else None,
        "until": until.isoformat() if until else None,
        "reason": reason,
    }
    announce(None, "provider.paused", data, once=once)
