"""Bright Data's search of stored LinkedIn records: `POST /datasets/search/{dataset}`, answered at once."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from enrichment.sandbox import brightdata_companies, brightdata_people, keys
from enrichment.sandbox.brightdata_filters import complaints_about
from enrichment.sandbox.messages import NOTHING, Moment, Reply, Request, json_reply, text_reply

MOST = 1000  # records of one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable:
    """A data set that can be searched. `found`: the records that a filter takes."""

    kind: str
    price: Decimal  # USD per search that finds something
    found: Callable[[dict[str, Any], Moment], list[dict[str, Any]]]


SEARCHABLE = {
    brightdata_people.PEOPLE: Searchable(
        kind="brightdata_people_db", price=Decimal("0.25"), found=brightdata_people.found
    ),
    brightdata_companies.PAGES: Searchable(
        kind="brightdata_firmographics", price=Decimal("0.15"), found=brightdata_companies.found
    ),
}


def search(dataset: str, request: Request, moment: Moment) -> Reply:
    """The records that the filter takes; 400 in the provider's words where there is none to apply."""
    searchable = SEARCHABLE.get(dataset)
    if searchable is None:
        return text_reply("Dataset not found", 404, takes=0.3)
    if request.bearer == keys.RUN_OUT:
        return text_reply("Not enough balance", 402, takes=0.3)
    content = request.json()
    given = content if isinstance(content, dict) else {}
    wrong = complaints_about(given.get("filter"))
    if wrong:
        return json_reply({"validation_errors": wrong}, 400, takes=0.3)
    found, size = searchable.found(given["filter"], moment), given.get("size")
    hits = found[: size if isinstance(size, int) and 0 < size <= MOST else MOST]
    reply = {"hits": hits, "total_hits": len(found), "took": 142}
    return json_reply(reply, charged=searchable.price if hits else NOTHING, takes=1.2)
