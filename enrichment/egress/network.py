"""Connections: by name, to public addresses only, and to the very address that was checked."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import ip_address

import httpcore
import httpx

from enrichment.egress.addresses import Address, literal, refusal_of_address
from enrichment.egress.errors import AddressRefused

SLOTS = 256  # exchanges under way at once in one loop; the pools are larger, so nobody ever waits for a connection

Resolve = Callable[[str], Awaitable[Sequence[Address]]]


async def resolved(host: str) -> Sequence[Address]:
    """Every address of `host`, as the system resolves it. Raises `OSError` where there is none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by name to public addresses only, and to the very address that was checked.

    The check sits here, below the pool, which keeps connections by name: rewriting URLs to addresses would let one
    site's TLS connection be reused for another site at the same address.
    """

    def __init__(self, resolve: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._resolve = resolve
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface has it
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in await self._checked(host):
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface has it
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise AddressRefused("no local sockets")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)

    async def _checked(self, host: str) -> Sequence[Address]:
        """The addresses of `host`, at most four, all of them public: one inward address condemns the name."""
        own = literal(host)
        try:
            addresses = [own] if own else await self._resolve(host)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        for address in addresses:
            why = refusal_of_address(address)
            if why:
                raise AddressRefused(why, host=host)
        return addresses[:4]


class Transport(httpx.AsyncBaseTransport):
    """Two pools, so that no connection made for a trusted base is ever reused for a URL that somebody else wrote."""

    def __init__(self, *, guarded: httpcore.AsyncConnectionPool, trusted: httpcore.AsyncConnectionPool) -> None:
        self._guarded = guarded
        self._trusted = trusted

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = self._trusted if request.extensions.get("inside") else self._guarded
        reply = await pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        # httpx raises on a Location that it cannot read even where it does not follow it, so it never sees one.
        headers = [(name, value) for name, value in reply.headers if name.lower() != b"location"]
        location = next((value for name, value in reply.headers if name.lower() == b"location"), b"")
        extensions = {**reply.extensions, "location": location.decode("utf-8", "replace")}
        return httpx.Response(reply.status, headers=headers, stream=_Stream(reply), extensions=extensions)

    async def aclose(self) -> None:
        await self._guarded.aclose()
        await self._trusted.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._reply.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._reply.aclose()


def pool_over(network: httpcore.AsyncNetworkBackend) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=_ssl_context(),
        max_connections=SLOTS + 16,
        max_keepalive_connections=64,
        keepalive_expiry=3.0,  # shorter than servers keep theirs (uvicorn: 5 s), so a POST rarely meets a closed one
        network_backend=network,
    )


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
