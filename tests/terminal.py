"""Commands as a terminal runs them, in this process: starting another one costs a second of it."""

from dataclasses import dataclass

import pytest

from salesintel import commands


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run `manage.py …`; for tests with `transaction=True`, for a command closes its connections when it ends."""
    capsys.readouterr()
    try:
        commands.run(["manage.py", *arguments])
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(bool(left.code))
    told = capsys.readouterr()
    return Ended(code, told.out, told.err)
