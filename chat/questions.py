"""A turn with what it is about: what is known on it, what the built-in answer is, what would have to be bought."""

from dataclasses import dataclass
from typing import Any

from chat import intents
from chat.answering import answer, continued
from chat.answering.model import Answer
from chat.choosing import ask_of, seller_of
from chat.intents import Intent
from chat.memory import Memory, remember
from chat.models import ChatMessage, ChatSession, ChatTurn
from chat.slots import AFTER, LONGEST_CHAIN, about_of, span_json, span_of, told_of, words_of, zone_of
from chat.understanding.spans import Span
from enrichment import door
from enrichment.door import Known, Outlook
from enrichment.models import Company, ResearchRequest

CHANGES = "what_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A turn with what it is about."""

    turn: ChatTurn
    session: ChatSession
    company: Company
    intent: Intent
    about: tuple[str, ...]
    span: Span | None
    words: str  # as they were asked
    told: tuple[str, ...] | None  # the messages that it goes on from; None where it asks for nothing that is left

    @classmethod
    def of(cls, turn: ChatTurn) -> "Question | None":
        """None where its intent or its company are gone."""
        intent = intents.current().get(turn.intent)
        company = turn.company or turn.session.company
        if intent is None or company is None:
            return None
        return cls(
            turn=turn,
            session=turn.session,
            company=company,
            intent=intent,
            about=about_of(turn),
            span=span_of(turn),
            words=words_of(turn),
            told=told_of(turn),
        )

    @property
    def recalled(self) -> str:
        """The words, where it waited for a company to be chosen: others may have been said since."""
        return self.words if AFTER in self.turn.slots else ""

    def known(self) -> Known:
        return door.known(self.company, vendor=self.session.vendor, seller=seller_of(self.session))

    def answer(self, known: Known) -> Answer:
        """What is said of what is known, without an engine."""
        if self.intent.slug == CHANGES:
            known = door.with_first_seen(known, self.intent.datasets)
        found = answer(
            self.intent.slug,
            known,
            datasets=self.intent.datasets,
            about=self.about,
            question=self.words if self.told is None else "",  # “more” singles nothing out
            span=self.span,
            zone=zone_of(self.session.user),
        )
        return found if self.told is None else continued(found, self._said_before(), self.company.name)

    def _said_before(self) -> list[dict[str, Any]]:
        rows = ChatMessage.objects.filter(session=self.session, pk__in=self.told or ())
        return [each for held in rows.values_list("metadata", flat=True) for each in held.get("statements", ())]

    def remember(self, session: ChatSession, **more: Any) -> None:
        """Keep what was asked for follow-ups, in the caller's transaction; of a free question the intent before."""
        intent = Memory.of(session).intent if self.intent.slug == intents.FREE else self.intent.slug
        if "message" in more:
            more["told"] = (*(self.told or ()), more["message"])[-LONGEST_CHAIN:]
        remember(session, intent=intent, about=self.about, span=span_json(self.span), **more)

    def outlook(self) -> Outlook | None:
        """What would have to be bought; None where nothing is ever bought for it."""
        if not self.intent.consumer:
            return None
        return door.outlook(ask_of(self.session, self.company, consumer=self.intent.consumer), by=self.session.user)

    def research(self) -> ResearchRequest | None:
        """The session's research, where it is of this company and goes on."""
        found = self.session.research
        is_ours = found is not None and found.company_id == self.company.pk
        return found if found is not None and is_ours and found.status == ResearchRequest.Status.ATTACHED else None
