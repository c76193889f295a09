"""Finds the threads that interactions stand in, and makes those that there are not yet."""

import re
from collections.abc import Collection
from uuid import UUID

from personas.marks import key_digests
from personas.models import Thread
from salesintel.accounts.models import User

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def threads_of(owner: User, names: Collection[str]) -> dict[str, UUID]:
    """By its name elsewhere, or its own id, the thread. Four queries at most, none without names."""
    own = {name: UUID(name) for name in names if UUID_FORM.fullmatch(name)}
    held = set(Thread.objects.filter(owner=owner, pk__in=own.values()).values_list("pk", flat=True)) if own else set()
    found = {name: pk for name, pk in own.items() if pk in held}
    return found | _named(owner, set(names) - found.keys())


def _named(owner: User, names: Collection[str]) -> dict[str, UUID]:
    if not names:
        return {}
    keys = key_digests(names)
    Thread.objects.bulk_create([Thread(owner=owner, key=key) for key in set(keys.values())], ignore_conflicts=True)
    known = dict(Thread.objects.filter(owner=owner, key__in=set(keys.values())).values_list("key", "pk"))
    return {name: known[key] for name, key in keys.items()}
