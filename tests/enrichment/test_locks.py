"""Locks of rows: a foreign key that points to a locked row is checked as its transaction commits, and must not wait."""

import ast
from pathlib import Path

import enrichment


def locks_of_keys(path: Path) -> list[str]:
    """Where the module locks rows with their keys."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    locks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "select_for_update"]
    return [
        f"{path.name}:{call.lineno}" for call in locks if "no_key" not in [keyword.arg for keyword in call.keywords]
    ]


def test_no_row_is_locked_with_its_key() -> None:
    modules = Path(enrichment.__file__).parent.rglob("*.py")

    assert [place for path in modules for place in locks_of_keys(path)] == []
