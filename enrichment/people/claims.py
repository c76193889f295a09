"""Who is somebody's contact: what other apps answer, which this one may not know."""

from collections.abc import Callable, Collection

Claim = Callable[[Collection[str], Collection[str], Collection[int]], bool]

_claims: list[Claim] = []


def ask_also(claim: Claim) -> None:
    """Have `claim` asked, with addresses, names and companies, whether a person is kept as a contact."""
    if claim not in _claims:
        _claims.append(claim)


def is_claimed(emails: Collection[str], names: Collection[str], companies: Collection[int]) -> bool:
    """Whether anybody who uses the product keeps the person as a contact: it is for them to erase it then."""
    return any(claim(emails, names, companies) for claim in _claims)
