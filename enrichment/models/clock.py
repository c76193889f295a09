"""Database time: leases and waits are compared on one clock, whichever machine asks."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone


class DatabaseNow(Now):
    """The moment this expression is evaluated; on PostgreSQL not the moment its transaction or statement began."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **context)


def database_now() -> datetime:
    """The database's time, read now. SQLite's clock is this machine's own, so it is not asked."""
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT CLOCK_TIMESTAMP()")
        moment: datetime = cursor.fetchone()[0]
        return moment
