"""The one outbound HTTP client.

Provider modules write real URLs (`https://api.snov.io/v1/…`); the client sends them to the provider's configured base
(`https://{host}` live, `http://127.0.0.1:8100/{host}` in the sandbox).
"""

from dataclasses import dataclass, field
from typing import Any, Protocol


class Permits(Protocol):
    """What the caller allows; asked before every exchange. Raises an error of the caller's to refuse it."""

    async def exchange(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer, at most `MAX_BYTES` after decompression. `url` is where redirects ended, as a real URL."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


@dataclass(slots=True, kw_only=True)
class ProviderClient:
    """HTTP for one call to one provider, within its deadline."""

    credentials: dict[str, str] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    async def get(self, url: str, *, params: Any = None, headers: dict[str, str] | None = None) -> Response: ...

    async def post(
        self, url: str, *, params: Any = None, json: Any = None, form: Any = None, headers: dict[str, str] | None = None
    ) -> Response: ...
