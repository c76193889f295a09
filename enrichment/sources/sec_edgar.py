"""What a company listed in the United States files with the SEC: who it is, its events, and two figures of its report.

No key: `GET https://www.sec.gov/files/company_tickers.json` (name → CIK), `https://data.sec.gov/submissions/CIK….json`,
two XBRL concepts and the newest telling 8-K documents. The reply is our own bundle, JSON `{"listed", "similar",
"submissions", "concepts", "documents"}`. The SEC wants a User-Agent with a contact and at most ten requests a second in
all; whoever has none gets 403 and a page.

Uncertain in the wire format, so read tolerantly: the shape of XBRL concepts, whether an unknown CIK is 404, and what
the items of an 8-K are for. `website` is nearly always empty, so a company is known by its name alone.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Extraction,
    KeyRejected,
    Reply,
    SourceError,
    Throttled,
    register,
)
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.naming import registrable
from enrichment.sources.reading import Lenient, Number, Object, Objects, object_in
from enrichment.sources.sec_filings import Registrant, filings_of, headlines, telling
from enrichment.sources.sec_names import Listed, listing_of
from enrichment.sources.sec_record import profile

WHO = "SEC EDGAR"
TICKERS = "https://www.sec.gov/files/company_tickers.json"
SUBMISSIONS = "https://data.sec.gov/submissions/CIK{cik:010d}.json"
CONCEPT = "https://data.sec.gov/api/xbrl/companyconcept/CIK{cik:010d}/{concept}.json"
CONCEPTS = {
    "employees": ("dei/EntityNumberOfEmployees",),
    "revenue": ("us-gaap/RevenueFromContractWithCustomerExcludingAssessedTax", "us-gaap/Revenues"),
}
MOST_DOCUMENTS = 3
LONGEST_DOCUMENT = 300_000  # characters of an 8-K that are kept
BANNED_FOR = 600.0  # seconds that an address over the limit must stay quiet


class Bundle(Lenient):
    """The reply of all exchanges; `similar` companies were listed under nearly this name."""

    similar: Number = None
    submissions: Object = {}
    concepts: Object = {}
    documents: Objects = []


@register
class SecEdgar:
    """Filings of the last year as news, and what the register says of the company itself."""

    slug: ClassVar[str] = "sec_edgar"
    provider: ClassVar[str] = "sec"
    gives: ClassVar[frozenset[str]] = frozenset(
        {
            "company_name",
            "industry",
            "employee_count",
            "headquarters",
            "recent_activities",
            "recent_news",
            "growth_signals",
            "buying_signals",
            "business_challenges",
            "budget_indicators",
        }
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle, without submissions where the company is not listed. Raises `SourceError`."""
        tickers = await _body(http, TICKERS)
        listed = await asyncio.to_thread(_listing, company, tickers)  # ten thousand names take a quarter of a second
        if listed.cik is None:
            return _bundle(listed)
        submissions = object_in(await _body(http, SUBMISSIONS.format(cik=listed.cik)), who=WHO)
        if "filings" not in submissions:
            raise BadReply(f"{WHO} answered JSON without filings")
        concepts = {name: await _concept(http, listed.cik, paths) for name, paths in CONCEPTS.items()}
        return _bundle(listed, submissions, concepts, await _documents(http, submissions))

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The register's entry and the filings as observations; an entry with another web site is another company's."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        registrant = Registrant.model_validate(bundle.submissions)
        similar = min(int(bundle.similar or 0), 1_000)
        if not registrant.name or _is_elsewhere(registrant, company):
            return Extraction(dropped=similar + bool(registrant.name))
        filings = filings_of(registrant, bundle.documents, fetched_at=reply.fetched_at)
        observations = [
            *profile(registrant, bundle.concepts, fetched_at=reply.fetched_at),
            *headlines(company.name, filings, under=self.gives),  # the register writes "OKTA, INC."
        ]
        return Extraction(observations=tuple(observations), records=len(filings), dropped=similar, name=registrant.name)


def _listing(company: CompanyRef, tickers: bytes) -> Listed:
    return listing_of(company, object_in(tickers, who=WHO))


def _bundle(
    listed: Listed,
    submissions: Mapping[str, Any] | None = None,
    concepts: Mapping[str, Any] | None = None,
    documents: Sequence[Mapping[str, str]] = (),
) -> bytes:
    said = {"listed": listed.name, "similar": listed.similar, "submissions": submissions or {}}
    return json.dumps(said | {"concepts": concepts or {}, "documents": list(documents)}).encode()


def _is_elsewhere(registrant: Registrant, company: CompanyRef) -> bool:
    home = registrable(registrant.website)
    return home is not None and company.domain is not None and home != company.domain


async def _body(http: ProviderClient, url: str) -> bytes:
    response = await answered(http.get(url))
    if response.status != 200:
        raise _refusal(response)
    return response.body


def _refusal(response: Response) -> SourceError:
    if response.status == 403 and b"rate" in response.body.lower() and b"threshold" in response.body.lower():
        return Throttled(f"{WHO} limits our address", retry_after=BANNED_FOR)
    if response.status == 403:
        return KeyRejected(f"{WHO} does not accept our User-Agent: set SALESINTEL_CONTACT to an address of yours")
    return error_of(response, who=WHO)


async def _concept(http: ProviderClient, cik: int, concepts: tuple[str, ...]) -> dict[str, Any]:
    """The first concept that the company reports; empty where it reports none. What fails here is done without."""
    for concept in concepts:
        try:
            return object_in(await _body(http, CONCEPT.format(cik=cik, concept=concept)), who=WHO)
        except Throttled:
            raise
        except SourceError:
            continue
    return {}


async def _documents(http: ProviderClient, submissions: dict[str, Any]) -> list[dict[str, str]]:
    """The newest 8-K documents that tell most. One that cannot be had is left out."""
    urls = await asyncio.to_thread(telling, submissions, MOST_DOCUMENTS)
    found = []
    for url in urls:
        try:
            body = await _body(http, url)
        except Throttled:
            raise
        except SourceError:
            continue
        found.append({"url": url, "html": body.decode("utf-8", "replace")[:LONGEST_DOCUMENT]})
    return found
