"""Answers the engine, which may erase only who is no contact of anyone's."""

from collections.abc import Collection

from personas.marks import address_digests
from personas.privacy.erasing import is_contact


def is_claimed(emails: Collection[str], names: Collection[str], companies: Collection[int]) -> bool:
    """Whether somebody who uses the product has the person as a contact."""
    digests = set(address_digests(emails).values()) - {""}
    return is_contact(digests=digests, names=set(names), companies=set(companies))
