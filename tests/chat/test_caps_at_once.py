"""Caps under choices made at the same moment: what may be spent in all stays within them."""

import asyncio
from decimal import Decimal

import pytest
from uvicorn.protocols.utils import ClientDisconnected

from chat import conversation
from chat.consumers import ChatConsumer
from chat.models import ChatMessage, ChatPolicy, ChatSession
from enrichment.models import Company, ResearchRequest
from salesintel.accounts.models import User
from tests.enrichment.market import at_once

CAP = Decimal("0.90")


def select_at_once(sessions: list[ChatSession]) -> None:
    domains = list(Company.objects.exclude(domain="okta.com").exclude(domain=None).values_list("domain", flat=True))
    assert len(domains) >= len(sessions)
    at_once(
        len(sessions),
        lambda place: conversation.act(sessions[place], "select_customer", {"reference": domains[place]}),
    )


def held_and_refused(user: User) -> tuple[Decimal, int, int]:
    requests = ResearchRequest.objects.filter(user=user, chat_follows__session__user=user)
    caps = [cap or Decimal(0) for cap in requests.values_list("cap", flat=True)]
    told = ChatMessage.objects.filter(session__user=user).values_list("actions", flat=True)
    refused = sum(any(action["action"] == "confirm_research" for action in actions) for actions in told)
    return sum(caps, Decimal(0)), len(caps), refused


def test_choices_at_once_stay_within_the_cap_of_their_conversation(session: ChatSession) -> None:
    ChatPolicy.objects.update_or_create(defaults={"session_cap": CAP})

    select_at_once([session] * 6)

    held, begun, refused = held_and_refused(session.user)
    assert (held <= CAP, begun + refused) == (True, 6), (held, begun, refused)
    assert begun
    assert refused


def test_choices_at_once_in_many_conversations_stay_within_the_day(session: ChatSession, rep: User) -> None:
    ChatPolicy.objects.update_or_create(defaults={"day_cap": CAP})

    select_at_once([session, *(ChatSession.objects.create(user=rep, vendor=session.vendor) for _ in range(5))])

    held, begun, refused = held_and_refused(rep)
    assert (held <= CAP, begun + refused) == (True, 6), (held, begun, refused)
    assert begun
    assert refused


@pytest.mark.once
def test_a_client_that_leaves_while_it_is_told_something_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise ClientDisconnected

    consumer = ChatConsumer.__new__(ChatConsumer)
    consumer._session, consumer._after = None, 0
    monkeypatch.setattr("chat.consumers.watching.happenings", _one_page)
    monkeypatch.setattr(consumer, "send", gone)

    asyncio.run(consumer._tell())


async def _one_page(*_: object, **__: object):
    class Event:
        json = b"{}"

    yield [Event]
