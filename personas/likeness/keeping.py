"""Keeps a profile of every contact with whom anything happened: made anew when enough is new."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from personas.likeness.features import FEATURES, VERSION, behaviour_of
from personas.likeness.joining import DIMENSIONS, TEXT, folded, joined
from personas.likeness.saying import said_in
from personas.metrics import Metrics, measure
from personas.models import Contact, Interaction, InteractionEmbedding, PersonaPolicy, Profile
from personas.reading import history_of, own_texts, terms_at
from personas.retrieval import vectors
from personas.retrieval.hashing import Vectors
from personas.retrieval.nearest import packed, unpacked
from personas.retrieval.providers import provider_now
from personas.turns import each

Bytes = bytes | memoryview

PIECE = 25  # profiles in one go, some 30 ms each
MOST_TEXTS = 200  # own texts of a contact, the latest, in which topics and words are looked for
MOST_PIECES = 2_000  # vectors of their words, the latest, of which the mean is taken
PART = 10  # a tenth of what a profile was made of is enough to make it anew
SETTLES = timedelta(days=1)  # after which anything new is
AGES = timedelta(days=30)  # after which it is made anew though nothing is: paces and deals move by themselves


def space_now() -> str:
    """What profiles must have in common to be compared: our components, and who makes the vectors of texts."""
    return f"{VERSION} {provider_now().space}"


def stale(at: datetime) -> "QuerySet[Contact]":
    """Contacts without a profile that holds, those without any first. Of 100,000 it takes a good part of a second."""
    space = space_now()
    new = Interaction.objects.filter(contact=OuterRef("pk"), created__gt=OuterRef("profile__made")).order_by()
    count = Subquery(new.values("contact").annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    is_much = Q(came__gt=0) & (Q(profile__made__lt=at - SETTLES) | Q(profile__interactions__lte=F("came") * PART))
    is_old = Q(profile__made__lt=at - AGES) | ~Q(profile__space=space)
    words_came = Q(profile__text=None) & Exists(_theirs(OuterRef("pk"), space))
    rows = Contact.objects.annotate(came=Coalesce(count, 0)).select_related("owner", "company")
    happened = Exists(Interaction.objects.filter(contact=OuterRef("pk")))
    held = Q(profile__isnull=False) & (is_much | is_old | words_came)
    found: QuerySet[Contact] = rows.filter(Q(happened, profile=None) | held)
    return found.order_by(F("profile__made").asc(nulls_first=True))  # which PostgreSQL puts last


def keep_some(at: datetime) -> int:
    """Make a few of those that are due; how many. One that fails keeps nobody else from its turn."""
    _see_to_index()
    policy = PersonaPolicy.now()
    due = list(stale(at)[:PIECE])
    return each(due, lambda contact: keep_profile(contact, at=at, policy=policy), what="the profile of contact")


def keep_profile(contact: Contact, *, at: datetime, policy: PersonaPolicy | None = None) -> Profile | None:
    """Make the profile of a contact and keep it; None where the contact went meanwhile."""
    history = history_of(contact, policy=policy)
    made = profile_of(contact, measure(history, terms_at(at, policy=policy)), at=at)
    names = ("owner_id", "behaviour", "known", "text", "said", "space", "interactions", "made")
    with transaction.atomic():
        if not Contact.objects.select_for_update(no_key=True, of=("self",)).filter(pk=contact.pk).exists():
            return None
        values = {name: getattr(made, name) for name in names}
        row, _ = Profile.objects.update_or_create(contact=contact, defaults=values)
        if vectors.is_prepared(DIMENSIONS):
            vectors.fill([(row.pk, row.owner_id, row_of(row).tolist())])
    return row


def profile_of(contact: Contact, metrics: Metrics, *, at: datetime) -> Profile:
    """What a contact is like now, not stored. `metrics` are theirs."""
    space = space_now()
    behaviour, known = behaviour_of(metrics)
    text = _text(contact, space)
    return Profile(
        owner_id=contact.owner_id,
        contact=contact,
        behaviour=packed(behaviour),
        known=known.astype(np.uint8).tobytes(),
        text=None if text is None else packed(text),
        said=said_in(own_texts(contact, MOST_TEXTS), without=(contact.name, contact.company_name)),
        space=space,
        interactions=int(metrics.figures["totalInteractions"].value or 0),
        made=at,
    )


def rows_of(behaviours: Sequence[Bytes], knowns: Sequence[Bytes], texts: Sequence[Bytes | None]) -> Vectors:
    """Profiles as they are stored, as rows that can be compared (`joining`)."""
    known = np.frombuffer(b"".join(map(bytes, knowns)), dtype=np.uint8).reshape(-1, len(FEATURES)) > 0
    said = unpacked([_NOTHING if text is None else text for text in texts], TEXT)
    return joined(unpacked(behaviours, len(FEATURES)), known, said)


def row_of(profile: Profile) -> Vectors:
    """The same of one."""
    row: Vectors = rows_of([profile.behaviour], [profile.known], [profile.text])[0]
    return row


_NOTHING = bytes(4 * TEXT)


def _theirs(contact: UUID | OuterRef, space: str) -> "QuerySet[InteractionEmbedding]":
    """Pieces of the contact's own words, in the space of texts that a profile's space ends with."""
    rows = InteractionEmbedding.objects.filter(contact=contact, space=space.partition(" ")[2])
    theirs: QuerySet[InteractionEmbedding] = rows.filter(interaction__direction="in", interaction__is_automatic=False)
    return theirs


def _text(contact: Contact, space: str) -> Vectors | None:
    """The mean of the vectors of their words, as `joining` wants it; None where there is none."""
    latest = _theirs(contact.pk, space).order_by("-interaction__occurred_at", "-pk")
    held = list(latest.values_list("vector", flat=True)[:MOST_PIECES])
    if not held:
        return None
    return folded(unpacked(held, len(bytes(held[0])) // 4).mean(axis=0))


@cache
def _see_to_index() -> bool:
    """Make the index of profiles where the database can have one and has none; tried once a process."""
    if not vectors.is_there() or vectors.is_prepared(DIMENSIONS):
        return vectors.is_there()
    rows = Profile.objects.filter(space=space_now()).iterator(500)
    return vectors.prepare(DIMENSIONS, ((row.pk, row.owner_id, row_of(row).tolist()) for row in rows))
