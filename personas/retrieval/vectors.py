"""pgvector, where the database has it: the profiles' vectors in an HNSW index.

The table is there only where the extension is, so no migration makes it: `prepare` does, and `fill` keeps it up. It
holds nothing that the profiles do not hold, and each row goes with its profile (ON DELETE CASCADE), so that an erasure
reaches it. Elsewhere `personas.likeness.similar` looks through the profiles themselves.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from personas.retrieval.hashing import Vectors
from personas.walls.keeping import put_up
from personas.walls.policies import VECTORS
from salesintel.logs import told

logger = logging.getLogger(__name__)

Row = tuple[UUID, int, Sequence[float]]  # profile, owner, vector
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS vector"
BATCH = 500  # rows of one statement
MOST_DIMENSIONS = 2_000  # that HNSW indexes of the type vector
SEARCH = 40  # candidates that a search keeps in hand

_MAKE = (
    "DROP TABLE IF EXISTS personas_profile_vector",  # of other dimensions
    (
        "CREATE TABLE personas_profile_vector ("
        " profile_id uuid PRIMARY KEY REFERENCES personas_profile ON DELETE CASCADE,"
        " owner_id bigint NOT NULL,"
        " vector vector({dimensions}) NOT NULL)"
    ),
    "CREATE INDEX personas_profile_vector_owner ON personas_profile_vector (owner_id)",
)
# `m` are the links of a node, `ef_construction` the candidates while one is put in: pgvector's own default, and twice
# it. Made after the rows are in, which takes a third of the time.
_INDEX = (
    "CREATE INDEX personas_profile_vector_near ON personas_profile_vector"
    " USING hnsw (vector vector_cosine_ops) WITH (m = 16, ef_construction = 128)"
)
_PUT = (
    "INSERT INTO personas_profile_vector (profile_id, owner_id, vector) VALUES (%s, %s, %s::vector)"
    " ON CONFLICT (profile_id) DO UPDATE SET owner_id = excluded.owner_id, vector = excluded.vector"
)
_NEAREST = (
    "SELECT profile_id, 1 - (vector <=> %s::vector) FROM personas_profile_vector WHERE owner_id = ANY(%s)"
    " ORDER BY vector <=> %s::vector LIMIT %s"
)


@cache
def is_there() -> bool:
    """Whether this database can have vectors: PostgreSQL with the extension at hand. Asked once a process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        return cursor.fetchone() is not None


def is_prepared(dimensions: int) -> bool:
    """Whether the table is there, for vectors of so many numbers. A query, on PostgreSQL with the extension."""
    if not is_there():
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = 'vector' AND atttypmod = %s",
            [VECTORS, dimensions],
        )
        return cursor.fetchone() is not None


def prepare(dimensions: int, rows: Iterable[Row] = ()) -> bool:
    """Make extension, table and index anew with these rows in it; whether they are there now.

    False where this user may not make the extension: the database's owner makes it by CREATE EXTENSION vector.
    """
    if not is_there() or not 0 < dimensions <= MOST_DIMENSIONS:
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_EXTENSION)
            _set(cursor, "maintenance_work_mem", "256MB")  # 100,000 rows are made into an index in memory
            for statement in _MAKE:
                cursor.execute(statement.format(dimensions=int(dimensions)))
            fill(rows)
            cursor.execute(_INDEX)
            cursor.execute("ANALYZE personas_profile_vector")  # else the planner takes it for empty, and sorts all rows
            put_up(connection.alias)
    except DatabaseError as error:
        logger.warning("no index of profiles: %s", told(error))
        return False
    return True


def fill(rows: Iterable[Row]) -> int:
    """Write rows, over those that are there; how many."""
    made, at_once = 0, iter(rows)
    with connection.cursor() as cursor:
        while some := [(profile, owner, _literal(vector)) for profile, owner, vector in islice(at_once, BATCH)]:
            cursor.executemany(_PUT, some)
            made += len(some)
    return made


def nearest(vector: Vectors, *, owners: Sequence[int], limit: int) -> list[tuple[UUID, float]]:
    """(profile, cosine) of the nearest profiles of these owners, the nearest first: nearly all of the true ones.

    The index goes on looking until it has enough rows of the owners (iterative scan, pgvector 0.8).
    """
    asked = _literal(vector.tolist())
    with transaction.atomic(), connection.cursor() as cursor:
        _set(cursor, "hnsw.ef_search", max(SEARCH, limit))
        _set(cursor, "hnsw.iterative_scan", "strict_order")
        cursor.execute(_NEAREST, [asked, list(owners), asked, limit])
        return [(profile, float(score)) for profile, score in cursor.fetchall()]


def _set(cursor: Any, name: str, value: object) -> None:
    """For this transaction alone."""
    cursor.execute("SELECT set_config(%s, %s, true)", [name, str(value)])


def _literal(vector: Sequence[float]) -> str:
    return "[" + ",".join(f"{number:.7g}" for number in vector) + "]"
