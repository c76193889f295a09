"""The built-in engine's sentences, filled in; a sentence with an unknown name in it is not written at all."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "data" / "phrases.toml"
_PHRASES: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_HOLE = re.compile(r"\{(\w+)\}")


def phrase(*path: str, **names: str) -> str | None:
    """The sentence at `path` with its names filled in; None where there is none or a name it needs is empty."""
    found: Any = _PHRASES
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    if not isinstance(found, str) or any(not names.get(hole) for hole in _HOLE.findall(found)):
        return None
    return _HOLE.sub(lambda hole: names[hole[1]], found)


def phrase_for_role(section: str, role: str, key: str, **names: str) -> str | None:
    """The role's sentence; of a role without sentences of its own, or without this name, everybody's."""
    own = phrase(section, role, key, **names) if role in _PHRASES[section] else None
    return own or phrase(section, "other", key, **names)


def about(signal: str) -> frozenset[str]:
    """Words that an article of the signal is about, whichever words its headline uses."""
    return frozenset(_PHRASES["about"].get(signal, ()))


def quoted(text: str) -> str:
    """The text as it stands between quotation marks in a sentence: without its own outer marks and its full stop."""
    return text.strip().strip('“”"').rstrip(". ")


def joined(names: Sequence[str]) -> str:
    """The names as a list in a sentence: "AWS", "AWS and Slack", "AWS, Slack and Zoom"."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def sentences() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every sentence with its path, its holes in braces."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), _PHRASES)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str):
            yield path, found
        elif isinstance(found, dict):
            waiting.extend(((*path, key), inner) for key, inner in found.items())


def vocabulary() -> Iterator[str]:
    """Every sentence, without the names to fill in."""
    waiting: list[Any] = [_PHRASES]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield _HOLE.sub(" ", found)
        else:
            waiting.extend(found.values() if isinstance(found, dict) else found)
