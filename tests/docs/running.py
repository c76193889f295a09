"""The examples of a page, run as they stand there, in their order, in one shell.

Every `sh` and `python` block runs. A comment on the line before the fence says otherwise:

- `<!-- not run: why -->`: it needs what a test has not, say root or an hour;
- `<!-- exits: 1 -->`: its last command is meant to fail with this status;
- `<!-- problem: 409 -->`: its last answer is meant to be a problem with this status;
- `<!-- file: name -->`: of any other block, what a reader saves it as;
- `<!-- answer -->`: of a `json` block, the shape of the last answer of the block before it; of a `text` block, a line
  that it wrote, with … for what may be anything.

What stands for something is filled in: the address of the house, `USER`, `REQUEST_ID` (the last that was answered).
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"(?:^<!-- (?P<note>[^>]*) -->\n)?^```(?P<kind>\w+)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"(http|ws)://127\.0\.0\.1:8000")
RECEIVER = 9000  # the port on which the examples of webhooks listen
PATIENCE = 240.0  # seconds, on a busy machine
ANY = "…"
RUN = ("sh", "console", "python")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `note` is what the comment before it says."""

    kind: str
    code: str
    line: int
    note: str

    @property
    def runs(self) -> bool:
        return bool(self.said("file")) or (self.kind in RUN and not self.said("not run"))

    def said(self, name: str) -> str:
        """The value after `name:` in the note, "" where it is not there."""
        return self.note.removeprefix(f"{name}:").strip() if self.note.startswith(f"{name}:") else ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a block did: what it wrote, and the statuses of commands that failed."""

    block: Block
    out: str
    err: str
    failed: list[int]

    def answers(self) -> list[Any]:
        """The JSON values in what it wrote."""
        return list(_values(self.out))


def blocks(page: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["code"], text[: found.start("code")].count("\n"), (found["note"] or "").strip())
        for found in FENCE.finditer(text)
    ]


def run(
    page: str, folder: Path, *, house: str, receiver: int, env: Mapping[str, str], meanwhile: Callable[[], None]
) -> list[Ran]:
    """Run the blocks of `page` that run; `meanwhile` is called again and again until they are through.

    `receiver` is the port in place of 9000.
    """
    running = [replace(block, code=_filled_in(block.code, house, receiver)) for block in blocks(page) if block.runs]
    script = folder / "script.sh"
    script.write_text("\n".join(_lines(running, folder)))
    with subprocess.Popen(["bash", str(script)], cwd=ROOT, env=dict(env), stdin=subprocess.DEVNULL) as shell:
        until = time.monotonic() + PATIENCE
        while shell.poll() is None:
            if time.monotonic() > until:
                shell.kill()
                raise TimeoutError(f"The examples of {page} were not through within {PATIENCE:g} s.")
            meanwhile()
            time.sleep(0.1)
    return [_ran(block, folder / str(number)) for number, block in enumerate(running)]


def _filled_in(code: str, house: str, receiver: int) -> str:
    return re.sub(rf"\b{RECEIVER}\b", str(receiver), ADDRESS.sub(lambda found: house.replace("http", found[1]), code))


def _lines(running: list[Block], folder: Path) -> Iterator[str]:
    """One shell for all, so that variables last; each block writes into files of its own."""
    written = [name for block in running for name in re.findall(r"(?:> |-o )([\w-]+\.\w+)", block.code)]
    names = [re.escape(name) for name in (*(block.said("file") for block in running if block.said("file")), *written)]
    saved = re.compile(rf"(?<![\w./])({'|'.join(names) or '$^'})")
    yield f"trap 'echo $? >> {folder}/$N.failed' ERR"
    for number, block in enumerate(running):
        code = block.code
        yield f"N={number}; exec > {folder}/{number}.out 2> {folder}/{number}.err"
        last = rf"""cat {folder}/*.out | grep -oE '"requestId": ?"[^"]+"' | tail -1 | cut -d'"' -f4"""
        yield f"export REQUEST_ID=$({last})"
        if name := block.said("file"):
            (folder / name).write_text(code)
        elif block.kind == "python":
            (folder / f"{number}.py").write_text(code)
            yield f"sed -i s/REQUEST_ID/$REQUEST_ID/g {folder}/{number}.py; {sys.executable} {folder}/{number}.py"
        else:
            code = code.replace(".venv/bin/python", sys.executable)
            code = re.sub(r"\bREQUEST_ID\b", "$REQUEST_ID", code)
            yield saved.sub(rf"{folder}/\g<0>", re.sub(r"\bUSER\b", "admin", code))


def _ran(block: Block, stem: Path) -> Ran:
    def read(ending: str) -> str:
        there = stem.with_suffix(ending)
        return there.read_text() if there.exists() else ""

    return Ran(block, read(".out"), read(".err"), [int(code) for code in read(".failed").split()])


def _values(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while (found := re.compile(r"[\[{]").search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, found.start())
        except ValueError:
            at = found.start() + 1
        else:
            yield value


def differs(ran: list[Ran], shown: Block) -> list[str]:
    """How what is shown differs from what the block before it gave."""
    [*_, before] = [each for each in ran if each.block.line < shown.line]
    if shown.kind == "json":
        return lacks(json.loads(shown.code), (before.answers() or [None])[-1])
    wanted = ".*".join(re.escape(part) for part in shown.code.strip().split(ANY))
    return [] if re.search(wanted, before.out) else [f"{before.out[-300:]!r} has no {shown.code.strip()!r}"]


# --- Judging ----------------------------------------------------------------------------------------------------------


def complaints(ran: Ran) -> list[str]:
    """What is wrong with what a block did: failed commands, problems of the API that are not meant."""
    meant, problem = int(ran.block.said("exits") or 0), int(ran.block.said("problem") or 0)
    wrong = [f"a command exited with {code}: {ran.err[-300:]}" for code in ran.failed if code != meant]
    if meant and meant not in ran.failed:
        wrong.append(f"no command exited with {meant}")
    found = [each for each in ran.answers() if isinstance(each, dict) and {"title", "status", "type"} <= each.keys()]
    wrong += [f"{each['status']} {each['detail']}" for each in found if each["status"] != problem]
    if problem and problem not in [each["status"] for each in found]:
        wrong.append(f"no answer is a problem with status {problem}")
    return wrong


def lacks(shown: Any, answer: Any, at: str = "") -> list[str]:
    """Where an answer has not the shape that is shown: what is shown must be there, with a value of its type."""
    if isinstance(shown, str) and ANY in shown:
        return []
    if isinstance(shown, dict):
        if not isinstance(answer, dict):
            return [f"{at or 'it'} is no object"]
        missing = [f"{at}.{name} is not there" for name in shown if name != ANY and name not in answer]
        inner = (lacks(held, answer[name], f"{at}.{name}") for name, held in shown.items() if name in answer)
        return [*missing, *(each for found in inner for each in found)]
    if isinstance(shown, list):
        if not isinstance(answer, list):
            return [f"{at} is no list"]
        examples = [each for each in shown if each != ANY]
        return lacks(examples[0], answer[0], f"{at}[0]") if examples and answer else []
    kinds = (int, float) if isinstance(shown, int | float) and not isinstance(shown, bool) else type(shown)
    fits = shown is None or answer is None or isinstance(answer, kinds)
    return [] if fits else [f"{at} is {answer!r}, shown as {shown!r}"]
