"""Which registrable domain a piece of text names. Pure, with the public-suffix list that is installed with us."""

import ipaddress
import re
import tomllib
from functools import lru_cache
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from enrichment.naming.spelling import DATA

LONGEST_ADDRESS = 2048
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
EMAIL = re.compile(r"(?:mailto:)?[^\s@/]+@([^\s@/?#]+)(?:\?\S*)?", re.IGNORECASE)
HOST = re.compile(r"([^\s/?#@:\[\]]+)(?::\d{1,5})?(?:[/?#]\S*)?")
OTHER_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
# Reserved for examples and tests, so in no public list; invented companies live there.
INVENTED = frozenset({"example", "test"})


def registrable_domain(text: str) -> str | None:
    """The domain that a company registered, in lower-case ASCII, from a domain, a URL or an e-mail address.

    `https://www.acmecorp.com/en`, `ACMECORP.COM.`, `shop.acmecorp.com:8080` and `jo@acmecorp.com` give `acmecorp.com`;
    `bücher.de` gives `xn--bcher-kva.de`; `www.bbc.co.uk` gives `bbc.co.uk`. None for IP addresses, for public suffixes
    themselves (`co.uk`, `github.io`), for mailboxes of free-mail providers, and for whatever names no domain.
    """
    text = text.strip().strip("<>\"'")
    if not text or len(text) > LONGEST_ADDRESS:
        return None
    if mail := EMAIL.fullmatch(text):
        domain = _registrable(mail[1])
        return None if domain in free_mail() else domain
    host = host_of(text)
    return _registrable(host) if host else None


def is_address(text: str) -> bool:
    """Whether `text` is written as an address (URL, e-mail, IP, bare domain), so that it cannot be a company's name."""
    text = text.strip().strip("<>\"'")
    if "://" in text or text.lower().startswith(("www.", "mailto:")) or EMAIL.fullmatch(text):
        return True
    host = host_of(text)
    return host is not None and (is_ip(host) or _registrable(host) is not None or is_public_suffix(host))


def is_shared_host(domain: str) -> bool:
    """Whether everybody has a page there (`linkedin.com`): as a company's own site it is not believed."""
    return domain in _listed("shared_hosts") or domain in free_mail()


def free_mail() -> frozenset[str]:
    """Domains at which anybody has a mailbox."""
    return _listed("free_mail")


@lru_cache(maxsize=2)
def _listed(name: str) -> frozenset[str]:
    return frozenset(tomllib.loads((DATA / "company_words.toml").read_text())[name])


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """The list itself; reading it takes a twentieth of a second, so not at import."""
    return PublicSuffixList(accept_unknown=False)


def host_of(text: str) -> str | None:
    """The host that `text` names by the form of a URL or of a bare domain; None for other forms."""
    if "://" in text or text.startswith("//"):
        try:
            return urlsplit(text).hostname
        except ValueError:  # brackets without an IPv6 address, or letters that pass for a slash
            return None
    bare = HOST.fullmatch(text)
    return bare[1] if bare else None


def _registrable(host: str) -> str | None:
    ascii_host = _in_ascii(host)
    if ascii_host is None or is_ip(ascii_host):
        return None
    labels = ascii_host.split(".")
    if labels[-1] in INVENTED:
        return ".".join(labels[-2:]) if len(labels) > 1 else None
    return _suffixes().privatesuffix(ascii_host)


def _in_ascii(host: str) -> str | None:
    """`host` as it stands in the name system; None where it cannot stand there."""
    host = host.translate(OTHER_DOTS).removesuffix(".").lower()
    if not host.isascii() or "xn--" in host:
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    is_host = len(host) <= 253 and all(LABEL.fullmatch(label) for label in host.split("."))
    return host if is_host else None


def is_public_suffix(host: str) -> bool:
    """Whether it is an ending under which others register: `co.uk`."""
    ascii_host = _in_ascii(host)
    return ascii_host is not None and "." in ascii_host and _suffixes().is_public(ascii_host)


def is_ip(host: str) -> bool:
    """Whether it is an address of the fourth or sixth version, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
