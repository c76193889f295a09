"""How SerpApi is asked: one search a call, `GET https://serpapi.com/search.json?engine=…&q=…&api_key=…`.

An identical search within the hour is free there, so a query is always spelled alike. 200 is not success: an `error`
may come with it, and a search without hits is `Success` with an `error` text. 429 has two causes, which the account
tells apart. Failed searches are not charged.
"""

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import BadReply, QuotaExhausted, Refused, SourceError, Unavailable
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.reading import Lenient, Number, Object, Text, object_in

SEARCH = "https://serpapi.com/search.json"
ACCOUNT = "https://serpapi.com/account.json"
WHO = "SerpApi"
RUN_OUT = f"{WHO}: the account has no searches left"


class Envelope(Lenient):
    """What every answer to a search starts with."""

    error: Text = ""
    search_metadata: Object = {}
    search_information: Object = {}

    @property
    def status(self) -> str:
        return str(self.search_metadata.get("status", ""))

    @property
    def is_empty(self) -> bool:
        """Whether `error` only says that nothing was found."""
        states = [v for name, v in self.search_information.items() if str(name).endswith("_state")]
        return "hasn't returned any results" in self.error or "Fully empty" in states


class Account(Lenient):
    total_searches_left: Number = None


async def searched(http: ProviderClient, params: dict[str, str], *, brings: frozenset[str]) -> bytes:
    """The search's answer as it came. `brings`: the names under which results may stand. Raises `SourceError`."""
    response = await answered(http.get(SEARCH, params=params | {"api_key": _key(http)}), buys=True)
    if response.status == 429:
        raise await _limit(response, http)
    if not 200 <= response.status < 300:
        raise error_of(response, who=WHO, buys=True)
    _check(response.body, brings)
    return response.body


def phrase(name: str) -> str:
    """The name as a phrase of a query, always spelled alike."""
    return '"{}"'.format(" ".join(name.replace('"', " ").split()))


def _key(http: ProviderClient) -> str:
    return http.credentials.get("api_key", "")


def _check(body: bytes, brings: frozenset[str]) -> None:
    """Raise what a reply of status 200 means."""
    content = object_in(body, who=WHO)
    envelope = Envelope.model_validate(content)
    if envelope.status in {"Queued", "Processing"}:
        raise Unavailable(f"{WHO} has not finished the search", retry_after=2.0)
    if envelope.status == "Error":
        raise Unavailable(f"{WHO} could not run the search")
    if envelope.error and not envelope.is_empty:
        raise _told(envelope.error)
    if not envelope.error and not envelope.status and not brings & content.keys():
        raise BadReply(f"{WHO} answered JSON that is no search result")


def _told(error: str) -> SourceError:
    if "run out of searches" in error:
        return QuotaExhausted(RUN_OUT)
    return Refused(f"{WHO} did not run the search")


async def _limit(response: Response, http: ProviderClient) -> SourceError:
    """Which of its two causes a 429 has: searches used up, or too many within the hour. The account tells, free."""
    if b"run out of searches" in response.body:
        return QuotaExhausted(RUN_OUT)
    try:
        account = await answered(http.get(ACCOUNT, params={"api_key": _key(http)}))
        left = Account.model_validate(object_in(account.body, who=WHO)).total_searches_left
    except SourceError:
        left = None
    if left is not None and left <= 0:
        return QuotaExhausted(RUN_OUT)
    return error_of(response, who=WHO)
