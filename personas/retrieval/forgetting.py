"""Vectors hold for the words that they were made of: when those change, they go."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from personas.models import Interaction, InteractionEmbedding

# A vector's offsets count in subject and body, and it is found as the contact's.
BINDING = frozenset({"subject", "body", "contact_id"})


def changes_words(before: Mapping[str, Any]) -> bool:
    """Whether one of the columns that changed (column → what it held) is one that vectors were made of."""
    return not BINDING.isdisjoint(before)


def forget_vectors(interactions: Collection[UUID]) -> None:
    """Delete the vectors of interactions whose words have changed, in the caller's transaction; two queries.

    They are made anew by whoever keeps them up (`indexing.py`), who looks at the words again before he stores any.
    """
    if interactions:
        InteractionEmbedding.objects.filter(interaction__in=interactions).delete()
        Interaction.objects.filter(pk__in=interactions).exclude(space="").update(space="")
