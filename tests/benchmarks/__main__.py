"""`python -m tests.benchmarks [NAME …]`: the figures of every `bench_*.py` beside this file, as one table.

A benchmark is a module with `run()`, which returns rows of (figure, value, target). It finds a migrated, empty database
of its own run: SQLite, or the server that `DATABASE_URL` names. NAME picks benchmarks: `lookup` for bench_lookup.py.
"""

import importlib
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

Figure = tuple[str, str, str]  # what, measured, target


def main(wanted: list[str]) -> int:
    """0, 1 if a benchmark failed, 2 for a name that no benchmark has."""
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := set(wanted) - set(known):
        print(f"no benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    django.setup()
    failed = 0
    with database() as vendor:
        print(f"{'figure':64} {'measured':>24}  target   ({vendor}, {os.cpu_count()} cores)")
        for name in wanted or known:
            begun = time.perf_counter()
            try:
                for figure, value, target in run(name):
                    print(f"{figure:64} {value:>24}  {target}", flush=True)
            except Exception:  # noqa: BLE001 - the other figures are wanted all the same
                failed = 1
                traceback.print_exc()
                print(f"-- {name}: FAILED", flush=True)
            else:
                print(f"-- {name}: {time.perf_counter() - begun:.0f} s", flush=True)
    return failed


def run(name: str) -> list[Figure]:
    """The figures of bench_<name>.py."""
    return importlib.import_module(f"tests.benchmarks.bench_{name}").run()


@contextmanager
def database() -> Iterator[str]:
    """A migrated, empty database for as long as the context lasts; gives the vendor's name."""
    from django.db import connection

    original = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield connection.vendor
    finally:
        connection.creation.destroy_test_db(original, verbosity=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
