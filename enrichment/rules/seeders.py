"""Who else has default rows: other apps, whose rows are loaded with the rules."""

from collections import Counter
from collections.abc import Callable

Seeder = Callable[[], Counter[str]]

_others: list[Seeder] = []


def seed_also(seeder: Seeder) -> None:
    """Have `seeder` called after the rules are loaded; it leaves alone what is there, and tells what was new."""
    if seeder not in _others:
        _others.append(seeder)


def seed_others() -> Counter[str]:
    """How many rows of each kind were new."""
    made: Counter[str] = Counter()
    for seeder in _others:
        made += seeder()
    return made
