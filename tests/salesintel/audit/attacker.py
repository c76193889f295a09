"""What the tests of the audit log do to it, as whoever writes to its tables would: in SQL."""

from django.db import connection

from salesintel import audit
from salesintel.audit.verifying import verify


def write(count: int) -> list[int]:
    """So many entries, by id."""
    return [audit.record("merge", "enrichment.Company", pk=number).pk for number in range(count)]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found() -> list[str]:
    """What is wrong, but for the guards that the attacker took away."""
    return [finding.words for finding in verify().findings if "guard" not in finding.words]
