"""Run every test, once per database: `python -m tests.lanes [--lane sqlite|postgres] [--everything] [for pytest]`.

One after the other. SQLite always; PostgreSQL where the server of `SALESINTEL_TEST_POSTGRES` (default: this machine's)
answers and lets us make databases, without the tests that touch none or whose subject lies elsewhere (`once`) and
without the browser, for the pages' own tests ask the database the same; `--everything` runs there, too, what is marked
`once` or needs no database. What is left out is said, at the start and at the end.

`SALESINTEL_REQUIRE_POSTGRES=1` and `SALESINTEL_REQUIRE_BROWSER=1` make an absence a failure, as in CI.
`SALESINTEL_COVERAGE_FLOOR=90` measures coverage in the SQLite lane and fails below so many per cent.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests import chromium

POSTGRES = os.environ.get("SALESINTEL_TEST_POSTGRES") or "postgres://127.0.0.1:5432/postgres"
# The lane says which database; and the tests start hundreds of programs, each of which would compile all it imports.
NOT_OURS = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
EMPTY = 5  # pytest's code for a run without tests
WORKERS = 2 * (os.cpu_count() or 1)  # many tests wait for a driver or a sandbox


def main() -> int:
    """The exit code: that of the first lane that failed, else 0."""
    options, arguments = _arguments()
    lane = options.lane
    lanes = [lane] if lane else ["sqlite", "postgres"]
    left_out = [] if chromium.path() else [f"browser tests: {chromium.ABSENT}"]
    if left_out and os.environ.get("SALESINTEL_REQUIRE_BROWSER") == "1":
        return _refuse(left_out[0])
    if "postgres" in lanes and (trouble := why_no_postgres()):
        left_out.append(f"the PostgreSQL lane: {trouble}")
        lanes.remove("postgres")
        if lane == "postgres" or os.environ.get("SALESINTEL_REQUIRE_POSTGRES") == "1":
            return _refuse(left_out[-1])
    _say_left_out(left_out)
    code = _in_turn(lanes, arguments, everything=options.everything)
    _say_left_out(left_out)
    return code


def why_no_postgres() -> str:
    """Why the PostgreSQL lane cannot run, in one line; empty if it can."""
    try:
        with psycopg.connect(POSTGRES, connect_timeout=3) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return " ".join(str(error).split())
    return "" if row and row[0] else "its user may not create databases (ALTER ROLE … CREATEDB)"


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="python -m tests.lanes", add_help=False)
    parser.add_argument("--lane", choices=["sqlite", "postgres"])
    parser.add_argument("--everything", action="store_true")
    return parser.parse_known_args()


def _in_turn(lanes: list[str], arguments: list[str], *, everything: bool) -> int:
    """Run one lane after the other: at once they disturb each other's clocks, and the longer one ends by itself anyway.

    The exit code: that of the first lane that failed, else 0.
    """
    arguments = [*arguments, "-p", "tests.forks", f"--forks={WORKERS}"]
    codes = []
    with tempfile.TemporaryDirectory(prefix="salesintel-test-") as folder:
        for lane in lanes:
            print(f"== {lane} ==", flush=True)
            code, seconds = _run(lane, arguments, Path(folder) / lane, everything=everything)
            print(f"== {lane}: {'passed' if code == 0 else f'FAILED ({code})'} in {seconds:.0f} s ==", flush=True)
            codes.append(code)
    return next((code for code in codes if code), 0)


def _run(lane: str, arguments: list[str], folder: Path, *, everything: bool) -> tuple[int, float]:
    """The exit code of a lane, and the seconds that it took."""
    folder.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"SALESINTEL_DATA_DIR": str(folder), "SALESINTEL_TEST_RUN": f"{os.getpid()}"}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # NumPy's threads would stand beside what forks
    command = [sys.executable, "-m", "pytest", "--quiet", *arguments]
    floor = os.environ.get("SALESINTEL_COVERAGE_FLOOR")
    if lane == "postgres":
        environment |= {"DATABASE_URL": POSTGRES, "SALESINTEL_TEST_ONLY_DATABASE": "0" if everything else "1"}
        command += ["-m", "not browser"]
    elif floor:
        command += ["--cov", "--cov-report=term-missing:skip-covered", f"--cov-fail-under={floor}"]
    started = time.monotonic()
    # While one process collects, another migrates.
    migrating = subprocess.Popen([sys.executable, "-m", "tests.databases"], env=environment)
    try:
        code = subprocess.run(command, env=environment, check=False).returncode
    finally:
        migrating.kill()
        migrating.wait()
    # Nothing chosen (ARGS="-k cache") is no failure, unless of SQLite's lane, which leaves out nothing.
    return (0 if code == EMPTY and lane == "postgres" else code), time.monotonic() - started


def names_tests(arguments: list[str]) -> bool:
    """Whether what is for pytest says where the tests are."""
    return any(Path(argument.partition("::")[0]).exists() for argument in arguments)


def _say_left_out(left_out: list[str]) -> None:
    for what in left_out:
        print(f"LEFT OUT: {what}", flush=True)


def _refuse(what: str) -> int:
    print(f"required here, but not to be had: {what}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
