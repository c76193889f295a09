"""What was said on a subject, among the interactions that somebody may see: exact, by cosine."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from personas.models import Interaction, InteractionEmbedding
from personas.retrieval.indexing import words_of
from personas.retrieval.nearest import nearest, unpacked
from personas.retrieval.providers import provider_now, vectors_of

MOST = 20_000  # pieces that one question looks through, the latest first: 20 MB, 40 ms
WEAK = 0.2  # built in: three times what two texts without a common word come to by collisions, 1 / √256


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of what was said, and how near it is to the question: cosine, −1 to 1."""

    interaction: UUID
    type: str
    text: str
    score: float


def passages(question: str, *, user: Any, contacts: Iterable[UUID] | None = None, limit: int = 8) -> list[Passage]:
    """The pieces that come nearest to `question`, at most one of each interaction, the nearest first.

    Raises `NoVectors` where the provider in force gives none. Nothing that `user` may not see is looked through.
    """
    by = provider_now()
    asked = vectors_of([question], by=by, is_question=True)
    rows = InteractionEmbedding.objects.visible_to(user).filter(space=asked.space)
    if contacts is not None:
        rows = rows.filter(contact__in=list(contacts))
    held = list(rows.order_by("-created").values_list("interaction", "begins", "ends", "vector")[:MOST])
    if not held:
        return []
    matrix = unpacked([row[3] for row in held], asked.vectors.shape[1])
    weakest = WEAK if by.kind == by.Kind.BUILTIN else 0.0  # models place all texts near each other: no line is known
    best: dict[UUID, tuple[int, int, float]] = {}
    for place, score in nearest(asked.vectors[0], matrix, limit=limit * 4):
        if score > weakest and held[place][0] not in best and len(best) < limit:
            best[held[place][0]] = (held[place][1], held[place][2], score)
    said = Interaction.objects.visible_to(user).in_bulk(best)
    return [
        Passage(pk, said[pk].type, words_of(said[pk])[begins:ends], score)
        for pk, (begins, ends, score) in best.items()
        if pk in said
    ]
