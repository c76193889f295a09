"""robots.txt as RFC 9309 has it: the most specific group, the longest rule; of equal ones the allowing. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site allows us. `delay`: seconds that it wants between requests."""

    rules: tuple[tuple[bool, str], ...] = ()  # allows, pattern
    delay: float | None = None

    def allow(self, path: str) -> bool:
        """Whether `path` (with its query) may be fetched. /robots.txt itself always may."""
        best = (-1, True)
        for allows, pattern in self.rules:
            if len(pattern) >= best[0] and _fits(pattern, path):
                best = max(best, (len(pattern), allows))
        return best[1]


ALL_ALLOWED = Robots()
NOTHING_ALLOWED = Robots(rules=((False, "/"),))


def robots_from(text: str, *, agent: str) -> Robots:
    """What the file says to `agent`, a product token such as "salesintelligence"; its group for `*` if it has none."""
    groups: dict[str, list[tuple[str, str]]] = {}
    named: list[str] = []
    in_rules = False
    for field, value in _fields(text):
        if field == "user-agent":
            named = [] if in_rules else named
            in_rules = False
            named.append(value.lower())
            groups.setdefault(value.lower(), [])
        elif field in {"allow", "disallow", "crawl-delay"}:
            in_rules = True
            for name in named:
                groups[name].append((field, value))
    mine = groups.get(agent.lower(), groups.get("*", []))
    rules = tuple((field == "allow", value[:2_000]) for field, value in mine if field != "crawl-delay" and value)
    delays = [value for field, value in mine if field == "crawl-delay"]
    return Robots(rules, _seconds(delays[0]) if delays else None)


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines()[:MOST_LINES]:
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower().removeprefix("\ufeff"), value.strip()


def _seconds(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{1,4}(?:\.\d{1,3})?", value) else None


def _fits(pattern: str, path: str) -> bool:
    """Whether the path begins as the pattern says; `*` is any run of characters, a last `$` the end.

    Without a regular expression: a pattern of many stars must not cost more than its length times the path's.
    """
    whole = pattern.endswith("$")
    parts = pattern.removesuffix("$").split("*")
    if not path.startswith(parts[0]):
        return False
    at = len(parts[0])
    for part in parts[1:]:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not whole or at == len(path) or (len(parts) > 1 and path.endswith(parts[-1]))
