"""Keeps the patterns of each owner's contacts: groups that behave alike, found anew once a day where profiles are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from personas.likeness.features import FEATURES
from personas.likeness.grouping import Group, groups
from personas.likeness.keeping import space_now
from personas.models import BehavioralPattern, PersonaPolicy, Profile
from personas.retrieval.nearest import packed, unpacked
from personas.turns import MOST_TRIED, one
from salesintel.accounts.models import User

EVERY = timedelta(days=1)
NONE = ""  # the name of the row that says that somebody has looked, and that there were no groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """What groups there are among one's own and others' contacts that one may see; `lacking` says why none, or ""."""

    rows: Sequence[BehavioralPattern]
    profiles: int
    minimum: int
    lacking: str = ""


def patterns_of(user: Any) -> Patterns:
    """The patterns that `user` may see: their own, and those of who shares all contacts with them. Three queries."""
    rows = list(BehavioralPattern.objects.visible_to(user).exclude(name=NONE))
    profiles, minimum = Profile.objects.filter(owner=user).count(), PersonaPolicy.now().pattern_minimum
    lacking = ""
    if not rows and profiles < minimum:
        lacking = f"Not enough contacts: {profiles} of yours have a profile, and {minimum} are needed."
    elif not rows:
        lacking = "Your contacts form no groups that differ from each other by more than chance, or nobody looked yet."
    return Patterns(rows=rows, profiles=profiles, minimum=minimum, lacking=lacking)


def due(at: datetime) -> "QuerySet[User]":
    """Owners of enough profiles, of which one is newer than the patterns, and these older than a day.

    Also who has lost some since: what is kept of groups must not outlive who was in them.
    """
    fewest = PersonaPolicy.now().pattern_minimum
    known = BehavioralPattern.objects.filter(owner=OuterRef("pk"))
    fresh = known.filter(made__gt=at - EVERY)
    news = Profile.objects.filter(owner=OuterRef("pk"), made__gt=at - EVERY)
    enough = Profile.objects.order_by().values("owner").annotate(n=Count("pk")).filter(n__gte=fewest)
    grown = (Q(Exists(news)) | ~Exists(known)) & Q(pk__in=enough.values("owner"))
    return User.objects.filter(grown | Exists(_thinned(known)), ~Exists(fresh)).order_by("pk")


def _thinned(rows: "QuerySet[BehavioralPattern]") -> "QuerySet[BehavioralPattern]":
    """Those of which a member has gone."""
    there = Profile.objects.filter(pattern=OuterRef("pk")).order_by().values("pattern").annotate(n=Count("pk"))
    return rows.annotate(there=Coalesce(Subquery(there.values("n")), 0)).filter(members__gt=F("there"))


def find_one(at: datetime) -> int:
    """Find the patterns of one owner who is due; how many owners."""
    return one(due(at)[:MOST_TRIED], lambda owner: find(owner, at=at), what="the patterns of user")


def find(owner: User, *, at: datetime) -> None:
    """Find the patterns of an owner's contacts. One of the same name is the same as before; others go."""
    columns = Profile.objects.filter(owner=owner, space=space_now()).values_list("pk", "behaviour", "known")
    held = list(columns.order_by("pk"))
    known = np.frombuffer(b"".join(bytes(row[2]) for row in held), dtype=np.uint8).reshape(-1, len(FEATURES)) > 0
    is_enough = len(held) >= max(1, PersonaPolicy.now().pattern_minimum)
    found = groups(unpacked([row[1] for row in held], len(FEATURES)), known) if is_enough else []
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
        kept = {
            _keep(owner, name, group, [held[place][0] for place in group.members], at)
            for name, group in _named(found).items()
        }
        if not kept:
            kept = {BehavioralPattern.objects.update_or_create(owner=owner, name=NONE, defaults={"made": at})[0].pk}
        BehavioralPattern.objects.filter(owner=owner).exclude(pk__in=kept).delete()


def _named(found: Sequence[Group]) -> dict[str, Group]:
    """By name; of two that are named alike, the smaller says more of itself, or has a number."""
    named: dict[str, Group] = {}
    for group in found:
        longer = ", ".join(mark.words for mark in group.marks).capitalize()
        names = (group.name, longer, *(f"{longer} ({n})" for n in range(2, len(found) + 2)))
        named[next(name for name in names if name not in named)] = group
    return named


def _keep(owner: User, name: str, group: Group, members: Sequence[Any], at: datetime) -> Any:
    values = {
        "marks": [asdict(mark) for mark in group.marks],
        "centre": packed(group.centre),
        "members": len(members),
        "cohesion": group.cohesion,
        "made": at,
    }
    row, _ = BehavioralPattern.objects.update_or_create(owner=owner, name=name[:120], defaults=values)
    Profile.objects.filter(owner=owner, pattern=row).exclude(pk__in=members).update(pattern=None)
    Profile.objects.filter(owner=owner, pk__in=members).update(pattern=row)
    return row.pk
