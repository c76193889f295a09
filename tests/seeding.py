"""What very many tests begin with, written once per process by the product and then copied from row to row.

Seeding the rules takes a quarter of a second, most of it spent on making statements and not on running them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction


class Copied:
    """Fill tables by `make`; from the second time on by copying what it wrote then, if those tables are empty."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make
        self.copy: dict[str, Callable[[], None]] = {}  # by table

    def __call__(self) -> None:
        with transaction.atomic():
            filled = _filled()
            if not self.copy:
                self.make()
                self.copy = _copies(sorted(_filled() - filled))
            elif filled & self.copy.keys():
                self.make()
            else:
                for write in self.copy.values():
                    write()


def _copies(tables: list[str]) -> dict[str, Callable[[], None]]:
    """By table, what writes anew the rows that it has now, in the fastest way of the database.

    PostgreSQL takes them as one text, made once, for to write each value as text is what took longest. It numbers new
    rows after those that were copied, even where a test made the table itself anew.
    """
    if connection.vendor == "sqlite":
        return {table: partial(_all, table, _read(table)) for table in tables}
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    counted = connection.ops.sequence_reset_sql(no_style(), [models[table] for table in tables])
    texts = {table: [_written(table)] for table in tables}
    texts[tables[-1]] += counted
    return {table: partial(_one, "; ".join(text.rstrip(";") for text in of)) for table, of in texts.items()}


def _all(table: str, rows: list[tuple[Any, ...]]) -> None:
    start, values = _insert(table).split(" VALUES ")
    with connection.cursor() as cursor:
        cursor.execute(f"{start} VALUES {', '.join([values] * len(rows))}", [value for row in rows for value in row])


def _one(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _filled() -> set[str]:
    tables = sorted(_columns())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables))
        return {table for (table,) in cursor.fetchall()}


@cache
def _columns() -> dict[str, list[str]]:
    """By table, what is written there and not computed by the database."""
    mine = (
        apps.get_app_config(app).get_models(include_auto_created=True) for app in ("enrichment", "chat", "personas")
    )
    models = [model for of in mine for model in of]
    fields = {model._meta.db_table: model._meta.local_concrete_fields for model in models}
    return {table: [field.column for field in of if not field.generated] for table, of in fields.items()}


def _read(table: str) -> list[tuple[Any, ...]]:
    names = ", ".join(map(connection.ops.quote_name, _columns()[table]))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table}")
        return cursor.fetchall()


def _insert(table: str) -> str:
    columns = _columns()[table]
    names = ", ".join(map(connection.ops.quote_name, columns))
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})"


def _written(table: str) -> str:
    """One statement for PostgreSQL with all rows of a table in it."""
    start, values = _insert(table).split(" VALUES ")
    with connection.cursor() as cursor:
        return f"{start} VALUES {', '.join(cursor.mogrify(values, row) for row in _read(table))}"


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written within goes at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# What tests of plans, prices and money state their figures over; every other source is off, as in a house of before.
FOUR = ("serp_news", "snov_contacts", "brightdata_company_db", "company_website")


def seed_four() -> None:
    """Seed the rules as a new house has them, switch every source off but `FOUR`, and let callers ask without end."""
    from enrichment.models import RequestLimit, Source
    from enrichment.rules import seed
    from enrichment.rules.seeders import seed_others

    seed()
    seed_others()
    Source.objects.exclude(slug__in=FOUR).update(enabled=False)
    RequestLimit.objects.update(requests=1_000_000)


def _register() -> None:
    from enrichment.companies import Listing, register_all
    from enrichment.sandbox import world

    register_all(
        Listing(name=c.name, domain=c.domain, tickers=(c.ticker,) if c.ticker else (), aliases=tuple(c.aliases))
        for c in world.companies()
    )


_copied_rules = Copied(seed_four)
demo_companies = Copied(_register)


def rules() -> None:
    """The default rules with `FOUR` sources on, in a version that no process has seen."""
    from enrichment.models import RulesVersion

    _copied_rules()
    RulesVersion.objects.update(epoch=uuid4())
