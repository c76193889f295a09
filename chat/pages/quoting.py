"""Which question an answer belongs to, where that does not stand directly above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.models import ChatMessage, ChatSession

SHOWN = 90  # characters of a question


@dataclass(frozen=True, slots=True)
class Quoted:
    """The beginning of a question and the id of its message."""

    text: str
    message: UUID


def quoted(session: ChatSession, answers: Sequence[ChatMessage]) -> Mapping[UUID, Quoted]:
    """Answer's id → its question, for those between which and their question something of another turn was said.

    Two queries, however many answers.
    """
    turns = {each.turn_id for each in answers if each.turn_id is not None and each.type == ChatMessage.Type.ASSISTANT}
    if not turns:
        return {}
    asked = {
        each.turn_id: each
        for each in ChatMessage.objects.filter(session=session, turn__in=turns, type=ChatMessage.Type.USER)
    }
    if not asked:
        return {}
    first = min(each.created for each in asked.values())
    rows = ChatMessage.objects.filter(session=session, created__gte=first).exclude(turn=None)
    said = list(rows.order_by("created", "pk").values_list("created", "turn_id"))
    found = {}
    for answer in answers:
        question = asked.get(answer.turn_id)
        if question is None or answer.pk == question.pk:
            continue
        between = (turn for at, turn in said if question.created < at < answer.created)
        if any(turn != answer.turn_id for turn in between):
            text = " ".join(question.content.split())
            found[answer.pk] = Quoted(text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} …", question.pk)
    return found
