"""JSON-LD of a page: what schema.org words say of the company. Pure; broken blocks are passed over."""

from collections.abc import Iterable, Iterator
from typing import Any

from enrichment.sources.base import BadReply
from enrichment.sources.reading import Lenient, Number, Text, Url, json_in, plain, without_tags

MOST_NODES = 500

_ORGANIZATIONS = frozenset({"organization", "corporation", "localbusiness", "onlinebusiness", "airline", "consortium"})
_PRODUCTS = frozenset({"product", "softwareapplication", "webapplication", "mobileapplication", "service"})
_ARTICLES = frozenset({"newsarticle", "blogposting", "article", "pressrelease"})
_JOB = frozenset({"jobposting"})

Node = dict[str, Any]


class Organization(Lenient):
    name: Text = ""
    description: Text = ""
    industry: Text = ""
    url: Url = ""
    numberOfEmployees: Any = None
    address: Any = None


class Span(Lenient):
    value: Number = None
    minValue: Number = None
    maxValue: Number = None


def nodes_of(blocks: Iterable[str]) -> list[Node]:
    """Every typed object of the blocks, those within `@graph`, lists and other objects included."""
    found: list[Node] = []
    for block in blocks:
        text = block.strip().removeprefix("<!--").removesuffix("-->").strip()
        try:
            value = json_in(text.encode("utf-8", "replace"), who="The page")
        except BadReply:
            continue
        found += _typed(value)
        if len(found) > MOST_NODES:
            break
    return found[:MOST_NODES]


def _typed(value: Any) -> Iterator[Node]:
    """Breadth-first; depth is bounded by `json_in`."""
    waiting: list[Any] = [value]
    seen = 0
    while waiting and seen < MOST_NODES * 10:
        seen += 1
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting += item[:MOST_NODES]
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
            waiting += [inner for inner in list(item.values())[:100] if isinstance(inner, dict | list)]


def types_of(node: Node) -> frozenset[str]:
    """The node's types in lower case, without a vocabulary's prefix."""
    given = node.get("@type")
    names = given if isinstance(given, list) else [given]
    return frozenset(name.rpartition("/")[2].rpartition(":")[2].lower() for name in names if isinstance(name, str))


def organization_in(nodes: Iterable[Node]) -> Organization | None:
    """The first organization with a name."""
    for node in nodes:
        if any(kind in _ORGANIZATIONS or kind.endswith("organization") for kind in types_of(node)):
            organization = Organization.model_validate(node)
            if organization.name:
                return organization
    return None


def products_in(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if types_of(node) & _PRODUCTS]


def articles_in(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if types_of(node) & _ARTICLES]


def jobs_in(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if types_of(node) & _JOB]


def word(node: Any, *names: str) -> str:
    """The first of the named fields that holds words, without markup: a text, or an object's name."""
    if isinstance(node, list):
        node = node[0] if node else None
    for name in names:
        value = node.get(name) if isinstance(node, dict) else None
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return without_tags(value)
    return ""


def employees_of(organization: Organization) -> dict[str, int | None] | None:
    """A number, or a QuantitativeValue with a value or its bounds."""
    given = organization.numberOfEmployees
    span = Span.model_validate(given) if isinstance(given, dict) else Span(value=given)
    if span.value is not None and span.value > 0:
        return {"low": int(span.value), "high": int(span.value)}
    if span.minValue is not None and span.minValue > 0:
        return {"low": int(span.minValue), "high": int(span.maxValue) if span.maxValue else None}
    return None


def place_of(address: Any) -> str:
    """City and region, or city and country, of a PostalAddress (the first of several), or the text that it is."""
    if isinstance(address, list):
        address = address[0] if address else None
    if isinstance(address, str):
        return plain(address, 200)
    city = word(address, "addressLocality")
    around = word(address, "addressRegion", "addressCountry")
    return ", ".join(part for part in (city, around) if part) if city else ""
