"""Has an engine write a persona: what it is shown, who pays, what stands; else why none did, and the built-in draft."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from enrichment import door
from personas.generating.engines.finding import hiding_for, words_of
from personas.generating.engines.laying import laid
from personas.generating.engines.showing import Shown, shown
from personas.generating.model import Draft
from personas.generating.rag import Context
from personas.models import Contact, PersonaPolicy

OFF = "Engines do not write personas here: an admin has not allowed it."
NONE_READY = "No engine is ready."
T = TypeVar("T")


class UnderWay(Exception):
    """The very same is being written right now; ask again in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A contact with the built-in draft and what that was made from. `version` of the prompt, None: the active one."""

    contact: Contact
    draft: Draft
    context: Context
    policy: PersonaPolicy
    payer: int  # id of the person
    cap: Decimal  # USD
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A persona as it is to be stored. `engine` is empty where the built-in one wrote it, `no_engine` says why."""

    draft: Draft
    engine: str = ""
    prompt: str = ""
    no_engine: str = ""
    cost: Decimal = Decimal(0)
    withheld: list[dict[str, object]] = field(default_factory=list)


def written(asking: Asking, *, work: UUID, is_rag: bool, store: Callable[[Written], T]) -> T:
    """What `store` makes of what an engine wrote, or of the built-in draft. Raises `UnderWay`.

    `store` is called in the transaction that books the call.
    """
    if not asking.policy.engines:
        return store(Written(draft=asking.draft, no_engine=OFF))
    if not door.may_an_engine_answer():
        return store(Written(draft=asking.draft, no_engine=NONE_READY))
    clues = clues_of(asking, is_rag=is_rag)
    asked = door.portrait_asked(
        clues.clues, company=asking.context.card.company, at=asking.context.terms.now, version=asking.version
    )
    stored: list[T] = []
    found = door.write_portrait(
        asked,
        work=work,
        user=asking.payer,
        cap=asking.cap,
        day_cap=asking.policy.engine_day_cap,
        is_wanted=Contact.objects.filter(pk=asking.contact.pk).exists,
        keep=lambda portrait: stored.append(store(_by_engine(asking, portrait, clues))),
    )
    if stored:
        return stored[0]
    if isinstance(found, door.Unwritten) and found.is_under_way:
        raise UnderWay("It is being written right now; ask again in a minute.")
    failures = "; ".join(found.failures) if isinstance(found, door.Unwritten) else ""
    return store(Written(draft=asking.draft, no_engine=failures or NONE_READY, cost=door.spent_on(work)))


def clues_of(asking: Asking, *, is_rag: bool) -> Shown:
    """What an engine is shown: with `is_rag` figures and their own words, else their post and what is usual in it."""
    hide = hiding_for(asking.contact)
    if not is_rag:
        return shown(asking.context.card, figures=(), words=(), hide=hide)
    words = words_of(asking.contact, asking.context.heard)
    return shown(asking.context.card, figures=asking.draft.traits, words=words, hide=hide)


def _by_engine(asking: Asking, portrait: door.Portrait, clues: Shown) -> Written:
    return Written(
        draft=laid(asking.draft, portrait.said, clues),
        engine=portrait.engine,
        prompt=portrait.prompt,
        no_engine="" if portrait.said else f"{portrait.engine} said nothing that the evidence bears.",
        cost=portrait.cost or Decimal(0),
        withheld=door.portrait_withheld(portrait),
    )
