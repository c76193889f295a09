"""Which rows name a person: a search through every column that the registry of personal data has for prospects.

What belongs to the person's company, as its own or as a vendor's, is read whole. Elsewhere only what holds their mail
address or their profile is: a name alone may be a namesake's. But the bytes of a response count wherever they hold the
name, for an answer on one company may have records of another one's people.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, BooleanField, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from enrichment.models import Company
from enrichment.people import marks, optouts
from enrichment.people.blocked import Blocked, readable
from enrichment.people.optouts import Marks
from salesintel.privacy.registry import REGISTRY, OnErasure, Personal, Whose

PIECE = 100  # rows that are read at once
SHORTEST = 5  # characters of a profile's last part that are worth searching for


class Holds(Func):
    """Whether the bytes of a column hold those of a value."""

    function = "INSTR"
    template = "(%(function)s(%(expressions)s) > 0)"
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        turned = self.copy()
        turned.set_source_expressions(self.get_source_expressions()[::-1])
        return turned.as_sql(compiler, connection, function="POSITION", arg_joiner=" IN ", **context)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A row that names the person, and in which columns."""

    row: Model
    columns: tuple[Personal, ...]
    blocked: Blocked  # what recognises the person there
    is_sure: bool  # not perhaps a namesake


@dataclass(frozen=True)
class Search:
    """Looks for one person of one company; of none where nobody knows theirs."""

    company: int | None
    person: Marks

    @cached_property
    def companies(self) -> frozenset[int]:
        """The company, and all that turned out to be it."""
        wave = set() if self.company is None else {self.company}
        found = set(wave)
        while wave:
            wave = set(Company.objects.filter(merged_into__in=wave).values_list("pk", flat=True)) - found
            found |= wave
        return frozenset(found)

    @cached_property
    def blocked(self) -> Blocked:
        return optouts.blocked_by(self.person)

    def rows(self, columns: list[Personal], *, whole: bool = False) -> Iterator[Mention]:
        """The rows of one table that name the person, in pieces. `columns` are all of its registered ones.

        `whole`: with all that the row holds, else with these columns alone.
        """
        rows = self._candidates(columns)
        if not whole:
            rows = rows.only("pk", *(column.field for column in columns))
        paths = [f"of_{place}" for place in range(len(columns[0].companies))]
        rows = rows.annotate(**{name: F(path) for name, path in zip(paths, columns[0].companies, strict=True)})
        for piece in _pieces(rows.order_by("pk"), 1 if _has_bodies(rows.model, columns) else PIECE):
            for row in piece:
                if found := self.mention(row, columns, [getattr(row, name) for name in paths]):
                    yield found

    def mention(self, row: Model, columns: list[Personal], of: list[int | None]) -> Mention | None:
        """Where a row of these companies names the person; None where it does not."""
        is_own = not columns[0].companies or bool(self.companies & set(of))
        nameless = replace(self.blocked, names=frozenset(), lengths=frozenset())
        strong = self.blocked if is_own else nameless
        blocked = self.blocked if columns[0].on_erasure is OnErasure.BODY else strong
        found = tuple(column for column in columns if is_named_in(row, column, blocked))
        if not found:
            return None
        sure = strong if columns[0].companies else nameless  # in what may be anybody's, a name may be a namesake's
        is_sure = any(is_named_in(row, column, sure) or self._tells_company(row, column) for column in found)
        return Mention(row=row, columns=found, blocked=blocked, is_sure=is_sure)

    def _tells_company(self, row: Model, column: Personal) -> bool:
        """Whether the column has the person's company by name or domain."""
        said = json.dumps(value_of(row, column), ensure_ascii=False).casefold()
        return any(name.casefold() in said for name in self.person.companies)

    def _candidates(self, columns: list[Personal]) -> QuerySet[Any, Any]:
        rows: QuerySet[Any, Any] = apps.get_model(columns[0].model)._base_manager.all()
        if not columns[0].companies:
            return rows
        wanted = Q()
        for path in columns[0].companies:
            wanted |= Q(**{f"{path}__in": self.companies})
        for place, column in enumerate(columns):
            if _is_body(rows.model, column):
                for needle in (*self._needles(), *self._spellings()):
                    wanted |= Q(
                        Holds(
                            F(column.field), Value(needle.encode("utf-8", "surrogatepass"), output_field=BinaryField())
                        )
                    )
                continue
            rows = rows.alias(**{f"text_{place}": Cast(column.field, TextField())})
            for needle in self._needles():
                wanted |= Q(**{f"text_{place}__icontains": needle})
        return rows.filter(wanted)

    def _needles(self) -> list[str]:
        """What is searched for in what belongs to others."""
        return marks.needles(self.person.emails, self.person.profiles, shortest=SHORTEST)

    def _spellings(self) -> list[str]:
        """The names as a response may have them, with JSON's escapes and without."""
        return sorted({text for name in self.person.names for text in (name, json.dumps(name)[1:-1])})


def tables() -> list[list[Personal]]:
    """The registered columns that may name prospects' people, by table, in the registry's order."""
    found: dict[str, list[Personal]] = {}
    for row in REGISTRY:
        if row.whose is Whose.PROSPECT and row.on_erasure is not OnErasure.NEVER:
            found.setdefault(row.model, []).append(row)
    return list(found.values())


def _pieces(rows: QuerySet[Any, Any], size: int) -> Iterator[list[Model]]:
    """The rows in the order of their keys, each piece read when it is asked for; what goes meanwhile is left out."""
    piece = list(rows[:size])
    while piece:
        yield piece
        piece = list(rows.filter(pk__gt=piece[-1].pk)[:size])


def _has_bodies(model: type[Model], columns: list[Personal]) -> bool:
    return any(_is_body(model, column) for column in columns)


def _is_body(model: type[Model], column: Personal) -> bool:
    """Whether it holds responses, of which each may have megabytes."""
    return isinstance(model._meta.get_field(column.field), BinaryField)


def value_of(row: Model, column: Personal) -> Any:
    """What the column holds, bytes as what they say."""
    value = getattr(row, column.field)
    return readable(bytes(value)) if isinstance(value, bytes | memoryview) else value


def is_named_in(row: Model, column: Personal, blocked: Blocked) -> bool:
    try:
        return blocked.names_in(value_of(row, column))
    except RecursionError:  # a response that is nested too deep to be looked through
        return True
