"""A trial's process really dies, so it is a process of its own."""

import signal
import subprocess
import sys

import pytest
from pytest_django import Settings

from enrichment.killpoints import reach

PROGRAM = """
from django.conf import settings
settings.configure(KILL_POINT={armed!r})
from enrichment.killpoints import reach
for place in {points!r}:
    point, _, company = place.partition("@")
    reach(point, company or None)
    print(place, flush=True)
"""


def lived_through(armed: str, points: list[str]) -> tuple[list[str], int]:
    """The points that a process with `armed` passed alive, and how it ended."""
    program = PROGRAM.format(armed=armed, points=points)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return ended.stdout.split(), ended.returncode


@pytest.mark.parametrize(
    ("armed", "lived", "code"),
    [
        ("two", ["one"], -signal.SIGKILL),
        ("one:2", ["one", "two"], -signal.SIGKILL),
        ("one:9", ["one", "two", "one", "two"], 0),
        ("three", ["one", "two", "one", "two"], 0),
    ],
)
def test_a_process_dies_where_and_as_often_as_it_was_told(armed: str, lived: list[str], code: int) -> None:
    assert lived_through(armed, ["one", "two", "one", "two"]) == (lived, code)


@pytest.mark.parametrize(
    ("armed", "lived", "code"),
    [
        ("one@acme.example", ["one", "one@okta.example"], -signal.SIGKILL),
        ("one@acme.example:2", ["one", "one@okta.example", "one@acme.example"], 0),
        ("one@nobody.example", ["one", "one@okta.example", "one@acme.example"], 0),
        ("one:3", ["one", "one@okta.example"], -signal.SIGKILL),
    ],
)
def test_a_process_dies_on_behalf_of_one_company(armed: str, lived: list[str], code: int) -> None:
    assert lived_through(armed, ["one", "one@okta.example", "one@acme.example"]) == (lived, code)


def test_without_an_armed_point_nothing_happens(settings: Settings) -> None:
    settings.KILL_POINT = ""

    reach("after_intent")


def test_another_point_than_the_armed_one_is_passed(settings: Settings) -> None:
    settings.KILL_POINT = "after_answer"

    reach("after_intent")


def test_a_point_is_passed_until_its_turn_comes(settings: Settings) -> None:
    settings.KILL_POINT = "tests_only:3"

    reach("tests_only")
    reach("tests_only")
