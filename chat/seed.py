"""The default intents, from one readable file into rows; a row that exists, was edited or was deleted is left alone."""

import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from chat.models import ChatIntent, ChatPolicy

SEED_FILE = Path(__file__).parent / "data" / "intents.toml"


@transaction.atomic
def seed() -> Counter[str]:
    """Load the intents and the policy. Returns how many rows of each kind were new; run twice it changes nothing."""
    wanted = tomllib.loads(SEED_FILE.read_text(encoding="utf-8"))
    history = ChatIntent.history.values_list("slug", flat=True)  # type: ignore[attr-defined]
    known = {*ChatIntent.objects.values_list("slug", flat=True), *history}
    rows = [ChatIntent(slug=slug, **_fields(row)) for slug, row in wanted.items() if slug not in known]
    made: Counter[str] = Counter()
    if rows:
        bulk_create_with_history(rows, ChatIntent)
        made["intents"] += len(rows)
    if not ChatPolicy.objects.exists() and not ChatPolicy.history.exists():  # type: ignore[attr-defined]
        ChatPolicy.objects.create(origin="ours")
        made["policy of conversations"] += 1
    return made


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    amount = {"max_cost": Decimal(row["max_cost"])} if "max_cost" in row else {}
    return row | amount
