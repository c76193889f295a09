"""How Snov is talked to: a token of an hour (`POST /v1/oauth/access_token`), renewed once where it is refused."""

import hashlib
import json
import re
import time

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import BadReply, KeyRejected
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.reading import Lenient, Number, Text, object_in

BASE = "https://api.snov.io"
WHO = "Snov"


class Token(Lenient):
    access_token: Text = ""
    expires_in: Number = None


async def authorized(
    http: ProviderClient, method: str, url: str, *, params: dict[str, str] | None = None, buys: bool = False
) -> Response:
    """The answer, asked with a token; a token that is refused is renewed once."""
    for fresh in (False, True):
        headers = {"Authorization": f"Bearer {await _token(http, fresh=fresh)}"}
        exchange = (
            http.post(url, params=params, headers=headers) if method == "POST" else http.get(url, headers=headers)
        )
        response = await answered(exchange, buys=buys)
        if response.status != 401:
            return response
    raise KeyRejected(f"{WHO} refuses a token that it has just given")


async def _token(http: ProviderClient, *, fresh: bool) -> str:
    """The token of these credentials, remembered until a minute before it expires."""
    key = "token " + hashlib.sha256(json.dumps(sorted(http.credentials.items())).encode()).hexdigest()
    seen = http.memory.get(key) if fresh else None
    async with http.lock:
        held = http.memory.get(key)
        if held and held != seen and held[1] > time.monotonic():
            return str(held[0])
        token, life = await _new_token(http)
        http.memory[key] = (token, time.monotonic() + life - 60)
        return token


async def _new_token(http: ProviderClient) -> tuple[str, float]:
    form = {
        "grant_type": "client_credentials",
        "client_id": http.credentials.get("client_id", ""),
        "client_secret": http.credentials.get("client_secret", ""),
    }
    response = await answered(http.post(f"{BASE}/v1/oauth/access_token", form=form))
    if response.status in {400, 401, 403}:
        raise KeyRejected(f"{WHO} does not accept the client's credentials")
    if not 200 <= response.status < 300:
        raise error_of(response, who=WHO)
    token = Token.model_validate(object_in(response.body, who=WHO))
    if not re.fullmatch(r"[\x21-\x7e]{1,4000}", token.access_token):
        raise BadReply(f"{WHO} answered without a token", paid=False)
    return token.access_token, token.expires_in or 3600.0
