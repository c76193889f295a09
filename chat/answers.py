"""The answer to a question as it is told: the built-in one, or what an engine wrote; once, and with what bears it."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat import asking_back, intents
from chat.answering import confidence_of, people_in, sources_of, statements_json, to_markdown
from chat.answering.model import Action, Answer, Missing, Part, Said
from chat.answering.telling import inert
from chat.answering.words import ended
from chat.choosing import end, is_through
from chat.models import ChatSession, ChatTurn
from chat.money import usd
from chat.questions import Question
from chat.saying import Saying, say
from enrichment import door
from enrichment.door import Known, Outlook, Reply
from enrichment.models import ResearchRequest

CONFIRM = "confirm_query"
FOUND = {
    ChatTurn.Found.CACHE: gettext_lazy("From what was known already."),
    ChatTurn.Found.WORKFLOW: gettext_lazy("From the research under way."),
    ChatTurn.Found.QUERY: gettext_lazy("Looked up for this question."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What came of asking an engine: its answer, or why there is none, in words; and what is noted of both."""

    answer: Answer | None = None
    note: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


def written_by(reply: Reply) -> Writing:
    """The reply's sentences as an answer; where there are none, why the built-in one stands in its place."""
    why = door.why_withheld(reply)
    left_out = {"count": len(reply.withheld), "why": why}
    if not reply.engine:
        failures = ended("; ".join(reply.failures)) if reply.failures else _("None could be asked.")
        words = _("No engine answered, so this is the built-in answer.")
        return Writing(note=f"{words} {failures}")
    metadata = {"engine": reply.engine, "withheld": left_out}
    if not reply.sentences:
        words = _("%(engine)s found no answer that the evidence bears, so this is the built-in one.")
        words %= {"engine": reply.engine}
        return Writing(note=_with_left_out(words, len(reply.withheld), why), metadata=metadata)
    words = _("Written by %(engine)s, each sentence checked against the evidence.") % {"engine": reply.engine}
    return Writing(answer=of_engine(reply), note=_with_left_out(words, len(reply.withheld), why), metadata=metadata)


def of_engine(reply: Reply) -> Answer:
    said = tuple(Said(text=each.text, evidence=each.evidence, support="inferred") for each in reply.sentences)
    return Answer(opening="", parts=(Part(heading="", said=said, is_list=False),))


def _with_left_out(words: str, count: int, why: list[dict[str, Any]]) -> str:
    if not count:
        return words
    reasons = "; ".join(f"{each['why']} ({each['count']})" for each in why)
    left_out = ngettext("%(count)d sentence is left out: %(why)s.", "%(count)d sentences are left out: %(why)s.", count)
    return f"{words} {left_out % {'count': count, 'why': reasons}}"


def speak(
    question: Question,
    known: Known,
    told: Answer,
    *,
    found: str,
    price: Outlook | None = None,
    request: ResearchRequest | None = None,
    writing: Writing | None = None,
) -> None:
    """The answer, once: whoever comes second finds the turn answered. `told` is the built-in one."""
    answer = writing.answer if writing and writing.answer else told
    is_asked_back = question.intent.slug == intents.FREE and answer is told
    saying = _asked_back(question) if is_asked_back else _answering(question, known, answer, found=found, price=price)
    saying = _noted(saying, writing)
    if request is not None:
        saying = replace(saying, metadata={**(saying.metadata or {}), "cost": float(request.spent)})
    state = ChatTurn.State.ASKING if price is not None or is_asked_back else ChatTurn.State.ANSWERED
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            return
        message = say(session, [saying], turn=question.turn, at=timezone.now())[0]
        end(question.turn, state, found="" if is_asked_back else found)
        if not is_asked_back:
            question.remember(session, message=str(message.pk), people=people_in(answer, known))


def _asked_back(question: Question) -> Saying:
    """No engine answered what no intent covers: then we ask what was meant."""
    return asking_back.did_you_mean([str(each) for each in question.turn.slots.get("near", ())])


def _answering(question: Question, known: Known, answer: Answer, *, found: str, price: Outlook | None) -> Saying:
    content, actions = to_markdown(answer), intents.current().after(question.intent.slug)
    if price is not None:
        told = {"expected": usd(price.expected), "worst": usd(price.worst)}
        content += "\n\n" + _("To find out costs about %(expected)s, at most %(worst)s.") % told
        payload = {"turn": str(question.turn.pk), "maxCost": str(price.worst)}
        label = _("Find out, up to %(worst)s") % told
        actions = [Action(id="confirm", label=label, action=CONFIRM, payload=payload), *actions]
    else:
        content += f"\n\n_{FOUND[ChatTurn.Found(found)]}_"
    metadata = metadata_of(question, answer, known) | {"found": found}
    return Saying(
        content=recalling(question, content), actions=actions, metadata=metadata, step="answer", status="completed"
    )


def recalling(question: Question, content: str) -> str:
    """The content, after the question that it belongs to where that stands further above."""
    if not question.recalled:
        return content
    words = _("You asked: “%(question)s”") % {"question": inert(" ".join(question.recalled.split()))}
    return f"{words}\n\n{content}"


def _noted(saying: Saying, writing: Writing | None) -> Saying:
    if writing is None:
        return saying
    content = f"{saying.content}\n\n_{inert(writing.note)}_" if writing.note else saying.content
    return replace(saying, content=content, metadata={**(saying.metadata or {}), **writing.metadata})


def fail(question: Question, why: str) -> None:
    with transaction.atomic():
        session = ChatSession.objects.locked(question.session.pk)
        if is_through(question.turn):
            return
        words = _("That could not be found out: %(why)s") % {"why": inert(why)}
        saying = Saying(content=words, step="answer", status="failed")
        say(session, [saying], turn=question.turn, at=timezone.now())
        end(question.turn, ChatTurn.State.FAILED)


def metadata_of(question: Question, told: Answer, known: Known) -> dict[str, Any]:
    return {
        "intent": question.intent.slug,
        "company": {"name": question.company.name, "reference": question.company.reference},
        "sources": [badge.to_json() for badge in sources_of(told, known)],
        "statements": statements_json(told, known),
        "missing": [_missing(each) for each in told.missing],
        "confidence": confidence_of(told, known),
        "sandbox": known.is_sandbox,
    }


def _missing(what: Missing) -> dict[str, str]:
    return {"dataset": what.dataset, "label": what.label, "why": what.why}
