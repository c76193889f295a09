"""What may be read of a row: fields by kind, how files call their columns, and how they say what happened."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
TABLES = ("contacts", "interactions", "deals")
PRESETS = {"hubspot": "HubSpot", "salesforce": "Salesforce", "pipedrive": "Pipedrive"}
# One of each group must be among the columns, or nothing can be made of a row.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "contacts": (("name", "firstName", "lastName", "email"),),
    "interactions": (("contactEmail", "contactId"), ("occurredAt",)),
    "deals": (("name",),),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name on the wire, its label, the kind of its values, and how files call its column."""

    name: str
    label: str
    kind: str
    names: tuple[str, ...]
    presets: dict[str, tuple[str, ...]]


@cache
def fields_of(kind: str) -> dict[str, Field]:
    """Field by name, in the order in which they are shown."""
    rows = tomllib.loads((_DATA / "fields.toml").read_text(encoding="utf-8"))[kind]
    return {
        name: Field(
            name=name,
            label=row["label"],
            kind=row["kind"],
            names=tuple(folded(each) for each in row["names"]),
            presets={preset: tuple(folded(each) for each in row.get(preset, ())) for preset in PRESETS},
        )
        for name, row in rows.items()
    }


@cache
def words(kind: str) -> dict[str, str]:
    """What files say, folded → what we call it, for `type`, `direction`, `outcome`, `status` or `month`."""
    rows = tomllib.loads((_DATA / "words.toml").read_text(encoding="utf-8"))[kind]
    said = {folded(word): name for name, those in rows.items() for word in those}
    return said | {folded(name): name for name in rows}


@cache
def _known() -> frozenset[str]:
    every = [field for kind in TABLES for field in fields_of(kind).values()]
    return frozenset(
        name for field in every for name in (*field.names, *(n for p in field.presets.values() for n in p))
    )


def knows(cell: str) -> bool:
    """Whether some field's column is called so."""
    return folded(cell) in _known()


def folded(text: str) -> str:
    """Without case, accents and punctuation; what is written together in capitals is taken apart: StageName."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:200])
    plain = unicodedata.normalize("NFKD", apart).casefold()
    return " ".join(re.sub(r"[^\w]+|_", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())
