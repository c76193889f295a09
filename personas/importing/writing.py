"""Writes the rows of a table: what they say is given to `personas.records`, which alone writes."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from personas.importing.model import Fault, Parsed
from personas.importing.outcomes import SUPPRESSED, Outcome, whose
from personas.importing.packing import Numbered
from personas.importing.rows import RowReader
from personas.importing.settings import reading_of
from personas.marks import address_digests, key_digests
from personas.models import Contact, Deal, Import, ImportChange
from personas.records import (
    ABSENT,
    ContactGiven,
    DealGiven,
    InteractionGiven,
    Party,
    Refused,
    Saved,
    Suppressed,
    save_contacts,
    save_deals,
    save_interactions,
)

What = ImportChange.What
NOBODY = "No contact of yours is known by that; import them first, or correct it."
# A column of ours → the field that it is read from.
_FIELD = {
    "company_name": "company",
    "company_domain": "companyDomain",
    "time_zone": "timeZone",
    "occurred_at": "occurredAt",
    "duration_seconds": "duration",
    "opened_at": "openedAt",
    "closed_at": "closedAt",
    "external_id": "externalId",
    "products": "product",
}


class Table:
    """Writes rows of one import. `seen`: key → row of those before, to which it adds."""

    def __init__(self, row: Import, seen: dict[str, int]) -> None:
        self.row, self.seen = row, seen
        self.reading = reading_of(row)
        self.reader = RowReader(self.reading)
        self.outcome = Outcome()

    def write(self, rows: Sequence[Numbered]) -> Outcome:
        """Write them, in the caller's transaction."""
        taken = [
            (place, parsed)
            for place, (number, cells) in enumerate(rows)
            if (parsed := self._read(place, number, cells))
        ]
        if taken:
            {"contacts": self._contacts, "interactions": self._interactions, "deals": self._deals}[self.row.kind](taken)
        return self.outcome

    def _read(self, place: int, number: int, cells: list[str]) -> Parsed | None:
        """The row, unless it cannot be read or was there before."""
        parsed = self.reader.read(number, cells)
        keys = [digest(key) for key in parsed.keys]
        self.outcome.keys.append([number, *keys])
        if parsed.faults:
            self.outcome.refuse(number, place, *parsed.faults)
            return None
        first = next((self.seen[key] for key in keys if key in self.seen), None)
        for key in keys:
            self.seen.setdefault(key, number)
        if first is not None:
            self.outcome.repeat(number, place, first)
            return None
        return parsed

    # --- By kind ---------------------------------------------------------------------------------------------------

    def _contacts(self, taken: list[tuple[int, Parsed]]) -> None:
        ids = self._ids([each for each in taken if not each[1].values.get("email")])
        given = [self._contact(parsed, ids) for _, parsed in taken]
        self._note(taken, save_contacts(owner=self.row.owner, given=given, by_address=True), What.CONTACT)

    def _contact(self, parsed: Parsed, ids: dict[str, str]) -> ContactGiven:
        of = parsed.values.get
        return ContactGiven(
            **self._identity(parsed, ids),
            name=of("name", ABSENT),
            email=of("email", ABSENT),
            phone=of("phone", ABSENT),
            title=of("title", ABSENT),
            company_name=of("company", ABSENT),
            company_domain=of("companyDomain", ABSENT),
            industry=of("industry", ABSENT),
            employees=of("employees", ABSENT),
            time_zone=of("timeZone", ABSENT),
            came_by="file",
        )

    def _interactions(self, taken: list[tuple[int, Parsed]]) -> None:
        people, deals = self._people(taken), self._deals_named(taken)
        known = []
        for place, parsed in taken:
            if (contact := next(iter(people(parsed)), None)) is None:
                self._refuse_stranger(place, parsed)
            else:
                known.append((place, parsed, contact))
        ids = self._ids([(place, parsed) for place, parsed, _ in known])
        given = [self._interaction(parsed, contact, deals, ids) for _, parsed, contact in known]
        saved = save_interactions(owner=self.row.owner, given=given)
        self._note([(place, parsed) for place, parsed, _ in known], saved, What.INTERACTION)

    def _interaction(
        self, parsed: Parsed, contact: Contact, deals: dict[str, Deal], ids: dict[str, str]
    ) -> InteractionGiven:
        of = parsed.values.get
        return InteractionGiven(
            **self._identity(parsed, ids),
            contact=contact,
            type=of("type", ABSENT),
            occurred_at=of("occurredAt", ABSENT),
            direction=of("direction", ABSENT),
            subject=of("subject", ABSENT),
            body=of("body", ABSENT),
            duration_seconds=of("duration", ABSENT),
            outcome=of("outcome", ABSENT),
            deal=deals.get(of("dealId", ""), ABSENT),
        )

    def _deals(self, taken: list[tuple[int, Parsed]]) -> None:
        people, known = self._people(taken), []
        for place, parsed in taken:
            named = people(parsed)
            if not named and (parsed.values.get("contactEmail") or parsed.values.get("contactId")):
                self._refuse_stranger(place, parsed)
            else:
                known.append((place, parsed, named))
        pairs = [(place, parsed) for place, parsed, _ in known]
        ids = self._ids(pairs)
        held = self._parties(pairs)
        given = [
            self._deal(parsed, [*held.get(parsed.values.get("externalId", ""), []), *named], ids)
            for _, parsed, named in known
        ]
        self._note(pairs, save_deals(owner=self.row.owner, given=given), What.DEAL)

    def _deal(self, parsed: Parsed, contacts: Sequence[Contact], ids: dict[str, str]) -> DealGiven:
        of = parsed.values.get
        parties = {contact.pk: Party(contact=contact) for contact in contacts}
        return DealGiven(
            **self._identity(parsed, ids),
            name=of("name", ABSENT),
            company_name=of("company", ABSENT),
            amount=of("amount", ABSENT),
            currency=of("currency", ABSENT),
            status=of("status", ABSENT),
            stage=of("stage", ABSENT),
            opened_at=of("openedAt", ABSENT),
            closed_at=of("closedAt", ABSENT),
            parties=tuple(parties.values()) or ABSENT,
            products=_several(of("product")) or ABSENT,
        )

    def _parties(self, taken: list[tuple[int, Parsed]]) -> dict[str, list[Contact]]:
        """By the deal's id in its system, who is on it already: an import adds people, and takes none away."""
        ids = {parsed.values.get("externalId") for _, parsed in taken} - {None}
        deals = Deal.objects.filter(owner=self.row.owner_id, external_source=self.row.source, external_id__in=ids)
        return {str(deal.external_id): list(deal.contacts.all()) for deal in deals.prefetch_related("contacts")}

    # --- Whom and what they name -----------------------------------------------------------------------------------

    def _people(self, taken: list[tuple[int, Parsed]]) -> Any:
        """A function: row → the contacts that it names, those that are known. Two queries for all."""
        emails, ids = set[str](), set[str]()
        for _, parsed in taken:
            emails |= set(_several(parsed.values.get("contactEmail")))
            ids |= set(_several(parsed.values.get("contactId")))
        digests = address_digests(emails) if emails else {}
        rows = Contact.objects.filter(owner=self.row.owner_id).filter(
            Q(email_digest__in=set(digests.values()) - {""}) | Q(external_source=self.row.source, external_id__in=ids)
        )
        found = list(rows)
        by_digest = {each.email_digest: each for each in found if each.email_digest}
        by_id = {each.external_id: each for each in found if each.external_source == self.row.source}

        def named(parsed: Parsed) -> list[Contact]:
            of = parsed.values.get
            those = [by_id.get(each) for each in _several(of("contactId"))]
            those += [by_digest.get(digests.get(each, "")) for each in _several(of("contactEmail"))]
            return list(dict.fromkeys(each for each in those if each is not None))

        return named

    def _deals_named(self, taken: list[tuple[int, Parsed]]) -> dict[str, Deal]:
        ids = {parsed.values["dealId"] for _, parsed in taken if parsed.values.get("dealId")}
        rows = Deal.objects.filter(owner=self.row.owner_id, external_source=self.row.source, external_id__in=ids)
        return {str(each.external_id): each for each in rows} if ids else {}

    def _refuse_stranger(self, place: int, parsed: Parsed) -> None:
        name = next((name for name in ("contactEmail", "contactId") if parsed.values.get(name)), "contactEmail")
        value = ", ".join(_several(parsed.values.get(name)))
        self.outcome.refuse(parsed.number, place, Fault(self._column(name), value, NOBODY))

    # --- Who they are ----------------------------------------------------------------------------------------------

    def _ids(self, taken: list[tuple[int, Parsed]]) -> dict[str, str]:
        """What stands for the id of rows that have none: a keyed digest of what is in them. One query."""
        keys = {parsed.keys[0] for _, parsed in taken if not parsed.values.get("externalId")}
        return {key: f"row-{found}" for key, found in key_digests(keys).items()} if keys else {}

    def _identity(self, parsed: Parsed, ids: dict[str, str]) -> dict[str, Any]:
        """The keyword arguments that say who the record is."""
        found = parsed.values.get("externalId") or ids.get(parsed.keys[0])
        return {"external_source": self.row.source, "external_id": found} if found else {}

    def _note(self, taken: list[tuple[int, Parsed]], saved: Sequence[Saved[Any] | Refused], what: str) -> None:
        for (place, parsed), each in zip(taken, saved, strict=True):
            if isinstance(each, Suppressed):
                self.outcome.counts[SUPPRESSED] += 1
            elif isinstance(each, Refused):
                name = _FIELD.get(each.field, each.field)
                self.outcome.refuse(
                    parsed.number, place, Fault(self._column(name), str(parsed.values.get(name, "")), str(each))
                )
            else:
                self.outcome.counts[each.change] += 1
                self.outcome.saved(each, parsed.number, what, whose(each.row))

    def _column(self, name: str) -> str:
        places = self.reading.columns.get(name)
        return self.reading.header[places[0]] if places else ""


def digest(key: str) -> str:
    """Short, to be held in thousands; kept encrypted."""
    return hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=9).hexdigest()


def _several(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,) if value else ()
