"""The one outbound HTTP client.

Provider modules write real URLs (`https://api.snov.io/v1/…`); the client sends them to the provider's configured base
(`https://{host}` live, `http://127.0.0.1:8100/{host}` in the sandbox). Redirects are followed on real URLs and mapped
again, so a page of the sandbox cannot lead out of it, nor a page of the web lead in.

What it promises for every exchange: http or https on ports 80 and 443; each address that a name resolves to is public,
and the connection goes to the very address that was checked; at most three redirects, each checked again; one deadline
round all of it; at most 5 MB after decompression; no proxy, no cookies, no credentials carried to another origin.
A base that an operator configured as trusted is exempt from the address check, for the base's own host only.
"""

from enrichment.egress.body import MAX_BYTES
from enrichment.egress.client import MAX_REDIRECTS, Egress, EveryExchange, Permits, ProviderClient, Response
from enrichment.egress.errors import (
    AddressRefused,
    BadUrl,
    ConnectFailed,
    DeadlineExceeded,
    EgressError,
    Interrupted,
    Saturated,
    TooLarge,
    TooManyRedirects,
)
from enrichment.egress.har import Har
from enrichment.egress.posting import Receiver, Reply, post_once
from enrichment.egress.urls import LIVE, Base

__all__ = [
    "LIVE",
    "MAX_BYTES",
    "MAX_REDIRECTS",
    "AddressRefused",
    "BadUrl",
    "Base",
    "ConnectFailed",
    "DeadlineExceeded",
    "Egress",
    "EgressError",
    "EveryExchange",
    "Har",
    "Interrupted",
    "Permits",
    "ProviderClient",
    "Receiver",
    "Reply",
    "Response",
    "Saturated",
    "TooLarge",
    "TooManyRedirects",
    "post_once",
]
