"""Changing several rules at once: checked, in one transaction, with history; never over somebody else's change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction

from enrichment.models import ChangeSet
from enrichment.models.rule import Rule
from enrichment.rules.contradictions import circles
from enrichment.rules.fields import MODELS, Plain, fields_of, plain, read, words_of
from enrichment.rules.model import Rules
from enrichment.rules.snapshot import from_rows
from salesintel.accounts.models import User
from salesintel.history import history_of, sign

# --- Errors -----------------------------------------------------------------------------------------------------------
# ChangeError
# ├── ChangedMeanwhile   somebody else changed what was to be changed; `conflicts`
# ├── Refused            values that a rule cannot have; `errors`, one sentence per change
# └── UndoneAlready      it was taken back before


class ChangeError(Exception):
    """Nothing was changed."""


class ChangedMeanwhile(ChangeError):
    def __init__(self, conflicts: "list[Conflict]") -> None:
        super().__init__(" ".join(conflict.told for conflict in conflicts))
        self.conflicts = conflicts


class Refused(ChangeError):
    def __init__(self, errors: "list[Problem]") -> None:
        super().__init__(" ".join(f"{error.label}: {error.words}" for error in errors))
        self.errors = errors


class UndoneAlready(ChangeError):
    pass


# --- Values -----------------------------------------------------------------------------------------------------------


class Action(StrEnum):
    CHANGE = "change"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row's change: `fields` name → (before, after), as `enrichment.rules.fields` spells values.

    `row` is its id, None for one that is to be added. An added row was None before, a removed one is None after.
    """

    model: str  # "DatasetSource"
    row: int | None
    label: str  # as people know it
    fields: Mapping[str, tuple[Plain, Plain]]
    action: Action = Action.CHANGE

    @property
    def type(self) -> type[Rule]:
        return MODELS[self.model]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that no longer has the value that was seen; `field` is "" where the row is gone."""

    change: Change
    field: str = ""
    was: Plain = None
    now: Plain = None
    by: str = ""
    at: datetime | None = None

    @property
    def told(self) -> str:
        who = f" by {self.by}" if self.by else ""
        when = f" at {self.at:%d %b %H:%M:%S} UTC" if self.at else ""
        if not self.field:
            return f"{self.change.label} was deleted in the meantime{who}{when}."
        field = self.field.replace("_", " ")
        return f"{self.change.label}: {field} was changed from {self.was} to {self.now} in the meantime{who}{when}."


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that a rule cannot have, and why."""

    label: str
    words: str


# --- What is done -----------------------------------------------------------------------------------------------------


@transaction.atomic
def make(
    changes: Sequence[Change],
    *,
    user: User | None,
    why: str = "",
    kind: ChangeSet.Kind = ChangeSet.Kind.GRID,
    undoes: ChangeSet | None = None,
) -> ChangeSet:
    """Make all of the changes, or none. Each row's history tells who, when and why.

    Raises `ChangedMeanwhile` where a field no longer has the value that was seen, and `Refused` where a rule cannot
    have a value; both name every row.
    """
    made = ChangeSet.objects.create(user=user, kind=kind, why=why[:100], changes=[], undoes=undoes)
    reason = f"{made.get_kind_display()} ({made.pk})" + (f": {why}" if why else "")
    done = _Making(user=user, reason=reason[:100]).make(changes)
    made.changes = [asdict(change) for change in done]
    made.save(update_fields=["changes"])
    return made


def rules_after(changes: Sequence[Change]) -> Rules:
    """The rules as the changes would make them; nothing is kept. Raises what `make` raises."""
    with transaction.atomic():
        _Making(user=None, reason="").make(changes)
        after = from_rows()
        transaction.set_rollback(True)
    return after


def undo(made: ChangeSet, *, user: User | None, why: str = "") -> ChangeSet:
    """Take a whole change back. Raises `UndoneAlready`, and `ChangedMeanwhile` where a rule was changed since."""
    if ChangeSet.objects.filter(undoes=made).exists():
        raise UndoneAlready(f"Change {made.pk} was taken back before.")
    words = f"takes back {made.pk}" + (f", {why}" if why else "")
    return make(list(reverted(made)), user=user, why=words, kind=ChangeSet.Kind.UNDO, undoes=made)


REVERSE = {Action.CHANGE: Action.CHANGE, Action.ADD: Action.REMOVE, Action.REMOVE: Action.ADD}


def reverted(made: ChangeSet) -> Iterator[Change]:
    """What takes a change back."""
    for change in stored(made):
        yield replace(
            change,
            row=None if change.action is Action.REMOVE else change.row,
            fields={name: (after, before) for name, (before, after) in change.fields.items()},
            action=REVERSE[change.action],
        )


def stored(made: ChangeSet) -> Iterator[Change]:
    """The changes that a change set holds."""
    for each in made.changes:
        fields = {name: (before, after) for name, (before, after) in each["fields"].items()}
        yield Change(
            model=each["model"], row=each["row"], label=each["label"], fields=fields, action=Action(each["action"])
        )


@dataclass(slots=True)
class _Making:
    """One application of changes, inside a transaction that is rolled back where it raises."""

    user: User | None
    reason: str
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def make(self, changes: Sequence[Change]) -> list[Change]:
        """The changes as they were made: with the ids of added rows."""
        touches_needs = any("needs" in change.fields for change in changes)
        before = circles(from_rows()) if touches_needs else []
        rows = _locked(changes)
        done = [self._one(change, rows) for change in _in_order(changes)]
        if self.conflicts:
            raise ChangedMeanwhile(self.conflicts)
        if touches_needs:
            self.problems += [Problem("Needs", words) for words in circles(from_rows()) if words not in before]
        if self.problems:
            raise Refused(self.problems)
        return done

    def _one(self, change: Change, rows: dict[tuple[str, int | None], Rule]) -> Change:
        row = change.type() if change.action is Action.ADD else rows.get((change.model, change.row))
        if row is None:
            self.conflicts.append(_gone(change))
            return change
        if change.action is not Action.ADD:
            self._compare(change, row)
        sign(row, by=self.user, why=self.reason)
        if change.action is Action.REMOVE:
            row.delete()
            return change
        try:
            _set(row, change)
        except ValidationError as error:
            self.problems.append(Problem(change.label, words_of(error)))
        return replace(change, row=row.pk)

    def _compare(self, change: Change, row: Rule) -> None:
        for name, (was, _) in change.fields.items():
            now = plain(row, name)
            if now != was:
                past = history_of(row).first()
                who = str(past.history_user or "") if past else ""
                at = past.history_date if past else None
                self.conflicts.append(Conflict(change=change, field=name, was=was, now=now, by=who, at=at))


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """Rows after those that they refer to; what is removed goes last, and the other way round."""
    order = list(MODELS)
    kept = sorted((c for c in changes if c.action is not Action.REMOVE), key=lambda c: order.index(c.model))
    gone = sorted((c for c in changes if c.action is Action.REMOVE), key=lambda c: -order.index(c.model))
    return [*kept, *gone]


def _locked(changes: Sequence[Change]) -> dict[tuple[str, int | None], Rule]:
    """The rows that are there, locked in one order of models and ids: two savers never wait for each other."""
    found: dict[tuple[str, int | None], Rule] = {}
    for name, model in MODELS.items():
        ids = [change.row for change in changes if change.model == name and change.row is not None]
        if ids:
            rows = model._default_manager.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
            found |= {(name, row.pk): row for row in rows}
    return found


def _set(row: Rule, change: Change) -> None:
    """Give the row its new values and store it. Raises `ValidationError`."""
    fields = fields_of(change.type)
    values, errors = {}, {}
    for name, (_, after) in change.fields.items():
        try:
            values[name] = read(change.type, name, after)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    related = {name: value for name, value in values.items() if fields[name].many_to_many}
    for name in values.keys() - related.keys():
        setattr(row, name, values[name])
    row.full_clean()
    row.save()
    for name, others in related.items():
        getattr(row, name).set(others)


def _gone(change: Change) -> Conflict:
    past = history_of(change.type).filter(id=change.row).first()
    who, at = (str(past.history_user or ""), past.history_date) if past else ("", None)
    return Conflict(change=change, by=who, at=at)
