"""Lists in pages: `{results, next, previous}`, each page behind an opaque cursor.

A cursor is the place of a row in the order, so rows that come or go meanwhile shift nobody's page; signed, so that what
it says is what we said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from salesintel.problems import Problem

MOST = 200
USUAL = 50
SALT = "cursor"
PAGE = [
    OpenApiParameter("limit", int, description=f"Rows of a page, 1 to {MOST}; {USUAL} unless you say."),
    OpenApiParameter("cursor", str, description="Of another page: the one in `next` or `previous`."),
]
NAMES = tuple(parameter.name for parameter in PAGE)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row beside which the page begins, by the values of the order; `is_back`: the page ends before it."""

    values: tuple[Any, ...] = ()
    is_back: bool = False

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises `Problem` for one that is none of ours."""
        if not text:
            return cls()
        try:
            values, is_back = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError) as error:
            words = "This cursor is none of ours; begin without one."
            raise Problem(400, "Not valid: cursor.", errors={"cursor": [words]}) from error
        return cls(
            tuple(datetime.fromisoformat(each[0]) if isinstance(each, list) else each for each in values), is_back
        )

    def __str__(self) -> str:
        values = [[each.isoformat()] if isinstance(each, datetime) else each for each in self.values]
        return signing.dumps([values, self.is_back], salt=SALT)


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the addresses of the pages beside it."""

    rows: list[Any]
    next: str | None
    previous: str | None

    def told(self, results: list[Any], **more: Any) -> dict[str, Any]:
        return {"results": results, "next": self.next, "previous": self.previous, **more}


def paged(request: Request, rows: "QuerySet[Any]") -> Page:
    """The page that the request asks for, of rows in a strict order of fields that are never null: one query."""
    order = [str(name) for name in rows.query.order_by]
    limit, cursor = _limit(request), Cursor.read(request.query_params.get("cursor", ""))
    if cursor.values:
        if len(cursor.values) != len(order):
            cursor = Cursor.read("none of ours")
        rows = rows.filter(_beyond(order, cursor))
    if cursor.is_back:
        rows = rows.reverse()
    found = list(rows[: limit + 1])
    has_more, found = len(found) > limit, found[:limit]
    if cursor.is_back:
        found.reverse()
    has_next = cursor.is_back or has_more
    has_previous = (bool(cursor.values) and not cursor.is_back) or (cursor.is_back and has_more)
    return Page(
        found,
        _address(request, _at(found[-1], order, is_back=False)) if has_next and found else None,
        _address(request, _at(found[0], order, is_back=True)) if has_previous and found else None,
    )


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(USUAL))
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MOST):
        raise Problem(400, "Not valid: limit.", errors={"limit": [f"Say a number from 1 to {MOST}."]})
    return int(given)


def _beyond(order: list[str], cursor: Cursor) -> Q:
    """Rows after the cursor's in that order, or before it."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, cursor.values, strict=True):
        field = name.removeprefix("-")
        side = "lt" if name.startswith("-") != cursor.is_back else "gt"
        beyond |= equal & Q(**{f"{field}__{side}": value})
        equal &= Q(**{field: value})
    return beyond


def _at(row: Model, order: list[str], *, is_back: bool) -> Cursor:
    return Cursor(tuple(getattr(row, name.removeprefix("-")) for name in order), is_back)


def _address(request: Request, cursor: Cursor) -> str:
    """This request's own address with another cursor."""
    asked = [(name, value) for name, value in request.query_params.items() if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*asked, ('cursor', str(cursor))])}")
