"""Addresses of people's public profiles."""

from enrichment.sandbox.searching import plain
from enrichment.sandbox.world.model import Person


def slug_of(name: str) -> str:
    """`Zoë O'Neil` -> `zoe-o-neil`."""
    return plain(name).replace("&", "and").replace(" ", "-")


def profile_url(person: Person) -> str:
    return f"https://www.linkedin.com/in/{person.slug or slug_of(person.name)}/"
