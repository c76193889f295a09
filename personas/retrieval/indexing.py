"""Keeps the vectors up with what was said: a piece at a time, whoever was cut off goes on where it was."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from personas import texts
from personas.models import EmbeddingProvider, Interaction, InteractionEmbedding
from personas.retrieval.chunks import Chunk, chunks
from personas.retrieval.forgetting import BINDING
from personas.retrieval.nearest import packed
from personas.retrieval.providers import AT_ONCE, provider_now, vectors_of

logger = logging.getLogger(__name__)

MOST_PIECES = 40  # of one interaction: what is longer is a document, whose beginning says what it is about
PIECE = 50  # interactions that are looked at in one go
Piece = tuple[Interaction, tuple[int, Chunk]]  # of an interaction: its place and its words
Cut = tuple[UUID, int, int, int]  # the same as it is stored: interaction, place, begin, end


def unembedded(space: str) -> "QuerySet[Interaction]":
    """Interactions of which nobody has seen to it that their words have vectors in `space`.

    Two ranges of an index, however many interactions there are. What came in without words is in neither.
    """
    return Interaction.objects.filter(Q(space__lt=space) | Q(space__gt=space))


def index_some(*, provider: EmbeddingProvider | None = None) -> int:
    """Embed the words of a few interactions; how many. Raises `NoVectors`, with what was embedded before kept."""
    by = provider or provider_now()
    rows = list(unembedded(by.space)[:PIECE])
    pieces = [(row, piece) for row in rows for piece in enumerate(pieces_of(row))]
    there = _there(pieces, rows, by.space)
    pieces = [each for each in pieces if _cut(*each) not in there]
    for start in range(0, len(pieces), AT_ONCE):
        _embed(pieces[start : start + AT_ONCE], by)
    _mark(rows, by.space)
    return len(rows)


def _there(pieces: Sequence[Piece], rows: Sequence[Interaction], space: str) -> set[Cut]:
    """Pieces that have their vectors: of who was cut off, or went to another provider and back. Others' go."""
    wanted = {_cut(*each) for each in pieces}
    held = InteractionEmbedding.objects.filter(interaction__in=rows, space=space)
    found = {row[0]: row[1:] for row in held.values_list("pk", "interaction", "place", "begins", "ends")}
    InteractionEmbedding.objects.filter(pk__in=[pk for pk, cut in found.items() if cut not in wanted]).delete()
    return wanted & set(found.values())


def _cut(row: Interaction, piece: tuple[int, Chunk]) -> Cut:
    place, chunk = piece
    return row.pk, place, chunk.begins, chunk.ends


def pieces_of(row: Interaction) -> list[Chunk]:
    """The pieces of what was said in it, without what was quoted; the subject stands before the first."""
    return chunks(words_of(row))[:MOST_PIECES]


def words_of(row: Interaction) -> str:
    """Subject and own words, as the pieces' offsets count them."""
    return f"{row.subject}\n\n{texts.own_words(row.body)}".strip()


def _embed(found: Sequence[Piece], by: EmbeddingProvider) -> None:
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
    same = _unchanged([row.interaction for row in rows])
    InteractionEmbedding.objects.bulk_create([row for row in rows if row.interaction_id in same], ignore_conflicts=True)


@transaction.atomic
def _mark(rows: Sequence[Interaction], space: str) -> None:
    """Note that all that they say has its vectors now, unless they say something else by now."""
    Interaction.objects.filter(pk__in=_unchanged(rows)).update(space=space)


def _unchanged(rows: Sequence[Interaction]) -> set[UUID]:
    """Those that still say what they said when they were read; held till the transaction ends."""
    asked = {row.pk: [getattr(row, name) for name in BINDING] for row in rows}
    held = Interaction.objects.filter(pk__in=asked).order_by("pk").select_for_update(no_key=True)
    return {row.pk for row in held if [getattr(row, name) for name in BINDING] == asked[row.pk]}
