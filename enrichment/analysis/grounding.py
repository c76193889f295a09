"""What of a draft its evidence bears.

Every string, number and truth value of the body is a statement and needs a claim of its own. `verbatim` and `derived`
are checked against the place's own rule (`fields.py`), `inferred` as prose (`prose.py`). The rest is withheld: a list
item with it where the field is the item's key, else the field becomes null. An engine is not trusted in anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from enrichment.analysis import prose
from enrichment.analysis.context import Context, Leaf
from enrichment.analysis.fields import table_of
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.model import Claim, Draft, Granted, Grounded, Spare, Support, Task, Withheld
from enrichment.analysis.recall import recall
from enrichment.analysis.text import tidy
from enrichment.analysis.told import Sources

_DEEPEST = 12
_MOST_WITHHELD = 200  # kept with their text; a body is bounded, a liar's patience is not
_GONE: Any = object()

Path = tuple[str | int, ...]
Statements = dict[Path, dict[str, Any]]  # pointer relative to the value → what bears it


def ground(
    draft: Draft, task: Task, refused: Mapping[str, str] | None = None, granted: Mapping[str, Granted] | None = None
) -> Grounded:
    """The part of the draft that the task's evidence bears, and what was withheld. Pure.

    Pointers of `statements` are those of the returned body, pointers of `withheld` those of the draft's. `refused`:
    sentences that a second reading found unsupported → why; they are withheld whatever the checker says of them.
    `granted`: the draft's pointers of sentences that it restores → by which words; what else the checker says holds.
    """
    walk = _Walk(Judge(task), draft, refused or {}, granted or {})
    body, statements = walk.keep(draft.body, _At())
    body = body if isinstance(body, dict) else {}
    return Grounded(
        body=body,
        statements={pointer_of(path): borne for path, borne in statements.items()},
        withheld=tuple(walk.withheld[:_MOST_WITHHELD]),
        recall=recall(task, body),
        engine=draft.engine,
        usage=draft.usage,
    )


def pointer_of(path: Path) -> str:
    """The JSON Pointer of a path."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk is: the path in the draft, what holds the value, and the dataset's item that it is in."""

    path: Path = ()
    parent: Any = None
    whole: Any = None

    def below(self, step: str | int, parent: Any, value: Any) -> "_At":
        starts_item = len(self.path) == 1 or (len(self.path) == 2 and isinstance(parent, list))
        return _At((*self.path, step), parent, value if starts_item else self.whole)


class Judge:
    """Says of single statements of a task's reports whether they may stand."""

    def __init__(self, task: Task) -> None:
        self._context = Context(task)
        self.table = table_of(task.purpose)

    def complaint(
        self,
        value: Any,
        claim: Claim | None,
        *,
        path: Path,
        parent: Any = None,
        whole: Any = None,
        granted: frozenset[str] = frozenset(),
    ) -> str | None:
        """Why the statement may not stand at `path`; None where it may. `parent` holds it, as does `whole` (`Leaf`).

        `granted` are words that prose may assert although no cited item has them.
        """
        if claim is None:
            return "cites nothing"
        if any(key not in self._context.evidence for key in claim.evidence):
            return "cites evidence that does not exist"
        checks = self._place(path)
        name = f"derived:{claim.how}" if claim.support is Support.DERIVED else claim.support.value
        if checks is None or name not in checks:
            return "is not of a kind that may stand here"
        if isinstance(value, str) and talks_to_machines(value):
            return "talks to machines"
        check = checks[name]
        if check is None:
            return self._prose_complaint(value, claim, path, parent, granted)
        leaf = Leaf(path=path, value=value, parent=parent, whole=whole, claim=claim)
        return None if check(self._context, leaf) else "is not what the cited evidence says"

    def _prose_complaint(
        self, value: Any, claim: Claim, path: Path, parent: Any, granted: frozenset[str]
    ) -> str | None:
        if not isinstance(value, str):
            return "is no sentence"
        if not claim.evidence:
            return "cites nothing"
        product = parent.get("product") if isinstance(parent, dict) else None
        sources = self.sources_of(claim)
        if granted:
            sources = replace(sources, granted=granted)
        return prose.complaint(value, sources, is_promise=path[-1] == "outcome", product=str(product or ""))

    def sources_of(self, claim: Claim) -> Sources:
        """What a sentence with this claim may draw on."""
        return self._context.sources_of(claim)

    def _place(self, path: Path) -> Mapping[str, Any] | None:
        place = "/".join("*" if isinstance(step, int) else str(step) for step in path)
        if len(path) > 1 and path[0] == "datasets":
            place = "datasets/**"
        return self.table.places.get(place)


class _Walk:
    def __init__(self, judge: Judge, draft: Draft, refused: Mapping[str, str], granted: Mapping[str, Granted]) -> None:
        self.judge = judge
        self.refused = refused
        self.granted = granted
        self.claims: Mapping[str, Claim] = draft.claims
        self.spares: Mapping[str, Spare] = draft.spares
        self.withheld: list[Withheld] = []

    def keep(self, value: Any, at: _At) -> tuple[Any, Statements]:
        """What remains of the value, `_GONE` for nothing, and the statements in it."""
        if value is None or value == "":
            return value, {}
        if len(at.path) > _DEEPEST:
            return self._withhold(at, "…", "lies too deep"), {}
        if isinstance(value, dict):
            return self._keep_fields(value, at)
        if isinstance(value, list):
            return self._keep_items(value, at)
        return self._keep_leaf(value, at)

    def _keep_fields(self, fields: dict[str, Any], at: _At) -> tuple[Any, Statements]:
        kept: dict[str, Any] = {}
        statements: Statements = {}
        for name, value in fields.items():
            remains, borne = self.keep(value, at.below(name, fields, value))
            if remains is _GONE and (name in self._keys(at.path) or self._is_record(at.path)):
                return _GONE, {}
            kept[name] = None if remains is _GONE else remains
            statements |= {(name, *path): by for path, by in borne.items()}
        keys = self._keys(at.path)
        return (_GONE, {}) if keys and not any(kept.get(key) for key in keys) else (kept, statements)

    def _keep_items(self, items: list[Any], at: _At) -> tuple[list[Any], Statements]:
        kept: list[Any] = []
        statements: Statements = {}
        for index, item in enumerate(items):
            remains, borne = self.keep(item, at.below(index, items, item))
            if remains is not _GONE and remains is not None:
                statements |= {(len(kept), *path): by for path, by in borne.items()}
                kept.append(remains)
        return kept, statements

    def _keys(self, path: Path) -> tuple[str, ...]:
        return self.judge.table.keys.get(str(path[0]), ()) if len(path) == 2 and isinstance(path[1], int) else ()

    def _is_record(self, path: Path) -> bool:
        """Whether the value is part of a dataset's item, which stands or falls as a whole."""
        return len(path) > 1 and path[0] == "datasets"

    def _keep_leaf(self, value: Any, at: _At) -> tuple[Any, Statements]:
        pointer = pointer_of(at.path)
        claim = self.claims.get(pointer)
        why = self._complaint(value, claim, at)
        restored = self.granted.get(pointer) if why else None
        if restored is not None:
            why = self._complaint(value, claim, at, restored.words)
        why = why or self.refused.get(str(value))
        if why is None and claim is not None:
            return value, {(): borne_by(claim) | ({"quote": restored.quote} if restored else {})}
        gone = self._withhold(at, value, why or "cites nothing")
        spare = self.spares.get(pointer)
        if spare is not None and self._complaint(spare.value, spare.claim, at) is None:
            return spare.value, {(): borne_by(spare.claim)}
        return gone, {}

    def _complaint(self, value: Any, claim: Claim | None, at: _At, granted: frozenset[str] = frozenset()) -> str | None:
        return self.judge.complaint(value, claim, path=at.path, parent=at.parent, whole=at.whole, granted=granted)

    def _withhold(self, at: _At, value: Any, why: str) -> Any:
        if len(self.withheld) < _MOST_WITHHELD:
            self.withheld.append(Withheld(pointer=pointer_of(at.path), text=tidy(str(value), 300), why=why))
        return _GONE


def borne_by(claim: Claim) -> dict[str, Any]:
    """What `grounding.statements` says of a statement."""
    borne: dict[str, Any] = {"evidence": list(claim.evidence), "support": claim.support.value}
    return borne | {"how": claim.how} if claim.how else borne
