"""What a session remembers for follow-ups, as plain JSON in its row."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils import timezone

from chat.models import ChatSession
from chat.slots import span_from, zone_of
from chat.understanding.model import Context
from enrichment import door

EXPECTS_DOMAIN = "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What follow-ups refer to.

    `intent`, `about`, `span` of the question before; `people` whom its answer named; `message`: the answer itself;
    `told`: that one and those that it went on from.

    `expects`: what the next message is taken for, while we asked back; `name`: the company that was not known then.
    `question`: the turn whose question is asked again once a company is chosen (`putting_off`).
    """

    intent: str = ""
    about: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    span: dict[str, str] | None = None
    message: str = ""
    told: tuple[str, ...] = ()
    expects: str = ""
    name: str = ""
    question: str = ""

    @classmethod
    def of(cls, session: ChatSession) -> "Memory":
        held: dict[str, Any] = {name: session.memory[name] for name in cls.__slots__ if name in session.memory}
        held |= {name: tuple(held[name]) for name in ("about", "people", "told") if name in held}
        return cls(**held)

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def context_of(session: ChatSession) -> Context:
    """What a question is understood by."""
    held, named = Memory.of(session), door.names_of(session.company, vendor=session.vendor)
    return Context(
        company=session.company.name if session.company else "",
        vendor=session.vendor.name if session.vendor else "",
        intent=held.intent,
        about=held.about,
        span=span_from(held.span),
        people=held.people,
        staff=named.people,
        places=named.places,
        products=named.products,
        today=timezone.now().astimezone(zone_of(session.user)).date(),
    )


def remember(session: ChatSession, **values: Any) -> None:
    """Keep these beside what was remembered, in the caller's transaction."""
    session.memory = replace(Memory.of(session), **values).to_json()
    ChatSession.objects.filter(pk=session.pk).update(memory=session.memory)


def forget(session: ChatSession, *, but: Sequence[str] = ()) -> None:
    """Begin anew, say with another company."""
    held = Memory.of(session)
    session.memory = replace(Memory(), **{name: getattr(held, name) for name in but}).to_json()
    ChatSession.objects.filter(pk=session.pk).update(memory=session.memory)
