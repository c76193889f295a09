"""Requests of lists and watches were found by keys, `bulk-{line}-{attempt}` and `watch-{check}`: now by their columns.

Keys that were ours go, so that none is kept from callers. On the way back they are made again.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

BATCH = 500
OF_A_LINE, OF_A_CHECK = re.compile(r"bulk-(\d{1,18})-(\d{1,4})"), re.compile(r"watch-(\d{1,18})")
FIELDS = ("bulk_line_id", "attempt", "watch_check_id", "idempotency_key")


def name(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Key → line with attempt, or check, where that is its user's; a line that was asked for and not told is told."""
    lines, checks = (apps.get_model("enrichment", model).objects for model in ("BulkLine", "WatchCheck"))
    for rows in _batches(apps, idempotency_key__regex=r"^(bulk-[0-9]+-[0-9]+|watch-[0-9]+)$"):
        keys = [(row, OF_A_LINE.fullmatch(row.idempotency_key), OF_A_CHECK.fullmatch(row.idempotency_key)) for row in rows]
        of_lines = dict(_whose(lines, "bulk__user", [int(line[1]) for _, line, _ in keys if line]))
        of_checks = dict(_whose(checks, "watch__user", [int(check[1]) for _, _, check in keys if check]))
        named = []
        for row, line, check in keys:
            if line and of_lines.get(int(line[1])) == row.user_id:
                row.bulk_line_id, row.attempt = int(line[1]), int(line[2])
            elif check and of_checks.get(int(check[1])) == row.user_id:
                row.watch_check_id, row.attempt = int(check[1]), 1
            else:
                continue  # a caller's own key that looks like ours
            row.idempotency_key = None
            named.append(row)
        apps.get_model("enrichment", "ResearchRequest").objects.bulk_update(named, FIELDS)
    for line in lines.filter(state="working", request=None, asked__attempt=F("attempt")).distinct():
        lines.filter(pk=line.pk).update(request=line.asked.get(attempt=line.attempt))


def key(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for rows in _batches(apps, attempt__isnull=False, idempotency_key=None):
        for row in rows:
            if row.bulk_line_id:
                row.idempotency_key = f"bulk-{row.bulk_line_id}-{row.attempt}"
            elif row.watch_check_id:
                row.idempotency_key = f"watch-{row.watch_check_id}"
        apps.get_model("enrichment", "ResearchRequest").objects.bulk_update(rows, ["idempotency_key"])


def _batches(apps: Apps, **wanted: Any) -> Iterator[tuple[Any, ...]]:
    requests = apps.get_model("enrichment", "ResearchRequest").objects.filter(**wanted)
    keys = list(requests.values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        piece = keys[first : first + BATCH]
        yield tuple(apps.get_model("enrichment", "ResearchRequest").objects.filter(pk__in=piece))


def _whose(rows: Any, user: str, keys: list[int]) -> list[tuple[int, int]]:
    return list(rows.filter(pk__in=keys).values_list("pk", user))


class Migration(migrations.Migration):
    dependencies = [("enrichment", "0042_whose_work_a_request_is")]

    operations = [migrations.RunPython(name, key, elidable=True)]
