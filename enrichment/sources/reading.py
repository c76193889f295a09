"""Reading hostile bytes: JSON of bounded depth, plain text, and pydantic types that forgive a provider's slips.

A reply model made of these types fails only where the whole value is of the wrong kind: a field of another type than
documented reads as empty, an item of another type is left out of its list.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from enrichment.sources.base import BadReply

DEEPEST = 40  # levels of a JSON value that are read
LONGEST_TEXT = 2_000  # characters of an evidence's text
MOST_ITEMS = 300  # items of one list that are read

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]"
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` as one line of plain text: no NUL, no lone surrogate, no control or direction mark, single spaces."""
    kept = text[: longest * 4].encode("utf-8", "replace").decode("utf-8")
    return " ".join(_INVISIBLE.sub("", kept).split())[:longest].rstrip()


def without_tags(markup: str, longest: int = LONGEST_TEXT) -> str:
    """Plain text of a piece of HTML, escaped or not (job boards escape once): tags away, entities resolved."""
    return plain(unescape(_TAG.sub(" ", unescape(markup[: longest * 8]))), longest)


def json_in(body: bytes, *, who: str, paid: bool = True) -> Any:
    """The JSON value of `body`, without what lies deeper than `DEEPEST`. Raises `BadReply`; `paid`: it was bought."""
    try:
        value = json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise BadReply(f"{who} answered something that is not JSON", paid=paid) from error
    return _shallow(value, DEEPEST)


def object_in(body: bytes, *, who: str, paid: bool = True) -> dict[str, Any]:
    """The JSON object of `body`. Raises `BadReply`; `paid`: it was bought."""
    value = json_in(body, who=who, paid=paid)
    if not isinstance(value, dict):
        raise BadReply(f"{who} answered JSON that is not an object", paid=paid)
    return value


def _shallow(value: Any, levels: int) -> Any:
    if isinstance(value, dict):
        return {key: _shallow(item, levels - 1) for key, item in value.items()} if levels else None
    if isinstance(value, list):
        return [_shallow(item, levels - 1) for item in value] if levels else None
    return value


def web_url(value: object) -> str:
    """`value` if it is an http or https URL of at most 2,000 characters, else ""."""
    text = plain(value) if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        hostname = parts.hostname
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and hostname and " " not in text else ""


# --- Forgiving types --------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if abs(value) < 1e18 else ""
    return ""


def _number(value: object) -> float | None:
    """A finite number below 10^18, also where it comes as a string with commas."""
    if isinstance(value, str):
        value = _as_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e18 else None


def _as_number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").strip()) if len(text) < 40 else None
    except ValueError:
        return None


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    found = value if isinstance(value, list) else [value]
    return [item for item in found[:MOST_ITEMS] if isinstance(item, dict)]


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [text for item in found[:MOST_ITEMS] if (text := _text(item))]


Text = Annotated[str, BeforeValidator(_text)]
Url = Annotated[str, BeforeValidator(web_url)]
Number = Annotated[float | None, BeforeValidator(_number)]
Objects = Annotated[list[dict[str, Any]], BeforeValidator(_objects)]
Texts = Annotated[list[str], BeforeValidator(_texts)]
Object = Annotated[dict[str, Any], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]


class Lenient(BaseModel):
    """A reply, or a part of one, that names only the fields we use. Every field has a default."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Part = TypeVar("Part", bound=Lenient)


def each(kind: type[Part], items: list[dict[str, Any]]) -> Iterator[Part]:
    """The items as models; what cannot be read is left out."""
    for item in items:
        try:
            yield kind.model_validate(item)
        except ValidationError:
            continue
