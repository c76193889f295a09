"""How Apollo is talked to: a key in `x-api-key`; parameters in the query, of a POST too.

401 is plain text. 403 has two bodies, a key without the scope and a plan without the call, and neither mends itself.
What an account without credits is answered is not documented; a 422 that speaks of credits is taken for it.
"""

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import KeyRejected, QuotaExhausted, SourceError
from enrichment.sources.exchange import error_of

BASE = "https://api.apollo.io/api/v1"
WHO = "Apollo.io"
PUBLISHER = "Apollo.io"


def authorization(http: ProviderClient) -> dict[str, str]:
    return {"x-api-key": http.credentials.get("api_key", ""), "Cache-Control": "no-cache"}


def refusal(response: Response, *, buys: bool = False) -> SourceError:
    """What an answer outside 2xx means. `buys`: the request would have been charged."""
    if response.status == 403:
        return KeyRejected(f"{WHO}: the key's scope or the plan does not include this call")
    if response.status == 422 and b"credit" in response.body[:2_000].lower():
        return QuotaExhausted(f"{WHO}: no credits are left")
    return error_of(response, who=WHO, buys=buys)
