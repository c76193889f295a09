"""How people, places and products are called that a question about a company may name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrichment.models import Company, Fact

MOST = 200  # names of a kind
LONGEST = 120  # characters of one
NAMED = {  # dataset → the field of its records that names, and what
    "decision_makers": ("name", "people"),
    "key_contacts": ("name", "people"),
    "headquarters": ("name", "places"),
    "hiring_trends": ("location", "places"),
    "products": ("name", "products"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """People and places of a company, and products of whoever sells to it, as the facts have them: untrusted text."""

    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


def names_of(company: Company | None, *, vendor: Company | None) -> Names:
    """The names, at most `MOST` of each kind. One query; writes nothing."""
    found: dict[str, dict[str, None]] = {"people": {}, "places": {}, "products": {}}
    rows = Fact.objects.filter(company__in=[each for each in (company, vendor) if each], dataset__in=NAMED)
    for dataset, owner, value in rows.order_by("dataset", "pk").values_list("dataset", "company", "value"):
        field, kind = NAMED[dataset]
        whose = vendor if kind == "products" else company
        if whose is not None and owner == whose.pk:
            found[kind] |= dict.fromkeys(_texts(value, field))
    return Names(**{kind: tuple(names)[:MOST] for kind, names in found.items()})


def _texts(value: Any, field: str) -> list[str]:
    rows: Sequence[Any] = value if isinstance(value, list) else [value]
    held = [each.get(field) if isinstance(each, Mapping) else each for each in rows]
    return [each[:LONGEST] for each in held if isinstance(each, str) and each.strip()]
