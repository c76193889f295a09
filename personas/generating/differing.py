"""What changed from one persona of a contact to the next. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A trait that came, went, or says something else; `before` and `after` are what it said."""

    kind: Literal["came", "went", "changed"]
    section: str
    name: str
    before: str = ""
    after: str = ""


def differences(before: Body, after: Body) -> list[Difference]:
    """In the order of the later persona, then what went, in that of the earlier one. A trait is known by its name."""
    old, new = _by_name(before), _by_name(after)
    found = [
        Difference(
            kind="changed" if key in old else "came",
            section=key[0],
            name=key[1],
            before=old.get(key, ""),
            after=value,
        )
        for key, value in new.items()
        if old.get(key) != value
    ]
    gone = [
        Difference(kind="went", section=key[0], name=key[1], before=value)
        for key, value in old.items()
        if key not in new
    ]
    return found + gone


def _by_name(body: Body) -> dict[tuple[str, str], str]:
    return {(trait["section"], trait["name"]): trait["value"] for trait in body.get("traits", ())}
