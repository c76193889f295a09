"""A search of Bright Data's stored LinkedIn records: `POST /datasets/search/{dataset}`, answered at once.

`{"hits": [...], "total_hits": n}`; charged by the record that is returned, nothing for none. The provider calls it
alpha, and takes it for three data sets alone. Whether a name is compared exactly is not documented, so whose record it
is is decided when it is read.
"""

from typing import Any

from enrichment.egress import ProviderClient
from enrichment.sources.base import BadReply, CompanyRef
from enrichment.sources.brightdata import BASE, WHO, authorization, refusal
from enrichment.sources.exchange import answered
from enrichment.sources.reading import Lenient, Objects, object_in

MOST_NAMES = 5  # of the company, that are asked for

Filter = dict[str, Any]


class Hits(Lenient):
    hits: Objects = []


async def searched(http: ProviderClient, dataset: str, *, filters: list[Filter], most: int) -> bytes:
    """The search's answer as it came: records that one of the filters takes. Raises `SourceError`.

    In doubt where records may have been charged.
    """
    one = filters[0] if len(filters) == 1 else {"operator": "or", "filters": filters}
    exchange = http.post(f"{BASE}/search/{dataset}", json={"filter": one, "size": most}, headers=authorization(http))
    response = await answered(exchange, buys=True)
    if not 200 <= response.status < 300:
        raise refusal(response, buys=True)
    if "hits" not in object_in(response.body, who=WHO):
        raise BadReply(f"{WHO} answered JSON that is no result of a search")
    return response.body


def hits_in(body: bytes) -> list[dict[str, Any]]:
    """The records of a stored answer. Raises `BadReply`."""
    return Hits.model_validate(object_in(body, who=WHO)).hits


def named(company: CompanyRef, field: str) -> list[Filter]:
    """Filters for records that name the company in that field, one for each of its names."""
    names = [company.name, *company.aliases][:MOST_NAMES]
    return [{"name": field, "operator": "=", "value": name} for name in names]


def holds(field: str, text: str) -> Filter:
    """A filter for records whose field holds the text."""
    return {"name": field, "operator": "includes", "value": text}
