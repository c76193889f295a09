"""Keeps the vectors up with what was said: a piece at a time, whoever was cut off goes on where it was."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from personas import texts
from personas.models import EmbeddingProvider, Interaction, InteractionEmbedding
from personas.retrieval.chunks import Chunk, chunks
from personas.retrieval.nearest import packed
from personas.retrieval.providers import AT_ONCE, provider_now, vectors_of

logger = logging.getLogger(__name__)

MOST_PIECES = 40  # of one interaction: what is longer is a document, whose beginning says what it is about
PIECE = 50  # interactions that are looked at in one go
NOTHING = Chunk("", 0, 0)  # of words that are none of theirs: a row says that somebody has looked


def unembedded(space: str) -> "QuerySet[Interaction]":
    """Interactions with words that have no vector in `space` yet."""
    has = InteractionEmbedding.objects.filter(interaction=OuterRef("pk"), space=space)
    return Interaction.objects.filter(~Exists(has), words__gt=0)


def index_some(*, provider: EmbeddingProvider | None = None) -> int:
    """Embed the words of a few interactions; how many. Raises `NoVectors`, with what was embedded before kept."""
    by = provider or provider_now()
    rows = list(unembedded(by.space).order_by("pk")[:PIECE])
    found = [(row, piece) for row in rows for piece in enumerate(pieces_of(row))]
    for start in range(0, len(found), AT_ONCE):
        _embed(found[start : start + AT_ONCE], by)
    silent = {row.pk for row in rows} - {row.pk for row, _ in found}
    _keep([_row(row, 0, NOTHING, by.space, np.zeros(by.dimensions)) for row in rows if row.pk in silent])
    return len(rows)


def pieces_of(row: Interaction) -> list[Chunk]:
    """The pieces of what was said in it, without what was quoted; the subject stands before the first."""
    return chunks(words_of(row))[:MOST_PIECES]


def words_of(row: Interaction) -> str:
    """Subject and own words, as the pieces' offsets count them."""
    return f"{row.subject}\n\n{texts.own_words(row.body)}".strip()


def _embed(found: Sequence[tuple[Interaction, tuple[int, Chunk]]], by: EmbeddingProvider) -> None:
    made = vectors_of([chunk.text for _, (_, chunk) in found], by=by)
    _keep(
        [
            _row(row, place, chunk, made.space, vector)
            for (row, (place, chunk)), vector in zip(found, made.vectors, strict=True)
        ]
    )


def _row(row: Interaction, place: int, chunk: Chunk, space: str, vector: Any) -> InteractionEmbedding:
    return InteractionEmbedding(
        owner_id=row.owner_id,
        contact_id=row.contact_id,
        interaction=row,
        place=place,
        begins=chunk.begins,
        ends=chunk.ends,
        space=space,
        vector=packed(vector),
    )


@transaction.atomic
def _keep(rows: Sequence[InteractionEmbedding]) -> None:
    """Store them; what was erased or changed while its vectors were made gets none."""
    asked = {row.interaction_id: row.interaction.body for row in rows}
    held = Interaction.objects.filter(pk__in=asked).select_for_update(no_key=True)
    same = {row.pk for row in held if row.body == asked[row.pk]}
    kept = [row for row in rows if row.interaction_id in same]
    InteractionEmbedding.objects.bulk_create(kept, ignore_conflicts=True)
