"""Which hosts and addresses an outbound request may reach: public ones only.

Pure. `refusal_of_host` is asked before a name is resolved, `refusal_of_address` for every address that it resolved to.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

# At least two labels, and the last one starts with a letter: so decimal, octal, hex and short spellings of IPv4
# addresses (2130706433, 0177.0.0.1, 0x7f.1, 127.1), which resolvers accept, are no names.
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?\.?")

_INWARD_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "onion")

# IANA's special-purpose registries, and two addresses in public space that clouds keep for their own metadata.
_INWARD_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
        "100.100.100.200/32",
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
_INWARD_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address and is out of use
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)  # the upper half of an interface id that ends in an IPv4 address


def literal(host: str) -> Address | None:
    """The address that `host` spells in its ordinary form; None where it is a name or an odd spelling."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refusal_of_host(host: str) -> str | None:
    """Why `host` (a name, or an address in its ordinary form) may not be asked; None where it may be resolved."""
    address = literal(host)
    if address is not None:
        return refusal_of_address(address)
    name = host.lower()
    if len(name) > 253 or not _NAME.fullmatch(name):
        return "it is not a public host name"
    if any(f".{name.rstrip('.')}".endswith(f".{inward}") for inward in _INWARD_NAMES):
        return "the name is an inward one"
    return None


def refusal_of_address(address: Address) -> str | None:
    """Why no connection may be made to `address`; None where it is a public one."""
    if isinstance(address, IPv4Address):
        inward = any(address in network for network in _INWARD_4) or not address.is_global
        return "it is not a public address" if inward else None
    carried = _carried(address)
    if carried is not None and refusal_of_address(carried):
        return "it stands for an IPv4 address that is not public"
    if address in _NAT64:  # on networks without IPv4 every public site is reached through it
        return None
    inward = address not in _GLOBAL_6 or any(address in network for network in _INWARD_6)
    return "it is not a public address" if inward or address.scope_id else None


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, NAT64 or ISATAP one."""
    low = int(address) & 0xFFFFFFFF
    if address.ipv4_mapped or address in _NAT64 or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(low)
    return None
