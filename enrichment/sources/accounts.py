"""What a provider says of our account there: one cheap exchange, free of charge, that shows whether the key is good.

SerpApi      GET /account.json: searches left. It echoes the key and the owner's e-mail address; neither is read.
Snov         GET /v1/get-balance: credits left, a decimal in a string.
Apollo       POST /usage_stats/credit_usage_stats: credits left. A key without that scope asks /users/api_profile, which
             says only that the key is good.
BuiltWith    GET /usagev2/api.json: credits left.
Crunchbase   GET …/autocompletes for one name. It has no account to ask for, and calls are not counted.
Bright Data  GET /datasets/v3/snapshots: the list of collections. No balance is documented.
Google       GET /v1/entities:search for one entity by its id. No count of what is left of the day is documented.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from enrichment.egress import ProviderClient, Response
from enrichment.sources import (
    apollo,
    brightdata_collections,
    builtwith_technographics,
    crunchbase_organization,
    google_knowledge_graph,
    snov,
)
from enrichment.sources.base import BadReply
from enrichment.sources.brightdata_crunchbase import CRUNCHBASE
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.reading import Lenient, Object, Text, object_in
from enrichment.sources.serpapi import ACCOUNT

MOST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Account:
    """What is left to spend, in the provider's own unit; None where it does not say."""

    left: Decimal | None = None
    unit: str = ""


Ask = Callable[[ProviderClient], Awaitable[Account]]
ACCOUNTS: dict[str, Ask] = {}


def account_of(provider: str) -> Callable[[Ask], Ask]:
    """Function decorator: it asks for the account at that provider. It raises `SourceError`."""

    def add(ask: Ask) -> Ask:
        ACCOUNTS[provider] = ask
        return ask

    return add


class Searches(Lenient):
    total_searches_left: Text = ""


class Balance(Lenient):
    data: Object = {}


class Credits(Lenient):
    balance: Text = ""


@account_of("serpapi")
async def serpapi(http: ProviderClient) -> Account:
    key = http.credentials.get("api_key", "")
    response = _good(await answered(http.get(ACCOUNT, params={"api_key": key})), who="SerpApi")
    said = Searches.model_validate(object_in(response.body, who="SerpApi"))
    return Account(_amount(said.total_searches_left, who="SerpApi"), "searches")


@account_of("snov")
async def snov_credits(http: ProviderClient) -> Account:
    response = _good(await snov.authorized(http, "GET", f"{snov.BASE}/v1/get-balance"), who=snov.WHO)
    said = Balance.model_validate(object_in(response.body, who=snov.WHO))
    return Account(_amount(Credits.model_validate(said.data).balance, who=snov.WHO), "credits")


@account_of("brightdata")
async def bright_data(http: ProviderClient) -> Account:
    await brightdata_collections.collections(http, CRUNCHBASE)
    return Account()


@account_of("google")
async def google(http: ProviderClient) -> Account:
    await google_knowledge_graph.searched(http, [("ids", "/m/045c7b"), ("limit", "1")])  # Google itself
    return Account()


class LeadCredit(Lenient):
    left_over: Text = ""


class CreditStats(Lenient):
    lead_credit: Object = {}


class ApolloCredits(Lenient):
    credit_usage_stats: Object = {}

    @property
    def left(self) -> str:
        stats = CreditStats.model_validate(self.credit_usage_stats)
        return LeadCredit.model_validate(stats.lead_credit).left_over


@account_of("apollo")
async def apollo_credits(http: ProviderClient) -> Account:
    headers = apollo.authorization(http)
    response = await answered(http.post(f"{apollo.BASE}/usage_stats/credit_usage_stats", headers=headers))
    if response.status == 403:  # a key may buy without being allowed to see the balance
        response = await answered(http.get(f"{apollo.BASE}/users/api_profile", headers=headers))
        _good(response, who=apollo.WHO)
        return Account()
    said = ApolloCredits.model_validate(object_in(_good(response, who=apollo.WHO).body, who=apollo.WHO))
    return Account(_amount(said.left, who=apollo.WHO), "credits")


class Usage(Lenient):
    remaining: Text = ""


@account_of("builtwith")
async def builtwith_credits(http: ProviderClient) -> Account:
    body = await builtwith_technographics.asked(http, "/usagev2/api.json", {})
    said = Usage.model_validate(object_in(body, who=builtwith_technographics.WHO))
    return Account(_amount(said.remaining, who=builtwith_technographics.WHO), "credits")


@account_of("crunchbase")
async def crunchbase(http: ProviderClient) -> Account:
    await crunchbase_organization.reached(http)
    return Account()


def _good(response: Response, *, who: str) -> Response:
    if not 200 <= response.status < 300:
        raise error_of(response, who=who)
    return response


def _amount(said: str, *, who: str) -> Decimal:
    """The number in what the provider wrote. Raises `BadReply`."""
    try:
        amount = Decimal(said)
    except InvalidOperation as error:
        raise BadReply(f"{who} does not say what is left of the account") from error
    if not amount.is_finite() or abs(amount) > MOST:
        raise BadReply(f"{who} says that an impossible sum is left of the account")
    return amount
