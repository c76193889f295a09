"""Which column is which field: told by its name, else by what is in it, with how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from personas.importing.fields import PRESETS, REQUIRED, Field, fields_of, folded
from personas.importing.model import Row

SURE, NAMED, ALIKE, BY_CONTENT = 1.0, 0.95, 0.85, 0.6
SEVERAL = frozenset({"email", "emails", "phone", "moment"})  # the first of several columns with anything in it counts


@dataclass(frozen=True, slots=True)
class Guess:
    """That the column at `place` is `field`; `score` in (0, 1]."""

    field: str
    place: int
    score: float


def guesses(kind: str, header: Sequence[str], sample: Sequence[Row], *, preset: str = "") -> list[Guess]:
    """At most one field for each column; best first. `preset`: whose export it is."""
    found = [
        guess for field in fields_of(kind).values() for guess in _of_field(field, [folded(h) for h in header], preset)
    ]
    taken: dict[int, Guess] = {}
    filled: set[str] = set()
    several = {field.name for field in fields_of(kind).values() if preset and field.kind in SEVERAL}
    for guess in sorted(found, key=lambda guess: -guess.score):  # stable: of equals the first name, the first column
        if guess.place not in taken and (guess.field not in filled or (guess.field in several and guess.score == SURE)):
            taken[guess.place] = guess
            filled.add(guess.field)
    return [*taken.values(), *_by_content(kind, len(header), sample, taken, filled)]


def columns_of(found: Sequence[Guess]) -> dict[str, list[int]]:
    """Field → places of its columns, as an import keeps them."""
    columns: dict[str, list[int]] = {}
    for guess in found:
        columns.setdefault(guess.field, []).append(guess.place)
    return columns


def lacking(kind: str, columns: Mapping[str, object]) -> list[str]:
    """What has to be told before anything can be read, as sentences."""
    labels = fields_of(kind)
    return [
        f"Say which column is {' or '.join(f'“{labels[name].label}”' for name in group)}."
        for group in REQUIRED[kind]
        if not any(name in columns for name in group)
    ]


def preset_of(kind: str, header: Sequence[str]) -> str:
    """Whose export it likely is, by how many columns carry that system's own names; "" where that is unclear."""
    names = {folded(h) for h in header}
    own = {
        preset: sum(
            any(n in names and n not in field.names for n in field.presets[preset])
            for field in fields_of(kind).values()
        )
        for preset in PRESETS
    }
    best = max(own, key=lambda preset: own[preset])
    return best if own[best] and sum(count == own[best] for count in own.values()) == 1 else ""


def _of_field(field: Field, header: Sequence[str], preset: str) -> list[Guess]:
    known = [(name, SURE) for name in field.presets.get(preset, ())] + [(name, NAMED) for name in field.names]
    exact = [
        Guess(field.name, place, score - rank / 1000 * (score != SURE))
        for rank, (name, score) in enumerate(known)
        for place, head in enumerate(header)
        if head == name
    ]
    if exact:
        return exact
    alike = [
        Guess(field.name, place, round(ALIKE * best / 100, 3))
        for place, head in enumerate(header)
        if len(head) > 3 and (best := max((fuzz.ratio(head, name) for name in field.names), default=0)) >= 85
    ]
    return sorted(alike, key=lambda guess: -guess.score)[:1]


def _by_content(
    kind: str, width: int, sample: Sequence[Row], taken: Mapping[int, Guess], filled: set[str]
) -> list[Guess]:
    """The column that is full of addresses, where none is called so."""
    field = {"contacts": "email", "interactions": "contactEmail", "deals": "contactEmail"}[kind]
    if field in filled:
        return []
    for place in range(width):
        cells = [row[place] for row in sample if place < len(row) and row[place].strip()]
        if place not in taken and cells and sum("@" in cell for cell in cells) * 2 > len(cells):
            return [Guess(field, place, BY_CONTENT)]
    return []
