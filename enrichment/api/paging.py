"""Lists in pages: `{results, next, previous}`, each page behind an opaque cursor.

A cursor is the place of a row in the order, so rows that come or go meanwhile shift nobody's page; signed, so that what
it says is what we said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from salesintel.problems import invalid

MOST = 200
USUAL = 50
SALT = "cursor"
PAGE = [
    OpenApiParameter("limit", int, description=f"Rows of a page, 1 to {MOST}; {USUAL} unless you say."),
    OpenApiParameter("cursor", str, description="Of another page: the one in `next` or `previous`."),
]


def filters(request: Request) -> dict[str, str]:
    """What the request asks for besides which page."""
    of_pages = {each.name for each in PAGE}
    return {name: value for name, value in request.query_params.dict().items() if name not in of_pages}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row beside which the page begins, by the values of the order; `is_back`: the page ends before it."""

    order: tuple[str, ...]
    values: tuple[Any, ...] = ()
    is_back: bool = False

    @classmethod
    def read(cls, text: str, order: tuple[str, ...]) -> "Cursor":
        """The cursor of a list in that order. Raises `Problem` for one that is none of ours, or another list's."""
        if not text:
            return cls(order)
        try:
            values, is_back = signing.loads(text, salt=f"{SALT} {' '.join(order)}")
        except (signing.BadSignature, ValueError) as error:
            words = "This cursor is none of this list's; take it from `next`, or begin without one."
            raise invalid({"cursor": [words]}) from error
        read = (datetime.fromisoformat(each[0]) if isinstance(each, list) else each for each in values)
        return cls(order, tuple(read), is_back)

    def __str__(self) -> str:
        values = [_plain(each) for each in self.values]
        return signing.dumps([values, self.is_back], salt=f"{SALT} {' '.join(self.order)}")


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
    order = tuple(str(name) for name in rows.query.order_by or rows.model._meta.ordering)
    limit, cursor = _limit(request), Cursor.read(request.query_params.get("cursor", ""), order)
    if cursor.values:
        rows = rows.filter(_beyond(cursor))
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
        _address(request, _beside(found[-1], order, is_back=False)) if has_next and found else None,
        _address(request, _beside(found[0], order, is_back=True)) if has_previous and found else None,
    )


def _limit(request: Request) -> int:
    given = request.query_params.get("limit", str(USUAL))
    if not (given.isascii() and given.isdigit() and len(given) < 4 and 1 <= int(given) <= MOST):
        raise invalid({"limit": [f"Say a number from 1 to {MOST}."]})
    return int(given)


def _beyond(cursor: Cursor) -> Q:
    """Rows after the cursor's in that order, or before it."""
    beyond, equal = Q(), Q()
    for name, value in zip(cursor.order, cursor.values, strict=True):
        field = name.removeprefix("-")
        side = "lt" if name.startswith("-") != cursor.is_back else "gt"
        beyond |= equal & Q(**{f"{field}__{side}": value})
        equal &= Q(**{field: value})
    return beyond


def _beside(row: Model, order: tuple[str, ...], *, is_back: bool) -> Cursor:
    return Cursor(order, tuple(getattr(row, name.removeprefix("-")) for name in order), is_back)


def _plain(value: Any) -> Any:
    """As JSON has it; a moment as a list of its text, by which it is known again."""
    if isinstance(value, datetime):
        return [value.isoformat()]
    return str(value) if isinstance(value, UUID) else value


def _address(request: Request, cursor: Cursor) -> str:
    """This request's own address with another cursor."""
    asked = [(name, value) for name, value in request.query_params.items() if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*asked, ('cursor', str(cursor))])}")
