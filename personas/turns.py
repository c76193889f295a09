"""Work on rows that are due: whatever is wrong with one, the others are owed their turn."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Model

from enrichment.hop import is_away
from salesintel.logs import told

logger = logging.getLogger(__name__)

MOST_TRIED = 20  # rows of which the first that does not fail is worked on

R = TypeVar("R", bound=Model)


def each(rows: Iterable[R], do: Callable[[R], object], *, what: str) -> int:
    """Do it with each; how many did not fail. Raises what says that the database is away."""
    done = 0
    for row in rows:
        try:
            do(row)
        except Exception as error:
            if is_away(error):
                raise
            logger.error("%s %s failed, and is tried again: %s", what, row.pk, told(error))
        else:
            done += 1
    return done


def one(rows: Iterable[R], do: Callable[[R], object], *, what: str) -> int:
    """Do it with the first that does not fail; 1, or 0 where there is none."""
    return int(any(each([row], do, what=what) for row in rows))
