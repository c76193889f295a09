"""What asks by itself, on somebody's behalf: lists of companies worked off within a budget, and companies watched."""

from enrichment.automation.bulk.dispatch import Dispatcher
from enrichment.automation.watches.checks import Watcher
from enrichment.automation.watches.digest import DigestMailer
from salesintel.chores import Chore


def chores() -> tuple[Chore, ...]:
    """What the watchdog does for them, a piece at a time."""
    return (Dispatcher(), Watcher(), DigestMailer())


__all__ = ["chores"]
