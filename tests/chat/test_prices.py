"""What a whole preparation is said to cost, and what is said of one that was stopped."""

from chat import conversation
from chat.choosing import ask_of
from chat.following import catch_up
from chat.models import ChatMessage
from enrichment import door
from enrichment.models import Company


def test_the_most_that_is_named_is_no_less_than_what_is_expected(session):
    ask = ask_of(session, Company.objects.get(domain="acmecorp.com"), consumer=door.CONVERSATION)

    price = door.outlook(ask, by=session.user)

    assert 0 < price.expected <= price.worst


def test_who_stops_the_research_is_told_so_and_of_no_fault(session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    conversation.stop(session)

    catch_up(session.pk)

    last = ChatMessage.objects.filter(session=session).latest("created")
    assert last.content == "The research on Acme Corp was stopped. What was collected is kept: ask on."
    assert last.events.get().data == {"step": "complete", "status": "completed"}
