"""What a company's web sites are built with, first and last seen: BuiltWith's Domain API, a credit each lookup.

`GET /v22/api.json?LOOKUP=…`; errors come as 200 with `Errors[]`, and the envelope is not guaranteed. Moments are epoch
milliseconds. There is no flag for what is live: it is what was seen within 90 days of the last visit. A technology
repeats over the paths of a site and is merged by its name. Names, addresses and sizes are not asked for (`NOPII`,
`NOMETA`, `NOATTR`). Uncertain: which tags a page's own marks bear, and whether a lookup without a result is charged; it
is booked. The version of the API may be given beside the key, as `version`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Extraction,
    KeyRejected,
    Observation,
    QuotaExhausted,
    Refused,
    Reply,
    SourceError,
    Throttled,
    Unavailable,
    register,
)
from enrichment.sources.dates import day
from enrichment.sources.exchange import answered, error_of, retry_after
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Texts, each, object_in
from enrichment.sources.sheet import Row, Sheet
from enrichment.sources.usage import TECHNOLOGY, technology_rows
from enrichment.technologies import by_name

BASE = "https://api.builtwith.com"
WHO = "BuiltWith"
VERSION = "v22"
LIVE_FOR = timedelta(days=90)  # between the last sight of a technology and the last visit
MOST_TECHNOLOGIES = 300

# How a page is written, which is nobody's product: unless a category or our own rules say otherwise, it is left out.
MARKS_OF_PAGES = frozenset({"docinfo", "encoding", "mobile", "javascript", "css", "language", "robots", "ssl"})

LEFT_OUT = {
    "Results[].Attributes": "not asked for: rankings and counts of tags tell nothing that a seller asks",
    "Results[].Meta": "not asked for: who the company is, others tell better, and names of people are not wanted",
    "Results[].FirstIndexed": "when BuiltWith met the site",
    "Results[].SalesRevenue": "an estimate without a documented unit",
    "Results[].Result.IsDB": "whether BuiltWith had the site on file",
    "Results[].Result.Spend": "an estimate without a documented unit",
    "Results[].Result.SpendHistory": "the same over time",
    "Results[].Result.Paths[].Domain": "the technologies of all paths are the company's",
    "Results[].Result.Paths[].FirstIndexed": "each technology has its own moments",
    "Results[].Result.Paths[].LastIndexed": "each technology has its own moments",
    "Results[].Result.Paths[].SubDomain": "the technologies of all paths are the company's",
    "Results[].Result.Paths[].Url": "the technologies of all paths are the company's",
    "Results[].Result.Paths[].Technologies[].Description": "says what the technology is, not what the company does",
    "Results[].Result.Paths[].Technologies[].IsPremium": "says what the technology costs, not what the company pays",
    "Results[].Result.Paths[].Technologies[].Link": "leads to the technology's maker",
    "Results[].Result.Paths[].Technologies[].Parent": "the parent is listed too",
}


class Envelope(Lenient):
    Results: Objects = []
    Errors: Objects = []


class Error(Lenient):
    Code: Number = None


class Technology(Lenient):
    Name: Text = ""
    Tag: Text = ""
    Categories: Texts = []
    FirstDetected: Number = None
    LastDetected: Number = None

    @property
    def is_mark_of_a_page(self) -> bool:
        tag = self.Tag.lower()
        is_mark = tag in MARKS_OF_PAGES or tag.startswith("seo_")
        return is_mark and not self.Categories and by_name(self.Name) is None


class Path(Lenient):
    Technologies: Objects = []


class Site(Lenient):
    Paths: Objects = []


class Result(Lenient):
    Lookup: Text = ""
    Result: Object = {}
    LastIndexed: Number = None


@dataclass(frozen=True, slots=True)
class Use:
    """One technology over all paths of a site."""

    name: str
    category: str
    first: datetime | None
    last: datetime | None


@register
class BuiltWithTechnographics:
    """Technologies that were live at the last visit, each with the days on which it was first and last seen."""

    slug: ClassVar[str] = "builtwith_technographics"
    provider: ClassVar[str] = "builtwith"
    gives: ClassVar[frozenset[str]] = TECHNOLOGY

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The lookup's bytes. Raises `SourceError`, in doubt where a credit may have been taken."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        given = http.credentials.get("version", "")
        version = given if re.fullmatch(r"v\d{1,3}", given) else VERSION
        params = {"LOOKUP": company.domain, "NOPII": "yes", "NOMETA": "yes", "NOATTR": "yes"}
        return await asked(http, f"/{version}/api.json", params, buys=True)

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What is in use; results on other domains are dropped."""
        results = list(each(Result, Envelope.model_validate(object_in(reply.body, who=WHO)).Results))
        own = [found for found in results if not found.Lookup or registrable(found.Lookup) == company.domain]
        seen = [seen for found in own[:1] for seen in _observed(found, reply.fetched_at)]
        return Extraction(observations=tuple(seen), records=len(own[:1]), dropped=len(results) - len(own))


async def asked(http: ProviderClient, path: str, params: dict[str, str], *, buys: bool = False) -> bytes:
    """The bytes of an answer that is no error. Raises `SourceError`."""
    headers = {"Authorization": f"API {http.credentials.get('api_key', '')}"}
    response = await answered(http.get(f"{BASE}{path}", params=params, headers=headers), buys=buys)
    if not 200 <= response.status < 300:
        raise _refusal(response, buys=buys)
    content = object_in(response.body, who=WHO)
    errors = list(each(Error, Envelope.model_validate(content).Errors))
    if errors:
        raise _told(int(errors[0].Code or 0))
    if buys and "Results" not in content:
        raise BadReply(f"{WHO} answered JSON that is no result of a lookup")
    return response.body


def _refusal(response: Response, *, buys: bool) -> SourceError:
    """What a status means; a 429 says in its body how long to wait."""
    if response.status != 429:
        return error_of(response, who=WHO, buys=buys)
    try:
        said = Limit.model_validate(object_in(response.body, who=WHO)).retryAfterSeconds
    except BadReply:
        said = None
    return Throttled(f"{WHO} answered HTTP 429: too many requests", retry_after=retry_after(response) or said)


class Limit(Lenient):
    retryAfterSeconds: Number = None


def _told(code: int) -> SourceError:
    """What an error within a 200 means."""
    match code:
        case -2:
            return KeyRejected(f"{WHO} does not accept the key: it must be a GUID of theirs")
        case -3 | -5:
            return QuotaExhausted(f"{WHO}: no credits are left, or the plan's maximum is reached")
        case -7:
            return Throttled(f"{WHO} does one lookup at a time", retry_after=1.0)
        case -6 | -99:
            return Unavailable(f"{WHO} could not do the lookup (error {code})")
    return Refused(f"{WHO} does not look this up (error {code})")


def _observed(found: Result, fetched_at: datetime) -> Iterator[Observation]:
    """The technologies that were live, each observed when it was last seen."""
    uses = list(_uses(found, fetched_at))[:MOST_TECHNOLOGIES]
    visited = _at(found.LastIndexed, fetched_at) or max((use.last for use in uses if use.last), default=None)
    live = [use for use in uses if use.last is None or visited is None or visited - use.last <= LIVE_FOR]
    rows = [(row, use.last) for use in live for row in _rows(use)]
    sheet = Sheet(title=f"{found.Lookup} at BuiltWith", url=_page(found.Lookup), publisher=WHO)
    for seen, (_, last) in zip(sheet.page(row for row, _ in rows), rows, strict=True):
        yield replace(seen, observed_at=last)


def _page(domain: str) -> str:
    """BuiltWith's public page on the domain."""
    return f"https://builtwith.com/{registrable(domain)}" if registrable(domain) else ""


def _uses(found: Result, fetched_at: datetime) -> Iterator[Use]:
    paths = each(Path, Site.model_validate(found.Result).Paths)
    by: dict[str, list[Technology]] = {}
    for technology in (item for path in paths for item in each(Technology, path.Technologies)):
        if technology.Name and not technology.is_mark_of_a_page:
            by.setdefault(technology.Name, []).append(technology)
    for name, items in by.items():
        category = next((item.Categories[0] for item in items if item.Categories), items[0].Tag)
        first = _moments((item.FirstDetected for item in items), fetched_at)
        last = _moments((item.LastDetected for item in items), fetched_at)
        yield Use(name, category, min(first, default=None), max(last, default=None))


def _rows(use: Use) -> Iterator[Row]:
    """What the use means; the days go into the line and, of the stack, into the record."""
    days: dict[str, Any] = {"first_seen": day(use.first), "last_seen": day(use.last)}
    known = {name: date for name, date in days.items() if date}
    said = "".join(f", {name.replace('_', ' ')} {date}" for name, date in known.items())
    for dataset, line, value in technology_rows(use.name, use.category):
        yield dataset, f"Uses {line}{said}", value | known if dataset == "tech_stack" else value


def _moments(found: Iterable[float | None], fetched_at: datetime) -> list[datetime]:
    return [at for milliseconds in found if (at := _at(milliseconds, fetched_at))]


def _at(milliseconds: float | None, fetched_at: datetime) -> datetime | None:
    """The moment, at the latest now; None where there is none, 0 included, or one before the web."""
    if milliseconds is None or not 0 < milliseconds < 1e14:
        return None
    at = min(datetime.fromtimestamp(milliseconds / 1000, UTC), fetched_at)
    return at if at.year >= 1991 else None
