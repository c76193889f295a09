"""Does a provider answer us? One cheap real exchange with it, free of charge, and the outcome in words."""

import asyncio
import time
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.conf import settings

from enrichment.egress import Egress
from enrichment.models import Provider, ProviderState
from enrichment.models.clock import database_now
from enrichment.models.sources import Route
from enrichment.rules import live
from enrichment.sources.accounts import ACCOUNTS, Account
from enrichment.sources.base import KeyRejected, QuotaExhausted, SourceError, Throttled

PATIENCE = 15.0  # seconds that the exchange may take


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    EXHAUSTED = "exhausted"  # the key is good, and nothing is left to spend
    REJECTED = "rejected"  # the key is not
    THROTTLED = "throttled"
    FAILED = "failed"  # no answer, or none of theirs
    NO_KEY = "no key"
    UNASKED = "not asked"  # there is no account to ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of asking a provider."""

    provider: str
    label: str
    result: Result
    words: str
    is_used: bool = True  # whether a source that is switched on needs it
    left: Decimal | None = None
    unit: str = ""
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nobody needs to do anything, if the provider is to do."""
        return self.result in (Result.OK, Result.UNASKED)

    @property
    def is_no_trouble(self) -> bool:
        """Whether nobody needs to do anything: it is good, or without a key that nobody needs."""
        return self.is_good or (self.result is Result.NO_KEY and not self.is_used)


def check(provider: Provider) -> Check:
    """Ask the provider for our account there, and note what it says. Takes up to `PATIENCE` seconds, no transaction."""
    found = _checked(provider, live.origin())
    if found.result not in (Result.UNASKED, Result.NO_KEY):
        _note(provider, found)
    return found


def _checked(provider: Provider, origin: str) -> Check:
    route = provider.route(origin)
    if route is None:
        names = ", ".join(provider.credential_names) or "an address"
        is_used = provider.sources.filter(enabled=True).exists()
        rest = "" if is_used else ", and no source that is switched on needs it"
        return _told(provider, Result.NO_KEY, f"It has no {names}{rest}. Nothing was asked.", is_used=is_used)
    if provider.slug not in ACCOUNTS:
        return _told(provider, Result.UNASKED, "It has no account of ours to ask for; its calls show how it does.")
    begun = time.monotonic()
    try:
        account = asyncio.run(_account(provider, route))
    except SourceError as error:
        result, words = _meaning(error), str(error).rstrip(".") + "."
        return _told(provider, result, words, seconds=time.monotonic() - begun)
    seconds = time.monotonic() - begun
    if account.left is None:
        return _told(provider, Result.OK, "It accepts the key. It does not say what is left.", seconds=seconds)
    if account.left <= 0:
        words = f"It accepts the key, and no {account.unit} are left: buy some, or wait until they come anew."
        return _told(provider, Result.EXHAUSTED, words, account=account, seconds=seconds)
    words = f"It accepts the key; {account.left:,f} {account.unit} are left."
    return _told(provider, Result.OK, words, account=account, seconds=seconds)


async def _account(provider: Provider, route: Route) -> Account:
    async with Egress(user_agent=settings.USER_AGENT) as egress:
        client = egress.client(
            provider=provider.slug,
            base_url=route.base_url,
            trusted=route.trusted,
            credentials=route.secrets,
            deadline=PATIENCE,
        )
        return await ACCOUNTS[provider.slug](client)


def _meaning(error: SourceError) -> Result:
    match error:
        case KeyRejected():
            return Result.REJECTED
        case QuotaExhausted():
            return Result.EXHAUSTED
        case Throttled():
            return Result.THROTTLED
    return Result.FAILED


def _told(
    provider: Provider,
    result: Result,
    words: str,
    *,
    account: Account | None = None,
    seconds: float = 0.0,
    is_used: bool = True,
) -> Check:
    said = account or Account()
    return Check(
        provider=provider.slug,
        label=provider.label,
        result=result,
        words=words,
        is_used=is_used,
        left=said.left,
        unit=said.unit,
        seconds=seconds,
    )


def _note(provider: Provider, found: Check) -> None:
    said = {"checked": database_now(), "check_words": found.words[:300], "left": found.left, "left_unit": found.unit}
    ProviderState.objects.update_or_create(provider=provider, defaults=said)


def ask_again(provider: Provider) -> bool:
    """End the provider's pause and close its breaker; False where neither held. Runs that wait try it next."""
    held = ProviderState.objects.filter(provider=provider).exclude(paused_until=None, open_until=None)
    return bool(held.update(paused_until=None, open_until=None, failures=0, note=""))
