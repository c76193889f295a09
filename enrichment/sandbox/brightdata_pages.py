"""Pages of companies' sites as Bright Data's Fetch API delivers them: every form of a page in one record."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from enrichment.sandbox.choices import days_before
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.sites import Sites

PAGES = "gd_m6gjtfmeh43we6cqc"
MOST_REDIRECTS = 5
_SITES = Sites()


def pages_found(given: dict[str, str], moment: Moment) -> list[dict[str, Any]]:
    """The page at an address, at the end of its redirects; none where no site answers with one."""
    url = given["url"]
    for _ in range(MOST_REDIRECTS):
        parts = urlsplit(url)
        reply = _SITES.answer(Request(method="GET", host=parts.netloc, path=parts.path or "/"), moment)
        if reply.status == 200:
            return [record(given, url, reply.body.decode(), moment)]
        url = dict(reply.headers).get("location", "")
        if reply.status not in {301, 302} or not url.startswith("https://"):
            break
    return []


def record(given: dict[str, str], url: str, html: str, moment: Moment) -> dict[str, Any]:
    """One page; it has no linked data where the page has none."""
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    linked = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
    content: dict[str, Any] = {
        "url": given["url"],
        "final_url": url,
        "page_title": unescape(title[1]) if title else None,
        "markdown": text,
        "html2text": text,
        "page_html": html,
        "country": None,
        "timestamp": days_before(moment.at, 0).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "input": given,
    }
    return content | ({"ld_json": linked} if linked else {})
