"""What a CRM says, as it comes in: events of contacts, interactions and deals, in the API's own field names.

Unknown fields are refused: a misspelt one must not be a record without it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

MOST = 100  # events of one message
Id = Annotated[str, Field(min_length=1, max_length=200)]


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True, coerce_numbers_to_str=True)

    def given(self, *without: str) -> dict[str, Any]:
        """What was said, by field; what was left out is absent."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"id", *without}}


class Named(Said):
    """A record, by the CRM's own id."""

    id: Id


class ContactSaid(Named):
    name: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    company: str = ""
    company_domain: str = ""
    industry: str = ""
    employees: int | None = None
    time_zone: str = ""


class InteractionSaid(Named):
    """`contact_id` and `deal_id` are the CRM's; without the first the contact is found by `contact_email`."""

    contact_id: Id | None = None
    contact_email: str = ""
    deal_id: Id | None = None
    type: str = ""
    direction: str = ""
    occurred_at: AwareDatetime | None = None
    subject: str = ""
    body: str = ""
    duration_seconds: int | None = None
    outcome: str = ""
    thread_id: str = ""
    message_id: str = ""
    in_reply_to: str = ""
    headers: dict[str, str] = {}


class PartySaid(Said):
    id: Id
    role: str = ""


class DealSaid(Named):
    """`contacts` by the CRM's ids."""

    name: str = ""
    company: str = ""
    company_domain: str = ""
    amount: Decimal | None = None
    currency: str = ""
    status: str = ""
    stage: str = ""
    stage_at: AwareDatetime | None = None
    opened_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    contacts: list[PartySaid] = []
    products: list[str] = []


class ContactEvent(Said):
    type: Literal["contact.created", "contact.updated"]
    timestamp: datetime | None = None
    data: ContactSaid


class InteractionEvent(Said):
    type: Literal["interaction.created", "interaction.updated"]
    timestamp: datetime | None = None
    data: InteractionSaid


class DealEvent(Said):
    type: Literal["deal.created", "deal.updated"]
    timestamp: datetime | None = None
    data: DealSaid


class GoneEvent(Said):
    """`contact.erased` also keeps the person from coming back; deleted in a CRM may be restored there."""

    type: Literal["contact.deleted", "contact.erased", "interaction.deleted", "deal.deleted"]
    timestamp: datetime | None = None
    data: Named


Event = Annotated[ContactEvent | InteractionEvent | DealEvent | GoneEvent, Field(discriminator="type")]


class Message(BaseModel):
    """One event, or up to 100 in the order in which they happened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    events: Annotated[list[Event], Field(min_length=1, max_length=MOST)]
