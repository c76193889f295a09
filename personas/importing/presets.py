"""How somebody reads their files, kept under a name."""

from collections.abc import Mapping, Sequence

from personas.importing.model import InvalidChoice
from personas.models import Import, ImportPreset

MOST = 50
_KEPT = ("zone", "date_order")


def columns_by_name(columns: Mapping[str, Sequence[str]], header: Sequence[str]) -> dict[str, list[int]]:
    """Field → places of the columns that are called so in this file."""
    names = [name.casefold() for name in header]
    found = {
        field: [names.index(each.casefold()) for each in those if each.casefold() in names]
        for field, those in columns.items()
    }
    return {field: places for field, places in found.items() if places}


def keep(row: Import, name: str) -> ImportPreset:
    """Keep how `row` is read as its owner's preset of that name. Raises `InvalidChoice`."""
    name = " ".join(name.split())[:80]
    mine = ImportPreset.objects.filter(owner=row.owner)
    if mine.count() >= MOST and not mine.filter(kind=row.kind, name=name).exists():
        raise InvalidChoice({"saveAs": [f"You have {MOST} presets; save it under the name of one of them."]})
    columns = {field: [row.header[place] for place in places] for field, places in row.columns.items()}
    options = {key: row.options[key] for key in _KEPT if row.options.get(key)}
    kept, _ = ImportPreset.objects.update_or_create(
        owner=row.owner, kind=row.kind, name=name,
        defaults={"columns": columns, "source": row.source, "options": options},
    )  # fmt: skip
    return kept


def names_of(row: Import) -> list[str]:
    return list(ImportPreset.objects.filter(owner=row.owner_id, kind=row.kind).values_list("name", flat=True))
