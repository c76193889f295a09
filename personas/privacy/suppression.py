"""Who was erased by an owner and is not to come back into that owner's records: keyed digests, and no names."""

from collections.abc import Sequence
from typing import Protocol

from django.db import transaction

from personas.marks import Person, person_digests
from personas.models import Contact, Suppression
from salesintel import audit
from salesintel.accounts.models import User


class Named(Protocol):
    """What names a person among records that come in; a field that was not said is no text."""

    @property
    def name(self) -> object: ...
    @property
    def email(self) -> object: ...
    @property
    def company_name(self) -> object: ...
    @property
    def external_source(self) -> str: ...
    @property
    def external_id(self) -> str | None: ...


def suppress(contact: Contact) -> None:
    """Keep the person from coming back, in the caller's transaction."""
    [digests] = person_digests([_person(contact)])
    rows = [Suppression(owner_id=contact.owner_id, digest=digest) for digest in digests]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)


def suppressed(owner: User, named: Sequence[Named]) -> list[bool]:
    """Of each, whether the owner erased that person. One query while the owner erased nobody."""
    mine = Suppression.objects.filter(owner=owner)
    if not named or not mine.exists():
        return [False] * len(named)
    digests = person_digests([_person(each) for each in named])
    found = set(mine.filter(digest__in=set().union(*digests)).values_list("digest", flat=True))
    return [not found.isdisjoint(each) for each in digests]


def lift(owner: User, person: Person) -> int:
    """Let the owner take a person in again, by the same marks; how many marks were taken off."""
    [digests] = person_digests([person])
    with transaction.atomic():
        lifted = int(Suppression.objects.filter(owner=owner, digest__in=digests).delete()[0])
        audit.record("lift", Suppression, counts={"marks": lifted})
    return lifted


def _person(named: Named | Contact) -> Person:
    return Person(
        name=_said(named.name),
        email=_said(named.email),
        company=_said(named.company_name),
        external=(named.external_source, named.external_id) if named.external_id else None,
    )


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""
