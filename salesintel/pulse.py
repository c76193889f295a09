"""Whether the database was written to: what wakes the tailer, at next to no cost.

SQLite counts what other connections commit (`PRAGMA data_version`), and is asked every few milliseconds. PostgreSQL
tells by itself, whom it was told to tell (`LISTEN`): that wants a session of one's own, which a pooler in transaction
mode does not give. Who misses a pulse is late, never wrong: the tailer looks for itself once a second.
"""

import time
from typing import Final, Protocol

from django.db import connection

CHANNEL = "salesintel"
GLANCE = 0.01  # seconds between two looks at SQLite's counter
TURN = 0.05  # seconds that a listener listens before it lets the tailer see whether somebody else has come

Topics = frozenset[str]
NOTHING: Final[Topics] = frozenset()


class Pulse(Protocol):
    """On the thread, and with the connection, of whoever made it."""

    def wait(self) -> Topics | None:
        """Wait a moment; what was written about meanwhile, None for anything. Raises `Error`."""


class Counter:
    """SQLite's: it knows that something was committed, not what."""

    def __init__(self) -> None:
        self._count = self._read()

    def wait(self) -> Topics | None:
        time.sleep(GLANCE)
        before, self._count = self._count, self._read()
        return NOTHING if self._count == before else None

    @staticmethod
    def _read() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            return int(cursor.fetchone()[0])


class Listener:
    """PostgreSQL's: it is told the topics."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")

    def wait(self) -> Topics | None:
        with connection.wrap_database_errors:
            return frozenset(told.payload for told in connection.connection.notifies(timeout=TURN, stop_after=1))


def pulse() -> Pulse:
    """The pulse of the configured database. Raises `Error`."""
    return Listener() if connection.vendor == "postgresql" else Counter()


def tell(topic: str) -> None:
    """Tell all tailers that the caller's transaction wrote about `topic`, once it is committed."""
    if connection.vendor == "postgresql":  # SQLite counts by itself
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])
