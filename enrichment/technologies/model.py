"""What a technology is, and what of a page can be searched for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GROUPS = frozenset({"frontend", "backend", "infrastructure", "analytics", "collaboration", "security"})
CHAT_GROUPS = frozenset(
    {"cloud", "cdn", "analytics", "languages", "frameworks", "databases", "crm", "marketing", "communication", "other"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """A technology. `vendor` sells it ("" for free software); `integrates`: others must work with it.

    `implies` names everything that certainly runs beneath it, at any depth: WooCommerce implies WordPress and PHP.
    """

    name: str
    group: str  # one of `GROUPS`: a brief's six
    chat_group: str  # one of `CHAT_GROUPS`: what the conversation calls it
    category: str
    vendor: str = ""
    integrates: bool = False
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is visible of a web page. Header names are lower case."""

    html: str = ""
    scripts: tuple[str, ...] = ()  # addresses of scripts, style sheets and frames
    metas: Mapping[str, str] = field(default_factory=dict)  # name → content, lower-case names
    headers: Mapping[str, str] = field(default_factory=dict)
