"""What apps have done beside the workers, a piece at a time, by whoever watches them (`manage.py watchdog`)."""

from collections.abc import Callable
from typing import Protocol


class Chore(Protocol):
    """Something that falls due now and then; `tick` looks whether it is, and never takes long."""

    def tick(self) -> object: ...


_makers: list[Callable[[], Chore]] = []


def keep(maker: Callable[[], Chore]) -> None:
    """Have what `maker` makes ticked; called once, when its app is ready."""
    if maker not in _makers:
        _makers.append(maker)


def chores() -> tuple[Chore, ...]:
    """One of each, for one watcher."""
    return tuple(make() for make in _makers)
