"""Statements with the labels that a person gave them, and the checker's verdicts on them: `STATEMENTS.md` says how."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from enrichment.analysis.grounding import Judge
from enrichment.analysis.model import Claim, Support, Task

Round = Literal["A", "B", "C", "D", "E", "H", "I"]  # B, C and I measure alone; by the others the checker was mended

_HERE = Path(__file__).parent
_TASKS = TypeAdapter(dict[str, Task])


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One leaf of a draft. `task` names what it was drafted from; `lie` how it was falsified, where it was."""

    id: str
    task: str
    engine: str
    pointer: str
    value: Any
    parent: dict[str, Any] | None
    claim: Claim
    supported: bool
    lie: str = ""
    note: str = ""


def statements(which: Round) -> Iterator[Statement]:
    """The statements of a round, in their order."""
    for line in (_HERE / "statements.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["id"].startswith(which):
            cited, support, how = row.pop("evidence"), Support(row.pop("support")), row.pop("how", "")
            yield Statement(claim=Claim(evidence=tuple(cited), support=support, how=how), **row)


@cache
def tasks() -> dict[str, Task]:
    """What the statements were drafted from, by the name of the company's domain."""
    return _TASKS.validate_json(gzip.decompress((_HERE / "statements_tasks.json.gz").read_bytes()))


def keep_tasks(found: dict[str, Task]) -> None:
    """Write the tasks; the same ones give the same file."""
    (_HERE / "statements_tasks.json.gz").write_bytes(gzip.compress(_TASKS.dump_json(found), mtime=0))


def complaints(which: Round) -> Iterator[tuple[Statement, str | None]]:
    """Each statement with why the checker withholds it, None where it lets it pass."""
    yield from ((each, verdict(each)) for each in statements(which))


def verdict(each: Statement) -> str | None:
    """Why the checker withholds the statement; None where it lets it pass."""
    path = tuple(int(step) if step.isdecimal() else step for step in each.pointer.split("/")[1:])
    return _judge(each.task).complaint(each.value, each.claim, path=path, parent=each.parent, whole=each.value)


@cache
def _judge(task: str) -> Judge:
    return Judge(tasks()[task])
