"""Run every test, once per database: `python -m tests.lanes [--lane sqlite|postgres] [--everything] [for pytest]`.

SQLite always; PostgreSQL where the server of `SALESINTEL_TEST_POSTGRES` (default: this machine's) answers and lets us
make databases, without the tests that touch none or whose subject lies elsewhere (`once`) and without the browser, for
the pages' own tests ask the database the same; `--everything` runs there, too, what is marked `once` or needs no
database. What is left out is said, at the start and at the end.

`SALESINTEL_REQUIRE_POSTGRES=1` and `SALESINTEL_REQUIRE_BROWSER=1` make an absence a failure, as in CI.
`SALESINTEL_COVERAGE_FLOOR=90` measures coverage in the SQLite lane and fails below so many per cent.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests import chromium

POSTGRES = os.environ.get("SALESINTEL_TEST_POSTGRES") or "postgres://127.0.0.1:5432/postgres"
# The lane says which database; and the tests start hundreds of programs, each of which would compile all it imports.
NOT_OURS = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
EMPTY = 5  # pytest's code for a run without tests
# Many tests wait for a driver or a sandbox, so twice the cores; and slow ones come last, so whoever is done takes over.
SPREAD = [f"--numprocesses={2 * (os.cpu_count() or 1)}", "--dist=worksteal"]


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
    for name in lanes:
        if code := _run(name, arguments, everything=options.everything):
            return code
    _say_left_out(left_out)
    return 0


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


def _run(lane: str, arguments: list[str], *, everything: bool) -> int:
    """A lane's parts, side by side. Pages are a part of their own: the browser's driver keeps its event loop."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    command = [sys.executable, "-m", "pytest", "--quiet", *arguments]
    floor = os.environ.get("SALESINTEL_COVERAGE_FLOOR")
    measured: list[str] = []
    if lane == "postgres":
        environment |= {"DATABASE_URL": POSTGRES, "SALESINTEL_TEST_ONLY_DATABASE": "0" if everything else "1"}
    elif floor:
        measured = ["--cov", "--cov-report=term-missing:skip-covered", f"--cov-fail-under={floor}"]
    print(f"== {lane} ==", flush=True)
    started = time.monotonic()
    parts = [["-m", "not browser", *SPREAD, *measured]]
    if lane == "sqlite":
        parts.append(["-m", "browser", "--numprocesses=2", *([] if names_tests(arguments) else ["tests/browser"])])
    with tempfile.TemporaryDirectory(prefix="salesintel-test-") as folder:  # the parts share a migrated database
        environment |= {"SALESINTEL_DATA_DIR": folder, "SALESINTEL_TEST_RUN": str(os.getpid())}
        codes = _side_by_side([command + part for part in parts], environment, Path(folder))
    # A part in which nothing was chosen (ARGS="-k cache") is no failure, unless all of SQLite's are empty.
    nothing = lane == "sqlite" and set(codes) == {EMPTY}
    failed = [code for code in codes if code not in (0, EMPTY)] or ([EMPTY] if nothing else [])
    code = failed[0] if failed else 0
    print(
        f"== {lane}: {'passed' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.0f} s ==",
        flush=True,
    )
    return code


def _side_by_side(commands: list[list[str]], environment: dict[str, str], folder: Path) -> list[int]:
    """Their exit codes. The first one writes as it goes; what the others wrote follows when they are done."""
    with ExitStack() as at_the_end:
        later = []
        for number, command in enumerate(commands[1:], start=2):
            wrote = at_the_end.enter_context((folder / f"part-{number}.log").open("w+"))
            own = {**environment, "SALESINTEL_TEST_PART": f"part{number}"}
            part = subprocess.Popen(command, env=own, stdout=wrote, stderr=subprocess.STDOUT)
            at_the_end.callback(part.kill)  # whatever ends the first one early
            later.append((part, wrote))
        codes = [subprocess.run(commands[0], env=environment, check=False).returncode]
        for part, wrote in later:
            codes.append(part.wait())
            wrote.seek(0)
            print(wrote.read(), end="", flush=True)
    return codes


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
