"""RSS feeds, read by a parser that refuses document types, and so every entity of a feed's own. Pure."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from enrichment.sources.base import BadReply
from enrichment.sources.reading import MOST_ITEMS


def channel_in(body: bytes, *, who: str) -> Element:
    """The feed's channel. Raises `BadReply`."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadReply(f"{who} answered something that is no feed") from error
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise BadReply(f"{who} answered XML that is no feed")
    return channel


def items_in(body: bytes, *, who: str) -> list[dict[str, str]]:
    """The items by the names of their elements, of whatever namespace and depth; of several the first. `BadReply`."""
    found = []
    for item in channel_in(body, who=who).findall("item")[:MOST_ITEMS]:
        said: dict[str, str] = {}
        for element in item.iter():
            said.setdefault(element.tag.rpartition("}")[2], (element.text or "").strip())
        found.append(said)
    return found
