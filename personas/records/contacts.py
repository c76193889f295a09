"""Writes contacts: one per owner and address, the same one however often another system sends it."""

from collections.abc import Sequence
from typing import Any
from unicodedata import category

from django.db import transaction
from django.utils import timezone

from personas.marks import address_digests
from personas.models import Contact
from personas.privacy.suppression import suppressed
from personas.records.companies import Companies
from personas.records.given import ContactGiven
from personas.records.saving import (
    AddressTaken,
    Refused,
    Saved,
    Suppressed,
    by_key,
    check_key,
    hold,
    only,
    reread,
    store,
    taken,
    text,
)
from personas.zones import is_zone
from salesintel.accounts.models import User
from salesintel.walls import acting_for

MOST_EMPLOYEES = 10_000_000
LONGEST = {"name": 200, "email": 320, "phone": 60, "title": 200, "company_name": 200, "industry": 60, "time_zone": 60,
           "came_by": 20, "lawful_basis": 20}  # fmt: skip


def save_contact(*, owner: User, given: ContactGiven, by_address: bool = False) -> Saved[Contact]:
    """Write one contact. Raises `Refused`."""
    return only(save_contacts(owner=owner, given=[given], by_address=by_address))


@acting_for("owner")
@transaction.atomic
def save_contacts(
    *, owner: User, given: Sequence[ContactGiven], by_address: bool = False
) -> list[Saved[Contact] | Refused]:
    """Write contacts of `owner`, in the order of `given`; what became of each.

    With `by_address` one that is new by its id but has a known address is that contact (and takes the id where it has
    none): for imports, which meet people again. Without, it is refused, naming the contact that has the address.
    """
    hold(owner)
    desk = _Desk(owner, given, by_address=by_address)
    found = [desk.take(each) for each in given]
    store(Contact, [each for each in found if isinstance(each, Saved)])
    return found


@acting_for("contact")
@transaction.atomic
def change_contact(*, contact: Contact, given: ContactGiven) -> Saved[Contact]:
    """Change one that is there. Raises `Refused`."""
    hold(contact.owner)
    row = reread(Contact.objects.select_related("owner"), contact.pk)
    desk = _Desk(row.owner, [given], by_address=False)
    saved = desk.change(row, given, is_new=False)
    store(Contact, [saved])
    return saved


class _Desk:
    """Takes contacts one after the other, each in the knowledge of those before; three queries for all."""

    def __init__(self, owner: User, given: Sequence[ContactGiven], *, by_address: bool) -> None:
        self.owner, self.by_address = owner, by_address
        self.companies = Companies(owner)
        self.known = by_key(Contact, owner, given)
        self.digests = address_digests({each.email for each in given if isinstance(each.email, str) and each.email})
        digests = set(self.digests.values()) - {""}
        held = Contact.objects.filter(owner=owner, email_digest__in=digests) if digests else []
        self.by_digest = {row.email_digest: self.known.get(_key(row), row) for row in held}
        of_each = zip(given, suppressed(owner, given), strict=True)
        self.suppressed = {id(one) for one, is_suppressed in of_each if is_suppressed}

    def take(self, given: ContactGiven) -> Saved[Contact] | Refused:
        try:
            row = self._row(given)
            return self.change(row or Contact(owner=self.owner), given, is_new=row is None)
        except Refused as refused:
            return refused

    def change(self, row: Contact, given: ContactGiven, *, is_new: bool) -> Saved[Contact]:
        """`row` with what was said of it, not yet stored."""
        check_key(given)
        if id(given) in self.suppressed:
            raise Suppressed
        values = self._values(given, row)
        if not _is_seen(values.get("name", row.name)):
            raise Refused("name", "A contact has a name that one can see; give it, or their address.")
        if given.key and row.external_id is None:
            values |= {"external_source": given.external_source, "external_id": given.external_id}
        if not is_new:
            values.pop("came_by", None)
        old = row.email_digest
        before = taken(row, values)
        if before:
            before["updated"], row.updated = row.updated, timezone.now()
        self._note(row, given, old)
        return Saved(row=row, is_new=is_new, before={} if is_new else before)

    def _row(self, given: ContactGiven) -> Contact | None:
        """The contact that is meant; None for a new one."""
        found = self.known.get(given.key) if given.key else None
        if found is None and self.by_address and isinstance(given.email, str):
            found = self.by_digest.get(self.digests.get(given.email, ""))
        return found

    def _values(self, given: ContactGiven, row: Contact) -> dict[str, Any]:
        said = given.said("employees", *LONGEST)
        values: dict[str, Any] = {
            name: text(name, value, LONGEST[name]) if name in LONGEST else value for name, value in said.items()
        }
        _check(values)
        if "email" in values:
            values["email_digest"] = self._digest(values["email"], row)
        if not _is_seen(values.get("name", row.name)) and values.get("email"):
            values["name"] = values["email"].partition("@")[0][:200]
        return values | self._company(given, row, values)

    def _digest(self, email: str, row: Contact) -> str:
        digest = self.digests.get(email) or (address_digests([email])[email] if email else "")
        if email and not digest:
            raise Refused("email", "This is no mail address; give one as dana@acme.com, or none.")
        other = self.by_digest.get(digest)
        if digest and other is not None and other.pk != row.pk:
            raise AddressTaken(other.pk)
        return digest

    def _company(self, given: ContactGiven, row: Contact, values: dict[str, Any]) -> dict[str, Any]:
        """Which company they are at, if anything was said of that."""
        domain = text("company_domain", given.company_domain, 253) if isinstance(given.company_domain, str) else ""
        name = values.get("company_name", "")
        if domain and not name and not row.company_name:
            values["company_name"] = domain
        if not (domain or {"company_name", "email"} & values.keys()):
            return {}
        is_same = "company_name" not in values or name == row.company_name
        if not domain and row.company_id and is_same:
            return {}  # whoever knew the domain once knew better than the name
        found = self.companies.of(
            name=name or row.company_name, domain=domain, email=values.get("email", "") or row.email
        )
        return {"company_id": found.pk if found else None}

    def _note(self, row: Contact, given: ContactGiven, old: str) -> None:
        """For those that come after."""
        if given.key:
            self.known[given.key] = row
        if old != row.email_digest:
            self.by_digest.pop(old, None)
        if row.email_digest:
            self.by_digest[row.email_digest] = row


def _key(row: Contact) -> tuple[str, str]:
    return row.external_source, row.external_id or ""


def _is_seen(name: str) -> bool:
    """Whether there is a sign in it that leaves something on a page: a letter, a number, a picture."""
    return any(category(sign)[0] in "LNPS" for sign in name)


def _check(values: dict[str, Any]) -> None:
    zone, employees, basis = values.get("time_zone"), values.get("employees"), values.get("lawful_basis")
    if zone and not is_zone(zone):
        raise Refused("time_zone", f"“{zone[:60]}” is no time zone; give one as Europe/Berlin.")
    if employees is not None and not 1 <= employees <= MOST_EMPLOYEES:
        raise Refused("employees", f"Give a whole number from 1 to {MOST_EMPLOYEES}, or none.")
    if basis and basis not in Contact.Basis.values:
        raise Refused("lawful_basis", f"Give one of {', '.join(Contact.Basis.values)}, or none.")
