"""The groups that decide who sees and changes what, from one readable file into rows of Django's own."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

GROUPS_FILE = Path(__file__).resolve().parent.parent / "data" / "groups.toml"
VERBS = {"view": ("view",), "change": ("view", "change"), "edit": ("view", "change", "add", "delete")}


@transaction.atomic
def seed_groups(path: Path = GROUPS_FILE) -> list[str]:
    """Make the groups that are missing; returns their names. One that is there is left as it is.

    Raises `ValueError` for a right that is none, naming group and right.
    """
    wanted = tomllib.loads(path.read_text())
    known = set(Group.objects.filter(name__in=wanted).values_list("name", flat=True))
    made = [name for name in wanted if name not in known]
    for name in made:
        Group.objects.create(name=name).permissions.set(_rights(name, wanted[name]["may"]))
    return made


def _rights(group: str, phrases: Sequence[str]) -> set[Permission]:
    found: set[Permission] = set()
    for phrase in phrases:
        rows = set(Permission.objects.filter(_meant(phrase)))
        if not rows:
            raise ValueError(f"The group “{group}” may “{phrase}”, but there is no such right.")
        found |= rows
    return found


def _meant(phrase: str) -> Q:
    verb, _, what = phrase.rpartition(" ")
    app, _, name = what.partition(".")
    if not verb:
        return Q(content_type__app_label=app, codename=name)
    if verb not in VERBS:
        return Q(pk__in=[])
    of_app = Q(content_type__app_label=app)
    if name == "*":
        return of_app & Q(codename__regex=rf"^({'|'.join(VERBS[verb])})_")
    return of_app & Q(codename__in=[f"{each}_{name}" for each in VERBS[verb]])
