"""The least time that a run's calls take, from the sandbox's own log: the slowest chain of answers and waits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from enrichment.collection import SOONEST_POLL

Call = dict[str, Any]


def critical_path(calls: Iterable[Call], *, latency: float) -> float:
    """Seconds of the slowest chain, where every answer takes `latency` seconds and all sources are asked at once.

    A chain is one source's calls on one company that cannot overlap, and its waits between polls. The built-in engine
    has no latency of its own: its time counts as ours.
    """
    chains: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        chains[_chain(call)].append(call)
    return max(_depth(chain, latency) * latency + _waits(chain) for chain in chains.values())


def _chain(call: Call) -> str:
    """A company's site is one chain, and so is a provider's job with what leads to it."""
    if call["host"] == "api.brightdata.com":
        return str(call["ids"]["snapshot_id"])
    return str(call["host"]).removeprefix("www.")


def _depth(chain: Sequence[Call], latency: float) -> int:
    """How many of its calls come one after the other; those that overlap were asked at once."""
    depth, free_at = 0, datetime.min.replace(tzinfo=datetime.fromisoformat(chain[0]["time"]).tzinfo)
    for call in chain:
        at = datetime.fromisoformat(call["time"])
        if at >= free_at:
            depth, free_at = depth + 1, at + timedelta(seconds=latency)
    return depth


def _waits(chain: Sequence[Call]) -> float:
    """Seconds between polls: 0.2, then twice as long each time."""
    polls = sum(call["kind"].endswith(("_poll", "_progress")) for call in chain)
    return SOONEST_POLL * (2 ** max(polls - 1, 0) - 1)
