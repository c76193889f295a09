"""pgvector, where the database has it: the profiles' vectors in an HNSW index.

The tables are there only where the extension is, so no migration makes them: `prepare` does, and `fill` keeps them up.
Each row goes with its profile (ON DELETE CASCADE), so that an erasure reaches it. Elsewhere, and for few profiles, the
exact search of `similar.py` is as good.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from personas.retrieval.hashing import Vectors

TABLE = "personas_profile_vector"
MOST_DIMENSIONS = 2_000  # that HNSW indexes of the type vector
SEARCH = 100  # candidates that a search keeps in hand

# `m` are the links of a node, `ef_construction` the candidates while one is put in: pgvector's own defaults, doubled.
_MAKE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    (
        "CREATE TABLE IF NOT EXISTS personas_profile_vector ("
        " profile_id uuid PRIMARY KEY REFERENCES personas_profile ON DELETE CASCADE,"
        " owner_id bigint NOT NULL,"
        " vector vector({dimensions}) NOT NULL)"
    ),
    (
        "CREATE INDEX IF NOT EXISTS personas_profile_vector_near ON personas_profile_vector"
        " USING hnsw (vector vector_cosine_ops) WITH (m = 16, ef_construction = 128)"
    ),
    "CREATE INDEX IF NOT EXISTS personas_profile_vector_owner ON personas_profile_vector (owner_id)",
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


def is_prepared() -> bool:
    """Whether the table is there."""
    return is_there() and TABLE in connection.introspection.table_names()


def prepare(dimensions: int) -> bool:
    """Make extension, table and index where they are not; whether they are there now.

    False where this user may not make the extension: the database's owner makes it by CREATE EXTENSION vector.
    """
    if not is_there() or not 0 < dimensions <= MOST_DIMENSIONS:
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in _MAKE:
                cursor.execute(statement.format(dimensions=int(dimensions)))
    except DatabaseError:
        return False
    return True


def fill(rows: Iterable[tuple[UUID, int, Sequence[float]]]) -> int:
    """Write (profile, owner, vector) rows, over those that are there; how many."""
    values = [(profile, owner, _literal(vector)) for profile, owner, vector in rows]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, values)
    return len(values)


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
