"""One client per event loop, one `ProviderClient` per call."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Protocol, Self

import httpcore
import httpx

from enrichment.egress.body import MAX_BYTES, Body, Garbled, Overflow
from enrichment.egress.errors import (
    ConnectFailed,
    DeadlineExceeded,
    Interrupted,
    Saturated,
    TooLarge,
    TooManyRedirects,
)
from enrichment.egress.har import Came, Har, Sent
from enrichment.egress.network import SLOTS, GuardedNetwork, Resolve, Transport, pool_over, resolved
from enrichment.egress.urls import LIVE, Base, check, real_url, same_origin

MAX_REDIRECTS = 3
PATIENCE = 60.0  # seconds that an exchange waits for its turn

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRETS = frozenset({"authorization", "cookie", "x-api-key", "x-cb-user-key"})

# Both write URLs to the log, and SerpApi's key is part of the URL.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Permits(Protocol):
    """What the caller allows; asked before every exchange. Raises an error of the caller's to refuse it."""

    async def exchange(self) -> None: ...


class EveryExchange:
    """Permits that refuse nothing."""

    async def exchange(self) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer, at most `MAX_BYTES` after decompression. `url` is where redirects ended, as a real URL.

    Header names are lower case; repeated headers are joined by ", ". `url` may hold a key: it is not for logs.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


@dataclass(slots=True, kw_only=True)
class ProviderClient:
    """HTTP for one call to one provider.

    `deadline` is the seconds that one exchange may take, redirects included, waiting for its turn excluded.
    `memory` and `lock` are shared by every client of the provider in this loop: a token is fetched once.
    """

    egress: "Egress"
    base: Base
    turns: asyncio.Semaphore
    lock: asyncio.Lock
    deadline: float
    permits: Permits = field(default_factory=EveryExchange)
    credentials: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    waited: float | None = None  # seconds for a turn and a permit before the first exchange; None before that

    @property
    def once(self) -> dict[str, str]:
        """Headers for the request that buys: the call's own key, where the provider answers the same key once."""
        return {"Idempotency-Key": self.key} if self.key else {}

    @property
    def product(self) -> str:
        """Our product token, as robots.txt files name us: the part of the user agent before the version."""
        return self.egress.user_agent.partition("/")[0].strip()

    async def get(self, url: str, *, params: Any = None, headers: dict[str, str] | None = None) -> Response:
        """The answer to a GET, whatever its status; redirects are followed. Raises `EgressError`."""
        return await self._ask("GET", url, params=params, headers=headers)

    async def post(
        self, url: str, *, params: Any = None, json: Any = None, form: Any = None, headers: dict[str, str] | None = None
    ) -> Response:
        """The answer to a POST, whatever its status. A redirect is returned, not followed. Raises `EgressError`."""
        return await self._ask("POST", url, params=params, json=json, form=form, headers=headers)

    async def _ask(
        self, method: str, url: str, *, params: Any, headers: dict[str, str] | None, **body: Any
    ) -> Response:
        asked = asyncio.get_running_loop().time()
        exchange = _Exchange(self, method, dict(headers or {}), body, asked=asked)
        async with self.egress.turn(self.turns):
            return await exchange.follow(real_url(url, params))


class Egress:
    """The HTTP client of one event loop: `async with Egress(user_agent=…) as egress`, then a client per call.

    `resolve` and `network` are how names become addresses and addresses connections; the system's own by default.
    `record` is where every exchange is written down, redirects each for itself.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        resolve: Resolve = resolved,
        network: httpcore.AsyncNetworkBackend | None = None,
        record: Har | None = None,
    ) -> None:
        network = network or httpcore.AnyIOBackend()
        self.user_agent = user_agent
        self.record = record
        self._http = httpx.AsyncClient(
            transport=Transport(guarded=pool_over(GuardedNetwork(resolve, network)), trusted=pool_over(network)),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=None,  # noqa: S113 - `asyncio.timeout` bounds the exchange as a whole
            trust_env=False,
        )
        self._slots = asyncio.Semaphore(SLOTS)
        self._turns: dict[tuple[str, int], asyncio.Semaphore] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    def client(
        self,
        *,
        provider: str,
        base_url: str = LIVE,
        trusted: bool = False,
        credentials: Mapping[str, str] | None = None,
        permits: Permits | None = None,
        deadline: float = 20.0,
        concurrency: int = 8,
        memory: dict[str, Any] | None = None,
    ) -> ProviderClient:
        """HTTP for one call to `provider`, at most `concurrency` exchanges of which run at once in this loop."""
        return ProviderClient(
            egress=self,
            base=Base.of(base_url, trusted=trusted),
            turns=self._turns.setdefault((provider, concurrency), asyncio.Semaphore(concurrency)),
            lock=self._locks.setdefault(provider, asyncio.Lock()),
            deadline=deadline,
            permits=permits or EveryExchange(),
            credentials=dict(credentials or {}),
            memory=memory if memory is not None else {},
        )

    @asynccontextmanager
    async def turn(self, turns: asyncio.Semaphore) -> AsyncIterator[None]:
        """One of the provider's turns and one of the loop's slots. Raises `Saturated`."""
        try:
            async with asyncio.timeout(PATIENCE):
                await turns.acquire()
                try:
                    await self._slots.acquire()
                except BaseException:
                    turns.release()
                    raise
        except TimeoutError as error:
            raise Saturated(f"no turn within {PATIENCE:g} s") from error
        try:
            yield
        finally:
            self._slots.release()
            turns.release()

    async def hop(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """One request and its complete body, decompressed within bounds."""
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            body = Body(response.headers.get("content-encoding", ""))
            async for chunk in response.aiter_raw():
                body.take(chunk)
            return response, body.whole()
        finally:
            await response.aclose()

    async def beginning(self, request: httpx.Request, most: int) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and the first `most` bytes of one answer, as they come; the rest is not read."""
        response = await self._http.send(request, stream=True, follow_redirects=False)
        try:
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= most:
                    break
            return response.status_code, response.headers, bytes(body[:most])
        finally:
            await response.aclose()

    async def recorded_hop(
        self, request: httpx.Request, real: httpx.URL, secrets: Iterable[str]
    ) -> tuple[httpx.Response, bytes]:
        """`hop`, written down where this client records: under its real URL and without the secrets, failed or not."""
        if self.record is None:
            return await self.hop(request)
        began, came = time.monotonic(), Came(error="no whole answer")
        try:
            response, body = await self.hop(request)
            location = response.extensions["location"]
            extra = [("location", location)] if location else []
            came = Came(status=response.status_code, headers=[*response.headers.multi_items(), *extra], body=body)
            return response, body
        finally:
            sent = Sent(
                method=request.method, url=str(real), headers=request.headers.multi_items(), body=request.content
            )
            self.record.note(sent, came, seconds=time.monotonic() - began, secrets=secrets)

    def request(
        self, method: str, url: httpx.URL, *, inside: bool, json: Any = None, form: Any = None, **rest: Any
    ) -> httpx.Request:
        request = self._http.build_request(method, url, json=json, data=form, **rest)
        request.extensions["inside"] = inside
        return request


@contextmanager
def explained(host: str, deadline: float, *, sent: Callable[[], bool]) -> Iterator[None]:
    """What goes wrong in one exchange as an `EgressError`. `deadline` is only named."""
    try:
        yield
    except TimeoutError as error:
        raise DeadlineExceeded(f"no answer within {deadline:g} s", host=host, sent=sent()) from error
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise ConnectFailed(f"no connection ({error})", host=host, sent=sent()) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, Garbled) as error:
        raise Interrupted(f"broken answer ({type(error).__name__})", host=host, sent=sent()) from error
    except Overflow as error:
        raise TooLarge(f"more than {MAX_BYTES} bytes", host=host, sent=True) from error


def _on_the_wire(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Headers as bytes: a key that somebody pasted with an accent is the provider's to refuse, and breaks nothing."""
    return {name.encode("ascii"): value.encode("utf-8", "replace") for name, value in headers.items()}


@dataclass(slots=True)
class _Exchange:
    """One request with its redirects."""

    client: ProviderClient
    method: str
    headers: dict[str, str]
    body: dict[str, Any]
    asked: float  # when, on the loop's clock
    sent: bool = False
    spent: float = 0.0

    async def follow(self, real: httpx.URL) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            response, body = await self._hop(real)
            location = response.extensions["location"]
            if self.method != "GET" or response.status_code not in _REDIRECTS or not location:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Response(status=response.status_code, headers=headers, body=body, url=str(real))
            target = real_url(location, base=real)
            if not same_origin(real, target):
                self.headers = {name: value for name, value in self.headers.items() if name.lower() not in _SECRETS}
            real = target
        raise TooManyRedirects(f"more than {MAX_REDIRECTS} redirects", host=real.host, sent=True)

    async def _hop(self, real: httpx.URL) -> tuple[httpx.Response, bytes]:
        client, host = self.client, real.host
        address = client.base.address_of(real)
        if not client.base.trusted:
            check(address)
        await client.permits.exchange()
        loop = asyncio.get_running_loop()
        began = loop.time()
        if client.waited is None:
            client.waited = began - self.asked
        try:
            with explained(host, client.deadline, sent=lambda: self.sent):
                async with asyncio.timeout(client.deadline - self.spent):
                    request = client.egress.request(
                        self.method,
                        address,
                        inside=client.base.trusted,
                        headers=_on_the_wire(self.headers),
                        extensions={"trace": self._trace},
                        **self.body,
                    )
                    return await client.egress.recorded_hop(request, real, client.credentials.values())
        finally:
            self.spent += loop.time() - began

    async def _trace(self, event: str, _facts: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.sent = True
