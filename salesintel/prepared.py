"""Queries whose SQL is written once.

Django writes a query's SQL anew each time it runs: for a row by its key some ten times the work of the database. A
query that runs with every request, or many times in a run, is prepared instead: built once with gaps in it, and from
then on only the gaps are filled.

    BY_DIGEST = Prepared(lambda: ApiKey.objects.filter(digest=Gap("digest", TextField()), revoked_at=None))

    BY_DIGEST.first(digest=digest(key))
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.db import connections
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")


class Gap(Value):
    """Stands in a query for a value of the `of` kind of column, which is given by name when the query runs.

    Not None, which is other SQL; nor several values, of which each number is other SQL, too.
    """

    def __init__(self, name: str, of: "Field[Any, Any]") -> None:
        super().__init__(name, output_field=of)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]

    def filled(self, given: dict[str, Any], connection: Any) -> Any:
        """The value as the database takes it."""
        if given[self.name] is None:
            raise ValueError(f"The query is prepared for a value of “{self.name}”, and None is other SQL.")
        return self.output_field.get_db_prep_value(given[self.name], connection)


class Prepared(Generic[Row]):
    """The rows of the query that `make` builds, whatever is given for its gaps.

    What `make` returns must not depend on anything that changes while the process lives. It may choose columns and
    relations, order, slice and lock; prefetching is the caller's.
    """

    def __init__(self, make: "Callable[[], QuerySet[Any, Row]]") -> None:
        self._make = make
        self._written = threading.local()  # a connection is one thread's, and what is made with it

    def all(self, **given: Any) -> list[Row]:
        """Every row. Raises `KeyError` for a gap that nothing is given for."""
        return self._made().rows(given)

    def first(self, **given: Any) -> Row | None:
        """The first row, None where there is none. `make` orders and, where there may be more than one, slices."""
        rows = self.all(**given)
        return rows[0] if rows else None

    def _made(self) -> "_Written":
        query: _Written | None = getattr(self._written, "query", None)
        if query is None or query.connection is not connections[query.using]:
            query = self._written.query = _Written(self._make())
        return query


class _Written:
    """One thread's query with its SQL."""

    def __init__(self, queryset: "QuerySet[Any, Any]") -> None:
        self.using = queryset.db
        self._rows = cast("Any", queryset.all())  # a copy that is ours to change
        self._compiler = cast("Any", self._rows.query.get_compiler(using=self.using))
        self.connection = self._compiler.connection
        self._sql, self._parameters = self._compiler.as_sql()
        columns = [column for column, *_ in self._compiler.select[: self._compiler.col_count]]
        self._convert = self._compiler.get_converters(columns)
        self._locks = self._rows.query.select_for_update and self.connection.features.has_select_for_update
        self._given: dict[str, Any] = {}
        # Every way of reading a queryset asks its query for a compiler, and that for SQL and for converters.
        self._rows.query.get_compiler = lambda *_, **__: self._compiler
        self._compiler.as_sql = self._filled
        self._compiler.get_converters = lambda _: self._convert

    def rows(self, given: dict[str, Any]) -> list[Any]:
        if self._locks and self.connection.get_autocommit():  # what Django looks at when it writes the SQL
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        self._given = given
        return list(self._rows._iterable_class(self._rows))  # noqa: SLF001 - what a queryset does, and remembers

    def _filled(self, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        filled = (p.filled(self._given, self.connection) if isinstance(p, Gap) else p for p in self._parameters)
        return self._sql, tuple(filled)
