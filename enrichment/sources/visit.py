"""A visit to a company's own site: robots.txt, the home page, and at most seven pages that it leads to."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from enrichment.egress import ConnectFailed, ProviderClient, Response
from enrichment.sources.base import Refused, SourceError, Throttled, Unavailable
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.markup import LONGEST, absolute, view_of
from enrichment.sources.naming import registrable
from enrichment.sources.robots import ALL_ALLOWED, NOTHING_ALLOWED, Robots, robots_from

WHO = "The company's site"
MOST_PAGES = 8
SPARE = 0.5  # seconds of the deadline that are left for writing the answer down

# What pages are for, by path or by the words of the link; the second is where such a page usually is.
_KINDS = {
    "about": (re.compile(r"about|company|who[- ]we[- ]are|our[- ]story", re.IGNORECASE), "/about"),
    "careers": (re.compile(r"careers?|jobs|join[- ]us|open[- ](?:positions|roles)|hiring", re.IGNORECASE), "/careers"),
    "news": (re.compile(r"news(?:room)?|press(?:room)?|media|announcements", re.IGNORECASE), "/news"),
    "products": (re.compile(r"products?|platform|solutions?|services", re.IGNORECASE), "/products"),
    "pricing": (re.compile(r"pricing|plans", re.IGNORECASE), ""),
    "customers": (re.compile(r"customers|clients|case[- ]studies|success[- ]stories", re.IGNORECASE), ""),
    "integrations": (re.compile(r"integrations?|connectors|app[- ](?:directory|marketplace)", re.IGNORECASE), ""),
    "blog": (re.compile(r"blog", re.IGNORECASE), ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedPage:
    """A page as it came. Header names are lower case; `html` is cut at 500,000 characters."""

    kind: str  # home, or one of `_KINDS`
    url: str
    status: int
    headers: dict[str, str]
    html: str


@dataclass(slots=True)
class Visit:
    """One visit, within the client's deadline as a whole."""

    http: ProviderClient
    ends: float
    robots: dict[str, Robots] = field(default_factory=dict)

    @classmethod
    def begin(cls, http: ProviderClient) -> "Visit":
        return cls(http, asyncio.get_running_loop().time() + http.deadline - SPARE)

    async def home(self, domain: str) -> VisitedPage | None:
        """The home page, of `www.` where the domain itself does not answer; None where there is nothing to read.

        Raises `SourceError` where the site cannot be reached or is out of order.
        """
        try:
            async with asyncio.timeout_at(self.ends):
                try:
                    return await self._home(domain)
                except Unavailable as error:
                    if not isinstance(error.__cause__, ConnectFailed):
                        raise
                    return await self._home(f"www.{domain}")
        except TimeoutError as error:
            raise Unavailable(f"{WHO} did not answer within {self.http.deadline:g} s") from error

    async def _home(self, host: str) -> VisitedPage | None:
        url = f"https://{host}/"
        if not await self._allows(url):
            return None
        response = await answered(self.http.get(url, headers=_ACCEPT))
        if response.status in {408, 429} or response.status >= 500:
            raise error_of(response, who=WHO)
        page = _page("home", response)
        if page is None or registrable(page.url) is None or not await self._allows(page.url):
            return None
        return page

    async def allowed(self, urls: Iterable[str]) -> list[str]:
        """Those of the addresses that robots.txt allows. Raises `SourceError` where that cannot be told."""
        return [url for url in urls if await self._allows(url)]

    async def further(self, home: VisitedPage) -> list[VisitedPage]:
        """Pages that the home page leads to, in the order of `_KINDS`, without what is late, missing or forbidden."""
        wanted = await asyncio.to_thread(wanted_pages, home)  # a hostile page takes a second to read
        delay = self.robots.get(urlsplit(home.url).netloc, ALL_ALLOWED).delay
        found: list[VisitedPage] = []
        try:
            async with asyncio.timeout_at(self.ends):
                await (self._in_turn(wanted, found, delay) if delay else self._at_once(wanted, found))
        except TimeoutError:
            pass  # what came until then is the answer
        order = list(_KINDS)
        return sorted(found, key=lambda page: order.index(page.kind))

    async def of_kind(self, kind: str, home: VisitedPage) -> VisitedPage | None:
        """The one page of this kind that the home page leads to; None where it is late, missing or forbidden."""
        wanted = dict(await asyncio.to_thread(wanted_pages, home))
        found: list[VisitedPage] = []
        if kind in wanted:
            try:
                async with asyncio.timeout_at(self.ends):
                    await asyncio.sleep(self.robots.get(urlsplit(home.url).netloc, ALL_ALLOWED).delay or 0.0)
                    await self._one(kind, wanted[kind], found)
            except TimeoutError:
                return None
        return found[0] if found else None

    async def _in_turn(self, wanted: Iterable[tuple[str, str]], found: list[VisitedPage], delay: float) -> None:
        for kind, url in wanted:
            await asyncio.sleep(delay)
            await self._one(kind, url, found)

    async def _at_once(self, wanted: Iterable[tuple[str, str]], found: list[VisitedPage]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for kind, url in wanted:
                    group.create_task(self._one(kind, url, found))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from errors  # a permit that was refused, as the caller raised it

    async def _one(self, kind: str, url: str, found: list[VisitedPage]) -> None:
        try:
            if await self._allows(url):
                page = _page(kind, await answered(self.http.get(url, headers=_ACCEPT)))
                if page and await self._allows(page.url) and all(page.url != other.url for other in found):
                    found.append(page)
        except SourceError:
            return  # one page fewer

    async def _allows(self, url: str) -> bool:
        """Whether the robots.txt of the URL's host allows it. Raises `SourceError` where that cannot be told."""
        parts = urlsplit(url)
        if parts.netloc not in self.robots:
            self.robots[parts.netloc] = await self._robots(f"{parts.scheme}://{parts.netloc}/robots.txt")
        return self.robots[parts.netloc].allow(parts.path + (f"?{parts.query}" if parts.query else ""))

    async def _robots(self, url: str) -> Robots:
        """What the file says. No file: all is allowed; a file that is out of order: nothing may be asked now."""
        response = await answered(self.http.get(url))
        if response.status == 429:
            raise Throttled(f"{WHO} asks us to slow down")
        if response.status >= 500:
            raise error_of(response, who=WHO)
        if response.status >= 400:
            return ALL_ALLOWED if response.status not in {401, 403} else NOTHING_ALLOWED
        return robots_from(response.body[:LONGEST].decode("utf-8", "replace"), agent=self.http.product)


_ACCEPT = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en,*;q=0.5"}
_KEPT_HEADERS = re.compile(r"server|via|x-[a-z0-9-]+|cf-ray|link|set-cookie|content-language")


def _page(kind: str, response: Response) -> VisitedPage | None:
    """The answer as a page; None where it is none."""
    content_type = response.headers.get("content-type", "text/html").lower()
    if response.status != 200 or "html" not in content_type:
        return None
    charset = re.search(r"charset=[\"']?([\w-]{1,30})", content_type)
    return VisitedPage(
        kind=kind,
        url=response.url,
        status=response.status,
        headers={name: value[:1_000] for name, value in response.headers.items() if _KEPT_HEADERS.fullmatch(name)},
        html=_decoded(response.body, charset[1] if charset else "utf-8")[:LONGEST],
    )


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def wanted_pages(home: VisitedPage) -> list[tuple[str, str]]:
    """Kind and address of the further pages: those that the home page links to, else where they usually are."""
    links = [(url, words) for url, words in view_of(home.html, home.url).links if _same_site(url, home.url)]
    chosen: dict[str, str] = {}
    for kind, (pattern, usual) in _KINDS.items():
        matching = [url for url, words in links if _speaks(pattern, url, words) and url not in chosen.values()]
        if matching:
            chosen[kind] = min(matching, key=lambda url: (len(urlsplit(url).path), url))
        elif usual:
            chosen[kind] = absolute(home.url, usual)
    return [(kind, url) for kind, url in chosen.items() if url and url != home.url][: MOST_PAGES - 1]


def _speaks(pattern: re.Pattern[str], url: str, words: str) -> bool:
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return bool(pattern.fullmatch(last) or re.search(rf"\b(?:{pattern.pattern})\b", words, re.IGNORECASE))


def _same_site(url: str, home: str) -> bool:
    """Same host, `www.` aside: another host of the company may have other rules and another owner."""
    hosts = {(urlsplit(address).hostname or "").removeprefix("www.") for address in (url, home)}
    return len(hosts) == 1 and urlsplit(url).scheme in {"http", "https"}


def check_domain(domain: str | None) -> str:
    """The domain to visit. Raises `Refused` where there is none."""
    if not domain or registrable(domain) is None:
        raise Refused("No domain of the company is known")
    return domain.lower()
