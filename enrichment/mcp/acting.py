"""For whom a call is, and what they may do. Looked at again for every call: a revoked key ends a conversation."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from enrichment import throttling
from salesintel.accounts.models import ApiKey, User, digest, is_well_formed

# ToolFailure          what a tool cannot do, as a sentence for whoever called it
# └── NotAllowed       the key lacks the scope, or is no longer good


class ToolFailure(Exception):
    """A tool could not do it; the text says why, and what to do instead."""


class NotAllowed(ToolFailure):
    """Whoever called may not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """The person for whom a call is, and the scopes that it holds."""

    user: User
    scopes: frozenset[str]
    prefix: str = ""  # of the API key
    family: int | None = None  # of the API key, by which its requests are counted

    def require(self, scope: str) -> None:
        """Raises `NotAllowed` unless the scope is held."""
        if scope not in self.scopes:
            raise NotAllowed(f"This needs an API key with the scope “{scope}”; yours has {_listed(self.scopes)}.")

    def count(self, scope: str) -> None:
        """Count a call against the API's own limits of that scope. Raises `NotAllowed` for one too many."""
        allowance = throttling.count_for(self.user.pk, self.family, scope, at=timezone.now())
        if allowance is not None and allowance.is_passed:
            limit = f"{allowance.requests} in {allowance.seconds} seconds"
            raise NotAllowed(f"The limit of scope {scope} is {limit}; come back in {allowance.resets_in} seconds.")


def _listed(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(scopes)) or "none"


Who = Callable[[], Acting]


def by_key(key: str) -> Acting:
    """Whom a key acts for. Raises `NotAllowed` for one that is mistyped, unknown, expired or revoked."""
    if not is_well_formed(key):
        raise NotAllowed("This is not an API key of ours: it was mistyped or cut.")
    row = ApiKey.objects.usable(timezone.now()).filter(digest=digest(key)).select_related("user").first()
    if row is None:
        raise NotAllowed("This API key is unknown, expired or revoked.")
    return Acting(user=row.user, scopes=frozenset(row.scopes), prefix=row.prefix, family=row.family)


def by_name(username: str) -> Acting:
    """Whom whoever runs a command on this machine acts for. Raises `NotAllowed` where there is no such active user."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotAllowed(f"There is no active user {username!r}.")
    return Acting(user=user, scopes=frozenset({"read", "enrich"}))
