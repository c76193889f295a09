"""Faults on demand: which requests go wrong, how, and how often.

As a text: `serpapi.com=503*2,api.snov.io/v2/=429@30` - two searches fail, then all is well; every job of the contact
provider is throttled for 30 seconds. `*` alone as host means every host.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from enrichment.sandbox.messages import Request

STATUSES = frozenset({400, 401, 402, 403, 404, 429, 500, 502, 503, 529})
KINDS = frozenset(
    {
        "hang",  # the work is done and paid, the answer never comes
        "drip",  # one byte per half second
        "reset",  # the connection breaks before the answer
        "cut",  # the connection breaks in the middle of the answer
        "wrong_type",  # every value has another type than promised
        "truncated",  # half of the body, complete as HTTP
        "html",  # a login page with status 200
        "empty",  # status 200 and no body
        "huge",  # a body without end, of 1 GB unless `size` says otherwise
        "bomb",  # 50 MB of zeros in a small gzip body
        "deep",  # brackets 100,000 levels deep
        "binary",  # NUL, lone surrogates, bytes that are no text
        "hostile",  # the true answer with injections in every text
        "lie",  # a well-formed answer with invented facts
        "loop",  # a redirect to itself
        "inward",  # a redirect to the metadata address of clouds
        "refusal",  # a language model refuses to answer
        "max_tokens",  # a language model runs out of tokens in mid-answer
        "overloaded",  # a language model's stream breaks off with an error within a 200
        "off_schema",  # a language model answers another schema than it was asked for
    }
    | {str(status) for status in STATUSES}
)
SPEC = re.compile(r"(?P<kind>[\w]+)(?:\*(?P<times>\d+))?(?:@(?P<seconds>\d+(?:\.\d+)?))?")


class BadFault(ValueError):
    """A rule cannot be read; the message says what would be right."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """Requests to `host` (`*`: all) whose path starts with `path` go wrong by `kind`, `times` times (None: always)."""

    kind: str
    host: str = "*"
    path: str = "/"
    times: int | None = None
    retry_after: float | None = None  # seconds, told with 429 and 503
    size: int = 1_000_000_000  # bytes of `huge`

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadFault(f"There is no fault {self.kind!r}; choose from {', '.join(sorted(KINDS))}.")

    def hits(self, request: Request) -> bool:
        """Whether the rule is about this request and not used up."""
        return self.times != 0 and self.host in {"*", request.host} and request.path.startswith(self.path)

    @property
    def status(self) -> int | None:
        """The HTTP status that the fault is; None for one that is no status."""
        return int(self.kind) if self.kind.isdecimal() else None


@dataclass(slots=True)
class Faults:
    """The rules in force, tried in order."""

    rules: list[Rule] = field(default_factory=list)

    def take(self, request: Request) -> Rule | None:
        """The fault of this request, which uses one of its times up; None if all goes well."""
        wanted = request.headers.get("x-sandbox-fault")
        if wanted:
            return rule_from(wanted)
        rule = next((rule for rule in self.rules if rule.hits(request)), None)
        if rule is not None and rule.times is not None:
            rule.times -= 1
        return rule


def rule_from(text: str, *, host: str = "*", path: str = "/") -> Rule:
    """`429*2@30` -> a rule. Raises `BadFault`."""
    match = SPEC.fullmatch(text.strip())
    if match is None:
        raise BadFault(f"{text!r} is no fault; write kind, kind*times or kind@seconds.")
    return Rule(
        kind=match["kind"],
        host=host,
        path=path,
        times=int(match["times"]) if match["times"] else None,
        retry_after=float(match["seconds"]) if match["seconds"] else None,
    )


def rules_from(spec: str) -> list[Rule]:
    """Rules of the command line: `host[/path]=fault`, separated by commas. Raises `BadFault`."""
    rules = []
    for part in filter(None, (part.strip() for part in spec.split(","))):
        target, equals, fault = part.partition("=")
        if not equals:
            raise BadFault(f"{part!r} names no fault; write host=fault, say serpapi.com=503*2.")
        host, _, path = target.partition("/")
        rules.append(rule_from(fault, host=host, path=f"/{path}"))
    return rules


def rule_from_json(content: Any) -> Rule:
    """One rule of the control endpoint: {"host", "path", "kind", "times": n or "always", "retry_after", "size"}."""
    if not isinstance(content, dict) or not set(content) <= {"host", "path", "kind", "times", "retry_after", "size"}:
        raise BadFault("A rule is an object with kind and, at will, host, path, times, retry_after and size.")
    given = {**content, "kind": str(content.get("kind", ""))}
    if given.get("times") == "always":
        given["times"] = None
    return Rule(**given)
