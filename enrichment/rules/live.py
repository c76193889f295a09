"""What is live and therefore in no rule set: the real providers or the sandbox, who can be asked, the deadlines."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from enrichment.models import DataConsumer, Origin, Provider, RulesVersion, SalesRole, StepDeadline
from enrichment.models.catalog import SECTIONS

_remembered: dict[str, tuple[tuple[object, ...], str]] = {}


def origin(version: tuple[str, int] | None = None) -> str:
    """`live` as soon as the sandbox is off, a provider has a key, or the public sources are switched on.

    The two never mix: with one live key the sandbox plays nobody. One query while no rule changed; none where the
    caller just read the `version`.
    """
    key = (version or RulesVersion.now(), settings.SANDBOX_URL, settings.PUBLIC_SOURCES, _keys_of_environment())
    remembered = _remembered.get("origin")
    if remembered is not None and remembered[0] == key:
        return remembered[1]
    is_live = not settings.SANDBOX_URL or settings.PUBLIC_SOURCES or any(row.has_key for row in Provider.objects.all())
    found = str(Origin.LIVE if is_live else Origin.SANDBOX)
    transaction.on_commit(lambda: _remembered.update(origin=(key, found)))
    return found


def providers(origin: str, version: tuple[str, int] | None = None) -> tuple[str, ...]:
    """Who could be asked for data of that origin: switched on, and with a key where one is needed. Pauses do not count.

    One query while no rule changed; none where the caller just read the `version`.
    """
    key = (version or RulesVersion.now(), settings.SANDBOX_URL, origin, _keys_of_environment())
    if _on.get(origin, ((), ()))[0] == key:
        return _on[origin][1]
    found = tuple(row.slug for row in Provider.objects.filter(enabled=True) if row.route(origin) is not None)
    transaction.on_commit(lambda: _on.update({origin: (key, found)}))
    return found


_on: dict[str, tuple[tuple[object, ...], tuple[str, ...]]] = {}


def deadlines() -> dict[str, timedelta]:
    """How long each step may take, by its name; a step that is absent has no limit of its own."""
    version = RulesVersion.now()
    remembered = _limits.get("rows")
    if remembered is not None and remembered[0] == version:
        return remembered[1]
    found = dict(StepDeadline.objects.values_list("step", "limit"))
    transaction.on_commit(lambda: _limits.update(rows=(version, found)))
    return found


def sections(version: tuple[str, int] | None = None) -> dict[str, tuple[str, ...]]:
    """Role's slug → the parts of its briefs, first to last. How a brief is laid out is no part of what it says.

    One query while no rule changed; none where the caller just read the `version`.
    """
    version = version or RulesVersion.now()
    remembered = _orders.get("rows")
    if remembered is not None and remembered[0] == version:
        return remembered[1]
    found = {slug: in_full(given) for slug, given in SalesRole.objects.values_list("slug", "section_order")}
    transaction.on_commit(lambda: _orders.update(rows=(version, found)))
    return found


def offered(version: tuple[str, int] | None = None) -> dict[str, str]:
    """Slug → label of the consumers that people may choose in forms, which no research depends on.

    One query while no rule changed; none where the caller just read the `version`.
    """
    version = version or RulesVersion.now()
    remembered = _offered.get("rows")
    if remembered is not None and remembered[0] == version:
        return remembered[1]
    found = dict(DataConsumer.objects.filter(offered=True).values_list("slug", "label"))
    transaction.on_commit(lambda: _offered.update(rows=(version, found)))
    return found


def in_full(given: Sequence[str]) -> tuple[str, ...]:
    """Every section, those that are given first."""
    return tuple(dict.fromkeys([*(name for name in given if name in SECTIONS), *SECTIONS]))


_offered: dict[str, tuple[tuple[str, int], dict[str, str]]] = {}
_orders: dict[str, tuple[tuple[str, int], dict[str, tuple[str, ...]]]] = {}
_limits: dict[str, tuple[tuple[str, int], dict[str, timedelta]]] = {}


def _keys_of_environment() -> tuple[str, ...]:
    return tuple(slug for slug, found in settings.CREDENTIALS.items() if any(found.values()))
