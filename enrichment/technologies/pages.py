"""The technologies that a web page gives away. Pure."""

import re
from collections.abc import Iterator

from enrichment.technologies.model import Page, Technology
from enrichment.technologies.rules import by_name, rules

LONGEST_PAGE = 500_000  # characters of markup, and of addresses, that are searched


def in_page(page: Page) -> tuple[Technology, ...]:
    """The technologies that a page's scripts, headers, cookies and markup give away, implied ones last."""
    direct = list(dict.fromkeys(_matches(page)))
    implied = (by_name(name) for technology in direct for name in technology.implies)
    return tuple(dict.fromkeys([*direct, *(technology for technology in implied if technology)]))


def _matches(page: Page) -> Iterator[Technology]:
    known = rules()
    addresses = "\n".join(page.scripts)[:LONGEST_PAGE].lower()  # one text, searched once for each fragment
    html = page.html[:LONGEST_PAGE]
    yield from (technology for fragment, technology in known.scripts if fragment in addresses)
    yield from (technology for fragment, technology in known.html if fragment in html)
    yield from (
        technology
        for name, fragment, technology in known.headers
        if name in page.headers and fragment in page.headers[name].lower()
    )
    cookies = list(_cookies(page.headers.get("set-cookie", "")))
    yield from (technology for start, technology in known.cookies if any(name.startswith(start) for name in cookies))
    yield from (technology for name, part, technology in known.metas if part in page.metas.get(name, "").lower())


def _cookies(header: str) -> Iterator[str]:
    """Lower-case names of the cookies of one or more joined `Set-Cookie` headers."""
    for match in re.finditer(r"(?:^|,)\s*([^\s=;,]{1,100})=", header[:20_000]):
        yield match[1].lower()
