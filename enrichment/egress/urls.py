"""Real URLs: which are asked at all, and where a base sends them."""

from dataclasses import dataclass
from typing import Any, Self

import httpx

from enrichment.egress.addresses import refusal_of_host
from enrichment.egress.errors import AddressRefused, BadUrl

LIVE = "https://{host}"

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Base:
    """Where real URLs are sent. `trusted` holds only where the template alone decides the host."""

    template: str
    trusted: bool

    @classmethod
    def of(cls, template: str, *, trusted: bool) -> Self:
        authority = template.partition("://")[2].partition("/")[0]
        return cls(template or LIVE, trusted and bool(authority) and "{host}" not in authority)

    def address_of(self, real: httpx.URL) -> httpx.URL:
        """The URL that is really asked for `real`."""
        if self.template == LIVE:
            return real
        return httpx.URL(self.template.replace("{host}", real.host).rstrip("/") + real.raw_path.decode("ascii"))


def real_url(url: str, params: Any = None, *, base: httpx.URL | None = None) -> httpx.URL:
    """`url` (relative to `base`) with `params` added to its query. Raises `BadUrl` or `AddressRefused`."""
    try:
        real = base.join(url) if base else httpx.URL(url)
        real = real.copy_merge_params(params) if params else real
    except (httpx.InvalidURL, ValueError) as error:
        raise BadUrl("not a URL", sent=base is not None) from error
    check(real, sent=base is not None)
    return real.copy_with(fragment=None)


def check(url: httpx.URL, *, sent: bool = False) -> None:
    """Raise `BadUrl` or `AddressRefused` unless `url` is an ordinary web address of a public host."""
    try:
        host = url.host
    except ValueError as error:  # httpx decodes it anew each time, and not every xn-- can be
        raise BadUrl("its host cannot be read", sent=sent) from error
    if url.scheme not in _PORTS or (url.port or _PORTS[url.scheme]) not in _PORTS.values():
        raise BadUrl("only http and https on ports 80 and 443 are asked", host=host, sent=sent)
    if url.userinfo or not host:
        raise BadUrl("a URL must name a host and no user", host=host, sent=sent)
    why = refusal_of_host(url.raw_host.decode("ascii"))
    if why:
        raise AddressRefused(why, host=host, sent=sent)


def origin_of(url: httpx.URL) -> str:
    """Scheme, host and port as `https://example.com` or `http://127.0.0.1:9000`; usual ports are left out."""
    host = url.raw_host.decode("ascii")
    port = f":{url.port}" if url.port is not None else ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """Whether credentials for `one` may go to `other` too."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)
