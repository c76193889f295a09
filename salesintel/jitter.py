"""Chance, so that what failed together does not come back together."""

from random import SystemRandom

# The system's own: workers that are forked from one process would share the state of `random`, and its numbers.
_CHANCE = SystemRandom()


def share(low: float, high: float) -> float:
    """A number from `low` to `high`, each as likely; other in every process."""
    return _CHANCE.uniform(low, high)
