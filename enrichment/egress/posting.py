"""One POST to an address that somebody who uses the product named: a webhook.

It goes to a public host over https, or to an origin that the operator allows by name; to no other address whatever the
name resolves to when the connection is made. Redirects are not followed, and of the answer only the beginning is read.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from enrichment.egress.client import Egress, explained
from enrichment.egress.errors import BadUrl
from enrichment.egress.urls import check, origin_of

LONGEST_URL = 2000


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where to POST. `inside`: the operator allows this very origin, so its address is not looked at."""

    url: httpx.URL
    inside: bool

    @property
    def host(self) -> str:
        return self.url.host

    @classmethod
    def of(cls, text: str, *, allowed: Collection[str] = ()) -> "Receiver":
        """The receiver at that URL. `allowed`: origins, say `http://127.0.0.1:9000`.

        Raises `BadUrl` or `AddressRefused`, whose words say what is wrong with it.
        """
        if len(text) > LONGEST_URL:
            raise BadUrl(f"a URL may have at most {LONGEST_URL} characters")
        try:
            url = httpx.URL(text).copy_with(fragment=None)
            host = url.host
        except (httpx.InvalidURL, ValueError) as error:
            raise BadUrl("not a URL") from error
        if not url.userinfo and origin_of(url) in allowed:
            return cls(url, inside=True)
        if url.scheme != "https":
            raise BadUrl("give an address that begins with https://", host=host)
        check(url)
        return cls(url, inside=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a receiver answered. `beginning`: the first bytes of the body, as they came."""

    status: int
    headers: dict[str, str]
    beginning: bytes


async def post_once(
    egress: Egress, to: Receiver, *, content: bytes, headers: Mapping[str, str], deadline: float, most: int
) -> Reply:
    """POST `content` and read at most `most` bytes of the answer, all within `deadline` seconds. Raises `EgressError`.

    Header names of the reply are lower case.
    """
    sent = False

    async def trace(event: str, _facts: Mapping[str, Any]) -> None:
        nonlocal sent
        sent = sent or event == "http11.send_request_headers.started"

    with explained(to.host, deadline, sent=lambda: sent):
        async with asyncio.timeout(deadline):
            request = egress.request(
                "POST",
                to.url,
                inside=to.inside,
                content=content,
                headers={"Accept-Encoding": "identity", **headers},
                extensions={"trace": trace},
            )
            status, found, beginning = await egress.beginning(request, most)
    return Reply(status, {name.lower(): value for name, value in found.items()}, beginning)
