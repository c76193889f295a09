"""Keeps what is computed of contacts up with what happened: vectors of words, personas, predictors, profiles."""

import logging
import time

from django.utils import timezone

from personas.generating.renewing import due, renew_some
from personas.likeness import patterns
from personas.likeness.keeping import keep_some, stale
from personas.predicting import training
from personas.predicting.renewing import renew_one
from personas.retrieval.indexing import index_some, unembedded
from personas.retrieval.providers import NoVectors, provider_now

logger = logging.getLogger(__name__)

SPELL = 45.0  # seconds that a worker gives to it at a time; the queue's own limit is 120


def is_anything_due(*, with_profiles: bool = True) -> bool:
    """Whether words lack vectors, or a persona, somebody's predictors or profiles are to be made anew.

    To look for profiles goes through all contacts: of 100,000 it takes a good part of a second.
    """
    now = timezone.now()
    if unembedded(provider_now().space).exists() or due(now).exists() or training.due(now).exists():
        return True
    return with_profiles and (stale(now).exists() or patterns.due(now).exists())


def attend(*, seconds: float = SPELL) -> int:
    """Do what is due for a while; how many rows were worked on. What fails keeps nothing else from its turn."""
    until = time.monotonic() + seconds
    done = 0
    while time.monotonic() < until:
        worked = _vectors() + renew_some(timezone.now()) + renew_one(timezone.now())
        worked = worked or keep_some(timezone.now())  # of vectors that are there
        worked = worked or patterns.find_one(timezone.now())  # among profiles that are there
        done += worked
        if not worked:
            break
    return done


def _vectors() -> int:
    try:
        return index_some()
    except NoVectors as error:
        logger.warning("no vectors: %s", error)
        return 0
