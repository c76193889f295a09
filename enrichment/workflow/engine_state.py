"""Whether an engine may be asked now, over all processes: pauses, breaker, pace, monthly cap. All of it rows.

Functions run in the caller's transaction; a run and its budgets are locked before an engine's state.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from enrichment import spending
from enrichment.analysis.model import Trouble
from enrichment.models import AnalysisEngine, EngineCall, EngineState, Notice
from enrichment.models.fields import usd

FAILURES_THAT_OPEN = 3  # a failed analysis is three failed calls by then, or a minute of silence
BREAKER_OPEN = timedelta(seconds=60)
REFUSED_FOR = timedelta(minutes=10)  # a key, a bill, a model's name: a person acts, and is not waited for
SPENT_FOR = timedelta(hours=1)
OVERCHARGED_FOR = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=1)
MOST_FAILURES = 1000  # where counting ends
BURST_SECONDS = 10  # of analyses that pile up while nobody asks
BUSY_WAIT = 0.25


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now. `seconds` until it may be tried; None if it is not worth waiting for."""

    words: str
    seconds: float | None = None


def lock(row: AnalysisEngine) -> EngineState:
    """The engine's state, locked; made where it is missing."""
    rows = EngineState.objects.select_for_update(no_key=True).filter(engine=row)
    state = rows.first()
    if state is None:
        EngineState.objects.get_or_create(engine=row)
        state = rows.get()
    return state


def hold(row: AnalysisEngine, state: EngineState, *, price: Decimal | None, now: datetime) -> Hold | None:
    """Why the engine must not be asked right now for an analysis that costs up to `price`; None if it may."""
    if state.paused_until is not None and state.paused_until > now:
        ours = state.note.partition("\n")[0]  # what the vendor said is for an admin's eyes
        return Hold(f"It is left alone until {state.paused_until:%d %b %H:%M} UTC: {ours}".rstrip(": "))
    if state.open_until is not None and state.open_until > now:
        return Hold(f"It failed {state.failures} times in a row and is left alone for a while.")
    if words := passes_cap(row, price, now):
        return Hold(words)
    if _under_way(row, now) >= row.concurrency:
        return Hold(f"It has {row.concurrency} analyses under way.", BUSY_WAIT)
    missing = 1 - _tokens(row, state, now)
    if missing > 0:
        return Hold("It is asked at its full pace.", missing * 60 / (row.requests_per_minute or 60))
    return None


def begin(row: AnalysisEngine, state: EngineState, *, now: datetime) -> None:
    """Take its turn; after failures, let this analysis alone try whether the engine is back."""
    if row.requests_per_minute:
        state.tokens, state.tokens_at = _tokens(row, state, now) - 1, now
    if state.failures >= FAILURES_THAT_OPEN:
        state.open_until = now + BREAKER_OPEN
    if row.requests_per_minute or state.failures:
        state.save(update_fields=["tokens", "tokens_at", "open_until"])


def answered(engine: str, *, now: datetime) -> None:
    """It answers: the breaker closes. What it said may have been of no use all the same."""
    EngineState.objects.filter(engine__slug=engine).update(failures=0, open_until=None, note="", answered=now)


def failed(
    engine: str, trouble: Trouble, *, words: str, detail: str = "", retry_after: float | None = None, now: datetime
) -> None:
    """Note what its failure says about asking it again; where a person has to act, the admins are told."""
    row = AnalysisEngine.objects.filter(slug=engine).first()
    if row is None or row.kind == AnalysisEngine.Kind.BUILTIN or trouble is Trouble.UNKNOWN:
        return
    if trouble is Trouble.ANSWER:
        answered(engine, now=now)
        return
    state = lock(row)
    state.note = told(row, words, detail)
    pause = _pause(trouble, retry_after)
    if pause is not None:
        state.paused_until = now + pause
    else:
        state.failures = min(state.failures + 1, MOST_FAILURES)
        if state.failures >= FAILURES_THAT_OPEN:
            state.open_until = now + BREAKER_OPEN
    state.save(update_fields=["note", "paused_until", "failures", "open_until"])
    if trouble in (Trouble.REFUSED, Trouble.SPENT):
        text = f"The engine {engine} {words}; others write until somebody has a look."
        spending.tell(Notice.Kind.PROVIDER, key=f"engine:{engine}:{now:%Y-%m-%d}"[:80], text=text, now=now)


def overcharged(engine: str, *, cost: Decimal, held: Decimal, now: datetime) -> None:
    """It counted more than an analysis can cost. That is booked; it is left alone, and the admins are told."""
    row = AnalysisEngine.objects.filter(slug=engine).first()
    if row is None:
        return
    state = lock(row)
    state.note = f"It charged {cost:f} USD where {held:f} was the most."
    state.paused_until = now + OVERCHARGED_FOR
    state.save(update_fields=["note", "paused_until"])
    text = f"The engine {engine} charged {cost:f} USD where {held:f} was the most: check its prices and its address."
    spending.tell(Notice.Kind.PROVIDER, key=f"engine-charge:{engine}:{now:%Y-%m-%d}"[:80], text=text, now=now)


def told(row: AnalysisEngine, words: str, detail: str) -> str:
    """A failure for an admin's eyes: our words, and on a line of its own the vendor's, less any key of ours."""
    for secret in row.secrets().values():
        detail = detail.replace(secret, "…")
    return f"It {words}.\n{detail}".strip()[:300]


def ask_again(row: AnalysisEngine) -> bool:
    """End the engine's pause and close its breaker; False where neither held."""
    held = EngineState.objects.filter(engine=row).exclude(paused_until=None, open_until=None)
    return bool(held.update(paused_until=None, open_until=None, failures=0, note=""))


def spent_this_month(engine: str, now: datetime) -> Decimal:
    """USD charged by the engine since the month began (UTC), or held for analyses under way."""
    held = Sum("reserved", filter=Q(status=EngineCall.Status.INTENT))
    calls = EngineCall.objects.filter(engine=engine, started__gte=month_of(now))
    found = calls.aggregate(cost=Coalesce(Sum("cost"), usd(0)), held=Coalesce(held, usd(0)))
    total: Decimal = found["cost"] + found["held"]
    return total


def month_of(at: datetime) -> datetime:
    """When the month of `at` began, UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _pause(trouble: Trouble, retry_after: float | None) -> timedelta | None:
    """How long it is left alone whatever its breaker says; an overloaded vendor may ask for a time, too."""
    match trouble:
        case Trouble.BUSY | Trouble.OUTAGE if retry_after is not None:
            return min(timedelta(seconds=retry_after), LONGEST_PAUSE)
        case Trouble.SPENT:
            return SPENT_FOR
        case Trouble.REFUSED:
            return REFUSED_FOR
    return None


def passes_cap(row: AnalysisEngine, price: Decimal | None, now: datetime) -> str:
    """The caller holds the state, so of two analyses at once the second sees what the first one holds."""
    if row.monthly_cap is None:
        return ""
    if price is None:
        return "Its price is unknown, so it does not run under its monthly cap."
    if not price or spent_this_month(row.slug, now) + price <= row.monthly_cap:
        return ""
    text = (
        f"The engine {row.slug} may cost {row.monthly_cap:f} USD a month, which are used up: others write until then."
    )
    spending.tell(Notice.Kind.BUDGET, key=f"engine-cap:{row.slug}:{now:%Y-%m}"[:80], text=text, now=now)
    return "Its monthly cap is used up."


def _under_way(row: AnalysisEngine, now: datetime) -> int:
    """Analyses begun and not settled; what is older than any can be was left behind by a dead driver."""
    since = now - row.timeout - timedelta(seconds=30)
    return EngineCall.objects.filter(engine=row.slug, status=EngineCall.Status.INTENT, started__gt=since).count()


def _tokens(row: AnalysisEngine, state: EngineState, now: datetime) -> float:
    per_minute = row.requests_per_minute
    if not per_minute:
        return 1.0
    most = max(1.0, per_minute / 60 * BURST_SECONDS)
    if state.tokens_at is None:
        return most
    return min(most, state.tokens + (now - state.tokens_at).total_seconds() * per_minute / 60)
