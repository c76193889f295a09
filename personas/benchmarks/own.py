"""A person's own benchmarks: theirs alone, whoever may see their records."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from personas.benchmarks.industries import industry_of
from personas.models import OwnBenchmark
from salesintel.accounts.models import User


class BenchmarkError(Exception):
    """A benchmark that cannot be kept."""


class NoRange(BenchmarkError):
    """Low, typical and high are not in that order."""


class AnotherOfTheKind(BenchmarkError):
    """There is one of that metric, industry and size already."""

    def __init__(self, row: OwnBenchmark) -> None:
        super().__init__(f"You have a benchmark of {row.metric} for that industry and size: change {row.pk}.")
        self.row = row


def own_benchmarks(user: User) -> "QuerySet[OwnBenchmark]":
    rows: QuerySet[OwnBenchmark] = OwnBenchmark.objects.filter(owner=user)
    return rows


def add(user: User, fields: Mapping[str, Any]) -> OwnBenchmark:
    """Keep a benchmark of `user`'s. Raises `NoRange` and `AnotherOfTheKind`."""
    return _kept(OwnBenchmark(owner=user), fields)


def change(row: OwnBenchmark, fields: Mapping[str, Any]) -> OwnBenchmark:
    """Change what is named. Raises `NoRange` and `AnotherOfTheKind`."""
    return _kept(row, fields)


def _kept(row: OwnBenchmark, fields: Mapping[str, Any]) -> OwnBenchmark:
    for name, value in fields.items():
        setattr(row, name, value)
    row.industry = industry_of(row.industry)
    try:
        row.clean()
    except ValidationError as error:
        raise NoRange(error.messages[0]) from error
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        same = {"industry": row.industry, "size": row.size, "metric": row.metric}
        other = OwnBenchmark.objects.filter(owner=row.owner, **same).exclude(pk=row.pk).first()
        if other is None:  # it was another constraint, or the other went meanwhile
            raise
        raise AnotherOfTheKind(other) from error
    return row
