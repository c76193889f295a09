"""Who is like a contact, among the contacts that somebody may see: nobody else's is looked at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from personas.likeness.features import FEATURES
from personas.likeness.joining import DIMENSIONS, parts
from personas.likeness.keeping import row_of, rows_of
from personas.likeness.reasons import Reason, Side, reasons
from personas.models import Contact, Grant, Profile
from personas.retrieval import vectors
from personas.retrieval.hashing import Vectors
from personas.retrieval.nearest import nearest, unpacked

MOST = 20_000  # profiles that are looked through where there is no index, those made last first: 25 MB
WIDER = 3  # times as many are looked at as are wanted: some have nothing in common that can be told
FEWEST = 3  # figures that both have, or words of both, below which two are not compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Somebody who is like the contact. All three figures are cosines; `text` is None if one of both said nothing."""

    profile: Profile
    score: float
    behaviour: float
    text: float | None
    reasons: tuple[Reason, ...]

    @property
    def contact(self) -> Contact:
        return self.profile.contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Whose profiles are looked through: `rows`, among which are all of `owners`."""

    rows: "QuerySet[Any]"
    owners: tuple[int, ...]


def pool_of(user: Any) -> Pool:
    """All profiles that `user` may see."""
    given = Grant.objects.filter(grantee=user, contact=None).values_list("owner", flat=True)
    return Pool(rows=Profile.objects.visible_to(user), owners=(user.pk, *given))


def own_pool(owner: int) -> Pool:
    """One person's own profiles: for what others read, too, who may see one contact but not the rest."""
    return Pool(rows=Profile.objects.filter(owner=owner), owners=(owner,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who is like a contact; `lacking` says why nobody can be named, else it is ""."""

    matches: tuple[Match, ...] = ()
    lacking: str = ""


def similar_to(contact: Contact, *, user: Any, limit: int = 10) -> Found:
    """Who is like `contact`, whom `user` may see, among all that `user` may see."""
    profile = Profile.objects.visible_to(user).filter(contact=contact).first()
    if profile is None:
        return Found(lacking="No profile is made of them yet: that takes an interaction, and some minutes after it.")
    matches = similar(profile, among=pool_of(user), limit=limit)
    if not matches:
        return Found(lacking="Nobody has three figures like theirs, or speaks of the same; more interactions help.")
    return Found(matches=tuple(matches))


def similar(profile: Profile, *, among: Pool, limit: int = 10) -> list[Match]:
    """Who is most like the contact of `profile`, the most alike first; each with at least one reason. Five queries."""
    rows = among.rows.filter(space=profile.space).exclude(contact=profile.contact_id)
    asked = row_of(profile)
    near = _near(asked, rows, among, limit=limit * WIDER + 1)
    found = rows.filter(pk__in=near).select_related("contact", "contact__company")
    matches = [match for row in found if (match := _match(profile, asked, row)) is not None]
    return sorted(matches, key=lambda match: (-match.score, match.profile.pk))[:limit]


def _near(asked: Vectors, rows: "QuerySet[Any]", among: Pool, *, limit: int) -> list[UUID]:
    """By the index where there is one; what is shared one by one is looked through beside it."""
    if not vectors.is_prepared(DIMENSIONS):
        return _exact(asked, rows, limit=limit)
    found = [pk for pk, _ in vectors.nearest(asked, owners=among.owners, limit=limit)]
    return found + _exact(asked, rows.exclude(owner__in=among.owners), limit=limit)


def _exact(asked: Vectors, rows: "QuerySet[Any]", *, limit: int) -> list[UUID]:
    held = list(rows.order_by("-made").values_list("pk", "behaviour", "known", "text")[:MOST])
    if not held:
        return []
    matrix = rows_of([row[1] for row in held], [row[2] for row in held], [row[3] for row in held])
    return [held[place][0] for place, _ in nearest(asked, matrix, limit=limit)]


def _match(profile: Profile, asked: Vectors, other: Profile) -> Match | None:
    """None where too little of both is known, or nothing that they have in common can be told."""
    here, there = side_of(profile), side_of(other)
    told = reasons(here, there)
    common = int((here.known & there.known).sum())
    if not told or (common < FEWEST and not any(each.kind != "behaviour" for each in told)):
        return None
    row = row_of(other)
    behaviour, text = parts(asked, row)
    return Match(profile=other, score=float(asked @ row), behaviour=behaviour, text=text, reasons=tuple(told))


def side_of(profile: Profile) -> Side:
    """A stored profile as it is compared."""
    return Side(
        behaviour=unpacked([profile.behaviour], len(FEATURES))[0],
        known=np.frombuffer(bytes(profile.known), dtype=np.uint8) > 0,
        said=profile.said,
    )


def middle(matches: Iterable[Match], figure: str) -> tuple[float | None, int]:
    """The median of a figure over those of whom it is known, and how many these are."""
    place = next(place for place, feature in enumerate(FEATURES) if feature.figure == figure)
    values: Sequence[float] = [
        FEATURES[place].value(float(side.behaviour[place]))
        for side in (side_of(match.profile) for match in matches)
        if side.known[place]
    ]
    return (float(np.median(values)) if values else None), len(values)
