"""The default intents, from one readable file into rows.

A row that nobody touched since it was loaded follows the file; one that an admin edited or deleted is left alone.
"""

import tomllib
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from chat.models import ChatIntent, ChatPolicy
from salesintel.history import explain, history_of

SEED_FILE = Path(__file__).parent / "data" / "intents.toml"
SEEDED = "loaded with the product"  # why a row changed, in its history


@transaction.atomic
def seed(path: Path = SEED_FILE) -> Counter[str]:
    """Load the intents and the policy. Returns how many rows of each kind are new or renewed; the second time none."""
    wanted = {slug: _fields(row) for slug, row in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    told = _last_told()
    here = {row.slug: row for row in ChatIntent.objects.all()}
    made: Counter[str] = Counter()
    rows = [ChatIntent(slug=slug, **row) for slug, row in wanted.items() if slug not in told and slug not in here]
    if rows:
        bulk_create_with_history(rows, ChatIntent, default_change_reason=SEEDED)
        made["intents"] += len(rows)
    for slug, row in here.items():
        if slug in wanted and _is_as_loaded(row, told.get(slug)) and _renewed(row, wanted[slug]):
            made["renewed intents"] += 1
    if not ChatPolicy.objects.exists() and not history_of(ChatPolicy).exists():
        ChatPolicy.objects.create(origin="ours")
        made["policy of conversations"] += 1
    return made


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    amount = {"max_cost": Decimal(row["max_cost"])} if "max_cost" in row else {}
    return row | amount


def _last_told() -> dict[str, Any]:
    """The latest record of each slug's history, of deleted rows too; how many there are in `records`."""
    latest: dict[str, Any] = {}
    count: Counter[str] = Counter()
    for record in history_of(ChatIntent).order_by("history_date", "history_id"):
        latest[record.slug] = record
        count[record.slug] += 1
    for slug, record in latest.items():
        record.records = count[slug]
    return latest


def _is_as_loaded(row: ChatIntent, record: Any) -> bool:
    """Whether the seed wrote the row last. Before it gave its reason, it wrote the first record, in nobody's name."""
    if record is None or record.id != row.pk:
        return False
    is_first = record.records == 1 and record.history_type == "+"
    by_seed = record.history_change_reason == SEEDED or (is_first and record.history_user_id is None)
    names = [field.attname for field in ChatIntent._meta.concrete_fields]
    return by_seed and all(getattr(row, name) == getattr(record, name) for name in names)


def _renewed(row: ChatIntent, wanted: Mapping[str, Any]) -> bool:
    """Bring the row up to date with the file; whether anything was different. What the file leaves out, stays."""
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        explain(row, SEEDED)
        row.save()
    return bool(changed)
