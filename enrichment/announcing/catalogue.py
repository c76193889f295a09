"""The types of events that webhooks and notices tell, with the shape of each one's `data`.

Thin: ids and counts, and where to ask for the rest. Nothing of a prospect's people, nothing of anybody else's.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeVar

from typing_extensions import TypedDict

if TYPE_CHECKING:  # every process imports this module; few announce
    from pydantic import TypeAdapter

T = TypeVar("T", bound=type)


class UnknownEvent(ValueError):
    """No event of that type is in the catalogue."""


class WrongShape(ValueError):
    """What is to be announced does not have the shape that the catalogue promises."""


def strict(shape: T) -> T:
    """Refuse other fields and other types; as pydantic wants to be told."""
    shape.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]
    return shape


@strict
class CompanyTold(TypedDict):
    """A company."""

    id: int
    name: str
    domain: str | None


@strict
class RunTold(TypedDict):
    """How a request of yours ended. Costs are USD, and this request's own.

    `bulkId` or `watchId` is there where a list or a watch of yours asked.
    """

    requestId: str
    consumer: str
    company: CompanyTold
    status: Literal["completed", "failed"]
    stopReason: str
    gaps: int
    totalCost: float
    cacheSavings: float
    sandbox: bool
    statusEndpoint: str
    bulkId: NotRequired[str]
    watchId: NotRequired[str]


@strict
class BulkTold(TypedDict):
    """What became of the lines of a list: they add up to `lines`. `totalCost` is USD, over all attempts.

    `refused` were never started: ambiguous, no company, the same as another line, or left out by you.
    """

    bulkId: str
    label: str
    consumer: str
    lines: int
    done: int
    partial: int
    failed: int
    skipped: int
    cancelled: int
    refused: int
    totalCost: float
    sandbox: bool
    statusEndpoint: str
    resultsEndpoint: str


@strict
class WatchTold(TypedDict):
    """What changed at a company that you watch: how many changes, in which datasets, since when."""

    watchId: str
    company: CompanyTold
    changes: int
    datasets: list[str]
    since: str | None
    requestId: NotRequired[str | None]
    totalCost: NotRequired[float]
    sandbox: bool
    statusEndpoint: str


@strict
class BudgetTold(TypedDict):
    """A budget of which much is used. Amounts are USD; `used` is spent, or held for calls under way."""

    budgetId: int
    period: Literal["day", "month"]
    startsOn: str
    limit: float
    used: float
    share: float
    atLimit: Literal["stop", "warn"]
    provider: str | None
    consumer: str | None


@strict
class PauseTold(TypedDict):
    """A provider that is not asked, or not paid, for a while.

    `provider` is null for all of them, `until` where a person has to end it.
    """

    provider: str | None
    until: str | None
    reason: Literal["asked-to-wait", "overcharged", "spending-brake", "stopped"]


@strict
class PersonaTold(TypedDict):
    """A persona of one of your contacts. `method` is the one that it was made by, `dataQuality` from 0 to 100."""

    personaId: str
    contactId: str
    method: Literal["basic", "rag"]
    dataQuality: float
    statusEndpoint: str


@strict
class PersonaFailedTold(TypedDict):
    """The contact of whom none could be made, and by which method one was asked for."""

    contactId: str
    method: Literal["basic", "rag"]
    statusEndpoint: str


@strict
class ImportTold(TypedDict):
    """What became of the rows of a file: those that were counted before it broke off, where it `failed`."""

    importId: str
    kind: Literal["contacts", "interactions", "deals", "mailbox"]
    status: Literal["done", "failed"]
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    repeated: int
    suppressed: int
    statusEndpoint: str


@strict
class DisabledTold(TypedDict):
    """A webhook of yours is told nothing more."""

    webhookId: str
    reason: Literal["gone", "failing"]


@strict
class TestTold(TypedDict):
    """Sent because you asked for a test."""

    webhookId: str


@dataclass(frozen=True)
class Event:
    """One type of event. `told`: whom."""

    name: str
    summary: str
    data: type
    told: str = "its owner"

    @cached_property
    def adapter(self) -> "TypeAdapter[Any]":
        from pydantic import TypeAdapter

        return TypeAdapter(self.data)


CATALOGUE = {
    event.name: event
    for event in (
        Event("run.completed", "A request of yours was answered in full.", RunTold),
        Event("run.partial", "A request of yours was answered, with gaps.", RunTold),
        Event("run.failed", "A request of yours could not be answered.", RunTold),
        Event("bulk.completed", "A list of yours is worked off.", BulkTold),
        Event("watch.changed", "Something changed at a company that you watch.", WatchTold),
        Event("persona.generated", "A persona of a contact of yours is there.", PersonaTold),
        Event("persona.failed", "No persona could be made of a contact of yours.", PersonaFailedTold),
        Event("import.completed", "A file of yours was taken in, or broke off.", ImportTold),
        Event(
            "budget.warning",
            "A budget is used up to the share that an admin set.",
            BudgetTold,
            told="whose budget it is; the organisation's: its admins",
        ),
        Event("provider.paused", "A provider is left alone, or not paid, for a while.", PauseTold, told="the admins"),
        Event("webhook.disabled", "A webhook of yours was switched off because nothing arrived.", DisabledTold),
        Event("webhook.test", "The test that you asked for.", TestTold, told="the webhook that is tested"),
    )
}


def checked(type_: str, data: dict[str, Any]) -> dict[str, Any]:
    """`data`, if it has the shape of that type's. Raises `UnknownEvent` or `WrongShape`; neither repeats a value."""
    from pydantic import ValidationError

    event = CATALOGUE.get(type_)
    if event is None:
        raise UnknownEvent(f"There is no event “{type_}”; there are {', '.join(CATALOGUE)}.")
    try:
        found: dict[str, Any] = event.adapter.validate_python(data)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) or "data" for each in error.errors(include_input=False))
        raise WrongShape(f"{type_} has another shape in the catalogue: {fields}.") from None
    return found
