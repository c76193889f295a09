"""Pages of lists that grow: a cursor is the last row that the caller has, in a form that they need not read."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from enrichment.api.base import Input


class CursorField(serializers.CharField):
    """A cursor as the `next` of an earlier page has it; read as the list of strings that it was made from."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        try:
            parts = json.loads(base64.urlsafe_b64decode(super().to_internal_value(data).encode("ascii")))
        except (ValueError, binascii.Error, RecursionError) as error:
            raise serializers.ValidationError("This is no cursor; take it from `next`.") from error
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise serializers.ValidationError("This is no cursor; take it from `next`.")
        return parts


class CursorPages(CursorPagination):
    """The framework's pages; a cursor that somebody made up is refused like any other."""

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValidationError, ValueError, OverflowError) as error:
            raise serializers.ValidationError({"cursor": ["This is no cursor; take it from `next`."]}) from error


class PageIn(Input):
    """Which part of a list."""

    cursor = CursorField()
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)


def moment(text: str) -> datetime:
    """The moment of a cursor. Raises `ValidationError`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise serializers.ValidationError({"cursor": ["This is no cursor; take it from `next`."]}) from error
    if found.tzinfo is None or not 1970 <= found.year < 9000:  # beyond, no database can compare it
        raise serializers.ValidationError({"cursor": ["This is no cursor; take it from `next`."]})
    return found


def next_page(request: Request, *parts: str) -> str:
    """The address of the page after the row that `parts` name."""
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    return request.build_absolute_uri(f"?{query.urlencode()}")
