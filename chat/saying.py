"""What is said in a conversation, stored with the event that tells of it; and both in the wire's shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chat.answering.model import Action
from chat.models import ChatEvent, ChatMessage, ChatSession, ChatTurn, append

Type = ChatEvent.Type
MEANWHILE = "search"  # the step of what is said while a question waits for data
ANSWERED = (ChatTurn.State.ANSWERED, ChatTurn.State.ASKING)  # states of a turn whose answer was said


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A message of ours before it is stored. `metadata` may hold sources, statements and confidence, as JSON."""

    content: str
    actions: Sequence[Action] = ()
    metadata: Mapping[str, Any] | None = None
    type: str = Type.QUESTION_RESPONSE
    step: str = ""
    status: str = ""


def say(session: ChatSession, sayings: Iterable[Saying], *, turn: ChatTurn | None, at: datetime) -> list[ChatMessage]:
    """Store what we say, in the caller's transaction, which has the session locked."""
    told = list(sayings)
    messages = [
        ChatMessage(
            session=session,
            turn=turn,
            type=ChatMessage.Type.ASSISTANT,
            content=each.content,
            actions=[action.to_json() for action in each.actions],
            metadata=dict(each.metadata or {}),
        )
        for each in told
    ]
    for message in messages:
        message.save()
    events = [
        ChatEvent(type=each.type, message=message, data=_steps(each.step, each.status))
        for each, message in zip(told, messages, strict=True)
    ]
    append(session, events, at=at)
    return messages


def hear(session: ChatSession, text: str, *, turn: ChatTurn, at: datetime) -> ChatMessage:
    """Store what the person said; every client of the session is told, for another may have sent it."""
    message = ChatMessage.objects.create(session=session, turn=turn, type=ChatMessage.Type.USER, content=text)
    append(
        session, [ChatEvent(type=Type.WORKFLOW_PROGRESS, message=message, data=_steps("question", "started"))], at=at
    )
    return message


def _steps(step: str, status: str) -> dict[str, str]:
    return {name: value for name, value in (("step", step), ("status", status)) if value}


# --- The wire ---------------------------------------------------------------------------------------------------------


def message_told(message: ChatMessage) -> dict[str, Any]:
    """A stored message: `{id, type, content, actions, metadata, turnId, createdAt}`."""
    return {
        "id": str(message.pk),
        "type": message.type,
        "content": message.content,
        "actions": message.actions,
        "metadata": message.metadata,
        "turnId": str(message.turn_id) if message.turn_id else None,
        "createdAt": message.created.isoformat(),
    }


def event_told(event: ChatEvent) -> dict[str, Any]:
    """A server message: `{type, chatSessionId, seq, data, timestamp}`; `data` of a message holds what it says."""
    data = dict(event.data)
    if event.message is not None:
        told = message_told(event.message)
        metadata = event.message.metadata
        data |= {"content": told["content"], "actions": told["actions"], "message": told}
        data |= {name: metadata[name] for name in ("sources", "confidence") if name in metadata}
    return {
        "type": event.type,
        "chatSessionId": str(event.session_id),
        "seq": event.seq,
        "data": data,
        "timestamp": event.at.isoformat(),
    }


def events_after(session: Any, seq: int, *, limit: int = 500) -> list[ChatEvent]:
    """The session's events with greater numbers, in order, at most `limit`."""
    rows = ChatEvent.objects.filter(session=session, seq__gt=seq).select_related("message")
    return list(rows.order_by("seq")[:limit])
