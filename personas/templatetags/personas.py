"""How the pages of contacts write values."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(values: Mapping[str, Any], name: str) -> Any:
    """What a mapping has under a name; "" where it has nothing."""
    return values.get(name, "")


@register.filter
def per_cent(share: float) -> str:
    return f"{share:.0%}"


@register.filter
def unlocalized(value: object) -> str:
    """A number as attributes want it, with a point."""
    return str(value)


@register.filter
def points(share: float) -> str:
    """A difference of shares in points of per cent, with its sign: “+12”, “−3”."""
    return f"{share * 100:+.0f}".replace("-", "−")
