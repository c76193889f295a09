"""What comes in: what is known of a contact, an interaction, a deal, a file. What is `ABSENT` was not said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from personas.models import Contact, Deal, File


class Absent(Enum):
    """Not said: unlike None or "", which empty a column."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Of any kind: what another system calls it, where it came from one."""

    external_source: str = ""  # a slug, say hubspot
    external_id: str | None = None

    @property
    def key(self) -> tuple[str, str] | None:
        """By what it is known again; None for what was entered here."""
        return None if self.external_id is None else (self.external_source, self.external_id)

    def said(self, *names: str) -> dict[str, Any]:
        """Those of these fields that were said, by name; all of them where none is named."""
        wanted = names or tuple(each.name for each in fields(self))
        found = {name: getattr(self, name) for name in wanted}
        return {name: value for name, value in found.items() if value is not ABSENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactGiven(Given):
    name: str | Absent = ABSENT
    email: str | Absent = ABSENT
    phone: str | Absent = ABSENT
    title: str | Absent = ABSENT
    company_name: str | Absent = ABSENT
    company_domain: str | Absent = ABSENT  # makes the shared company where nobody knows it; a name alone never does
    industry: str | Absent = ABSENT
    employees: int | Absent | None = ABSENT
    time_zone: str | Absent = ABSENT
    lawful_basis: str | Absent = ABSENT
    came_by: str | Absent = ABSENT  # of a new one: entered, file, mailbox, crm, api


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionGiven(Given):
    """Mood, words and whether a machine sent it are not said but computed of the texts."""

    contact: Contact | None = None  # none only where one that is there is changed
    type: str | Absent = ABSENT
    occurred_at: datetime | Absent = ABSENT
    direction: str | Absent = ABSENT  # absent: by the type, a reply being theirs
    subject: str | Absent = ABSENT
    body: str | Absent = ABSENT
    duration_seconds: int | Absent | None = ABSENT
    outcome: str | Absent = ABSENT
    deal: Deal | Absent | None = ABSENT
    file: File | Absent | None = ABSENT
    thread: str | Absent = ABSENT  # its first Message-ID, or the other system's id of the thread
    message_id: str | Absent = ABSENT
    answers: str | Absent = ABSENT  # the Message-ID that it answers, opens or clicks
    headers: Mapping[str, str] = field(default_factory=dict)  # of a mail; not kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A contact on a deal."""

    contact: Contact
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealGiven(Given):
    name: str | Absent = ABSENT
    company_name: str | Absent = ABSENT
    company_domain: str | Absent = ABSENT
    amount: Decimal | Absent | None = ABSENT
    currency: str | Absent = ABSENT
    status: str | Absent = ABSENT
    stage: str | Absent = ABSENT
    stage_at: datetime | Absent = ABSENT  # when it came to `stage`; absent: now, of a new deal when it was opened
    opened_at: datetime | Absent = ABSENT
    closed_at: datetime | Absent | None = ABSENT  # absent: now, where it is won or lost
    parties: tuple[Party, ...] | Absent = ABSENT  # all of them: who is not named leaves the deal
    products: tuple[str, ...] | Absent = ABSENT  # names, all of them
    stages: tuple[tuple[str, datetime], ...] = ()  # that it came to earlier; added to those that are known


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGiven(Given):
    contact: Contact | None = None
    name: str | Absent = ABSENT
    media_type: str | Absent = ABSENT
    size: int | Absent | None = ABSENT
    text: str | Absent = ABSENT
