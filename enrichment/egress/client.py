"""One client per event loop, one `ProviderClient` per call."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
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
from enrichment.egress.network import SLOTS, GuardedNetwork, Resolve, Transport, pool_over, resolved
from enrichment.egress.urls import LIVE, Base, check, real_url, same_origin

MAX_REDIRECTS = 3
PATIENCE = 60.0  # seconds that an exchange waits for its turn

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRETS = frozenset({"authorization", "cookie", "x-api-key"})

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
        exchange = _Exchange(self, method, dict(headers or {}), body)
        async with self.egress.turn(self.turns):
            return await exchange.follow(real_url(url, params))


class Egress:
    """The HTTP client of one event loop: `async with Egress(user_agent=…) as egress`, then a client per call.

    `resolve` and `network` are how names become addresses and addresses connections; the system's own by default.
    """

    def __init__(
        self, *, user_agent: str, resolve: Resolve = resolved, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        network = network or httpcore.AnyIOBackend()
        self.user_agent = user_agent
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

    def request(self, method: str, url: httpx.URL, *, inside: bool, json: Any, form: Any, **rest: Any) -> httpx.Request:
        request = self._http.build_request(method, url, json=json, data=form, **rest)
        request.extensions["inside"] = inside
        return request


@dataclass(slots=True)
class _Exchange:
    """One request with its redirects."""

    client: ProviderClient
    method: str
    headers: dict[str, str]
    body: dict[str, Any]
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
        try:
            async with asyncio.timeout(client.deadline - self.spent):
                request = client.egress.request(
                    self.method,
                    address,
                    inside=client.base.trusted,
                    headers=self.headers,
                    extensions={"trace": self._trace},
                    **({"json": None, "form": None} | self.body),
                )
                return await client.egress.hop(request)
        except TimeoutError as error:
            raise DeadlineExceeded(f"no answer within {client.deadline:g} s", host=host, sent=self.sent) from error
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise ConnectFailed(f"no connection ({error})", host=host, sent=self.sent) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, Garbled) as error:
            raise Interrupted(f"broken answer ({type(error).__name__})", host=host, sent=self.sent) from error
        except Overflow as error:
            raise TooLarge(f"more than {MAX_BYTES} bytes", host=host, sent=True) from error
        finally:
            self.spent += loop.time() - began

    async def _trace(self, event: str, _facts: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.sent = True
