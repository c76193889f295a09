"""From where somebody comes: the address that the proxies in front vouch for."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

NETWORK = 64  # bits of an IPv6 address that are one customer's: the rest they change as they like


def address_of(request: HttpRequest) -> str:
    """The client's address, "" if it has none; of IPv6 the /64 that one customer has.

    With `PROXIES` trusted proxies in front it is what the first of them saw: so many places from the right of
    `X-Forwarded-For`. What stands further left was sent by the client, who may write there what it likes. The web
    server must leave the connection's own address alone (`uvicorn --no-proxy-headers`), else it counts proxies, too.
    """
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    return network_of(told[-proxies] if proxies and len(told) >= proxies else request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """What one customer has of the addresses that lie around it: itself, or its /64; "" for none."""
    try:
        found = ip_address(address)
    except ValueError:  # a Unix socket has no address
        return ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, NETWORK), strict=False).network_address)
    return str(found)
