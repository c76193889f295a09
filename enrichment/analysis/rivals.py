"""What a prospect uses in the field of the vendor: products of its competitors, and others that may be some. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from enrichment import technologies
from enrichment.analysis import findings
from enrichment.analysis.derive import group_of
from enrichment.analysis.model import Grounded, Task, VendorContext
from enrichment.analysis.needs import THEMES, hits, themes_of
from enrichment.analysis.opportunities import competitor_of
from enrichment.analysis.text import normal
from enrichment.technologies.model import Technology

# Themes that products of very different fields share.
_GENERAL = frozenset({"integration", "cloud", "expansion", "cost", "automation"})
_PLACES = ("/competitor_context/known_usage", "/tech_stack")
LONGEST = 120  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A product in use. `is_known`: it is one of the vendor's competitors. `pointer`: the report's statement on it."""

    name: str
    is_known: bool
    pointer: str

    @property
    def key(self) -> str:
        return key_of(self.name)


def key_of(name: str) -> str:
    """What spellings of a product's name have in common, its other names included: Azure AD is Microsoft Entra ID."""
    known = technologies.by_name(name)
    return normal(known.name if known else name)


def rivals(task: Task, grounded: Grounded) -> list[Rival]:
    """Of the products that the report says are in use: the competitors', and those in the vendor's field."""
    vendor = task.vendor
    if vendor is None:
        return []
    said = dict(_said(grounded))
    found = [_rival(named, vendor, said[normal(named.name)]) for named in _in_use(task, said)]
    return list({rival.key: rival for rival in found if rival is not None}.values())


def _in_use(task: Task, said: Mapping[str, str]) -> list[findings.Named]:
    return [named for named in findings.technologies(task) if normal(named.name) in said]


def _rival(named: findings.Named, vendor: VendorContext, pointer: str) -> Rival | None:
    competitor = competitor_of(named.name, vendor)
    name = competitor or named.name
    if len(name) > LONGEST or not (competitor or _may_compete(named, vendor)):
        return None
    return Rival(name=name, is_known=competitor is not None, pointer=pointer)


def _said(grounded: Grounded) -> Iterator[tuple[str, str]]:
    """(product, pointer) of the statements that name one; where it is in use first."""
    for place in reversed(_PLACES):
        for pointer in grounded.statements:
            if pointer.startswith(place) and "/observations/" not in pointer:
                yield normal(str(_at(grounded.body, pointer))), pointer


def _at(body: object, pointer: str) -> object:
    for step in pointer.split("/")[1:]:
        body = body[int(step)] if isinstance(body, list) else body[step] if isinstance(body, dict) else None
    return body


def _may_compete(named: findings.Named, vendor: VendorContext) -> bool:
    """Whether it is for security or daily work, on what the vendor's products are mostly about, and not its own."""
    known = technologies.by_name(named.name)
    if group_of(named) not in {"security", "collaboration"} or _is_own(named.name, known, vendor):
        return False
    described = f"{named.name} {named.category} {known.category if known else ''}"
    return bool(themes_of(described) & _core(vendor))


def _is_own(name: str, known: Technology | None, vendor: VendorContext) -> bool:
    """Whether the vendor sells it: by its name, or as our list of technologies knows it."""
    own = [normal(vendor.name), *(normal(product.name) for product in vendor.products)]
    return normal(known.vendor if known else "") == own[0] or any(normal(name).startswith(each) for each in own)


def _core(vendor: VendorContext) -> frozenset[str]:
    """Themes that the vendor's products speak of at least half as often as of the one that they speak of most.

    "Identity for the workforce" is about identity, and not about recruiting.
    """
    described = " ".join(f"{each.name} {each.description}" for each in vendor.products)
    counted = {theme: hits(theme, described) for theme in THEMES.keys() - _GENERAL}
    most = max(counted.values(), default=0)
    return frozenset(theme for theme, count in counted.items() if count and count * 2 >= most)
