"""From where somebody comes: the address that the proxies in front vouch for."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address, "" if it has none; of IPv6 the /64 that one customer has.

    With `PROXIES` trusted proxies in front it is what the first of them saw: so many places from the right of
    `X-Forwarded-For`. What stands further left was sent by the client, who may write there what it likes.
    """
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    named = told[-proxies] if proxies and len(told) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(named)
    except ValueError:  # a Unix socket has no address
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network(f"{address}/64", strict=False).network_address)
    return str(address)
