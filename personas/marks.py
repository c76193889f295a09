"""Keyed digests of what names a person or a message: to find them by, and to know again whom not to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enrichment.people import digests
from enrichment.people import marks as people


def address_digests(addresses: Iterable[str]) -> dict[str, str]:
    """By address as it was given, the digest to find its contact by; what is no address has "". One query."""
    secret = digests.key()
    keys = {address: people.email_key(address) for address in addresses}
    return {address: digests.digest(secret, "email", key) if key else "" for address, key in keys.items()}


def address_digest(address: str) -> str:
    """The digest of one address; "" for what is none."""
    return address_digests([address])[address]


def email_domain(address: str) -> str:
    """The host of an address; "" for what is no address."""
    return people.email_key(address).rpartition("@")[2]


def key_digests(keys: Iterable[str]) -> dict[str, str]:
    """By Message-ID or a CRM's own id, its digest. One query."""
    secret = digests.key()
    return {key: digests.digest(secret, "message", key) for key in keys}


def secret() -> bytes:
    """What the digests are keyed with. One query."""
    return digests.key()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """By what a contact is known again: the address, another system's id, or the name at a company of that name."""

    name: str = ""
    email: str = ""
    company: str = ""
    external: tuple[str, str] | None = None


def person_digests(persons: Sequence[Person]) -> list[set[str]]:
    """The digests of each. One query."""
    secret = digests.key()
    return [{digests.digest(secret, kind, value) for kind, value in _marks(person)} for person in persons]


def _marks(person: Person) -> list[tuple[str, str]]:
    name, email = people.name_key(person.name), people.email_key(person.email)
    return [
        *([("contact address", email)] if email else []),
        *([("contact name", f"{name}\0{person.company.strip().casefold()}")] if name else []),
        *([("contact id", "\0".join(person.external))] if person.external else []),
    ]
