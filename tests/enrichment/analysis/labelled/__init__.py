"""Texts with the answers that a person gave before any rule was seen: `README.md` says how."""

import json
from pathlib import Path
from typing import Any, Literal

# Rules may be written from "dev"; "test" is for measuring alone. The rules' authors' own sets have "held" in its place.
Split = Literal["dev", "test", "held"]


def labelled(name: str, split: Split) -> list[dict[str, Any]]:
    """One half of `headlines`, `titles`, `jobs` or `names`, or of the rules' authors' own `own_titles`."""
    lines = (Path(__file__).parent / f"{name}.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]
