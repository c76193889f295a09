"""Run the trials with full counts, once per database: `python -m tests.chaos [--lane NAME] [what pytest takes]`.

One after the other, for a trial measures times. At the end, the line of every trial in one table; the exit code is that
of the first lane that failed.
"""

import argparse
import os
import re
import subprocess
import sys
import time

from tests.lanes import NOT_OURS, POSTGRES, names_tests, why_no_postgres

MUTATIONS = "250"  # broken replies per source: 29 sources make the 7,250 of trial M14, which asks for 5,000
WHAT = ["tests/reliability", "tests/enrichment/sources"]
LINE = re.compile(r"^.{1,60}: \d+ trials, \d+ violations, worst: ")


def main() -> int:
    """The exit code: that of the first lane that failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", add_help=False)
    parser.add_argument("--lane", choices=["sqlite", "postgres"])
    known, arguments = parser.parse_known_args()
    lanes = [known.lane] if known.lane else ["sqlite", "postgres"]
    if "postgres" in lanes and (trouble := why_no_postgres()):
        print(f"LEFT OUT: the PostgreSQL lane: {trouble}", flush=True)
        lanes.remove("postgres")
        if not lanes or os.environ.get("SALESINTEL_REQUIRE_POSTGRES") == "1":
            return 1
    found = [_run(lane, arguments) for lane in lanes]
    _print_table([row for _, rows in found for row in rows])
    return next((code for code, _ in found if code), 0)


def _run(lane: str, arguments: list[str]) -> tuple[int, list[tuple[str, str]]]:
    """The exit code of a lane, and (lane, line) of every trial; what pytest prints is passed on as it comes."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"SALESINTEL_TRIALS": "full", "SALESINTEL_MUTATIONS": MUTATIONS}
    if lane == "postgres":
        environment["DATABASE_URL"] = POSTGRES
    print(f"== {lane} ==", flush=True)
    begun, rows = time.monotonic(), []
    command = [sys.executable, "-m", "pytest", "--quiet", *arguments, *([] if names_tests(arguments) else WHAT)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as trials:
        assert trials.stdout is not None
        for line in trials.stdout:
            print(line, end="", flush=True)
            if LINE.match(line):
                rows.append((lane, line.rstrip()))
    print(f"== {lane}: exit code {trials.returncode} after {time.monotonic() - begun:.0f} s ==", flush=True)
    return trials.returncode, rows


def _print_table(rows: list[tuple[str, str]]) -> None:
    print("\n== trials ==")
    for lane, line in rows:
        print(f"{lane:8}  {line}")
    print(f"{len(rows)} lines", flush=True)


if __name__ == "__main__":
    sys.exit(main())
