"""The admin's pages of conversations: a question tried, the worst intents, one policy, words only read."""

from decimal import Decimal

import pytest
from django.urls import reverse

from chat.judging import wilson_low, worst_intents
from chat.models import ChatFeedback, ChatMessage, ChatPolicy, ChatSession, ChatTurn
from tests import seeding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(transactional_db):
    seeding.rules()


def judged(user, intent: str, *, up: int, down: int) -> None:
    session = ChatSession.objects.create(user=user)
    for value in [1] * up + [-1] * down:
        turn = ChatTurn.objects.create(session=session, intent=intent)
        message = ChatMessage.objects.create(session=session, turn=turn, type="assistant", content="Said.")
        ChatFeedback.objects.create(message=message, value=value)


def test_a_question_is_tried_and_says_why(admin_client):
    page = admin_client.get(
        reverse("admin:chat_chatintent_try"), {"question": "What's their technology stack?", "company": "Acme"}
    )

    text = page.content.decode()
    assert "It is answered as <strong>Technology</strong>" in text
    assert not ChatTurn.objects.exists()


def test_what_is_tried_is_text(admin_client):
    page = admin_client.get(reverse("admin:chat_chatintent_try"), {"question": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in page.content.decode()


def test_the_worst_intents_are_those_of_which_we_are_surest(admin_client, user):
    judged(user, "funding_news", up=60, down=40)
    judged(user, "technology_stack", up=1, down=4)
    judged(user, "decision_makers", up=0, down=4)  # too few

    found = [(each.intent, each.is_ranked) for each in worst_intents()]

    assert found == [("technology_stack", True), ("funding_news", True), ("decision_makers", False)]
    page = admin_client.get(reverse("admin:chat_chatfeedback_changelist")).content.decode()
    assert page.index(">Technology</a>") < page.index(">Funding and news</a>") < page.index("too few yet")


@pytest.mark.parametrize(("hits", "tries", "low"), [(5, 5, 0.5655), (50, 100, 0.4038), (0, 10, 0.0), (0, 0, 0.0)])
def test_wilsons_interval(hits, tries, low):
    assert wilson_low(hits, tries) == pytest.approx(low, abs=5e-5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question_cap": "-1"}, "question_cap"),
        ({"question_cap": "6"}, "question_cap"),
        ({"session_cap": "21"}, "session_cap"),
    ],
)
def test_caps_that_make_no_sense_are_refused_at_their_field(admin_client, changes, field):
    address = reverse("admin:chat_chatpolicy_change", args=[ChatPolicy.objects.get().pk])
    sent = {"question_cap": "0.25", "session_cap": "5", "day_cap": "20", "keep_days": "365", "origin": "", **changes}

    page = admin_client.post(address, sent)

    assert list(page.context["adminform"].form.errors) == [field]
    assert ChatPolicy.now().question_cap == Decimal("0.25")


def test_a_second_policy_cannot_be_added_and_the_one_not_deleted(admin_client):
    policy = ChatPolicy.objects.get()

    assert admin_client.get(reverse("admin:chat_chatpolicy_add")).status_code == 403
    assert (
        admin_client.post(reverse("admin:chat_chatpolicy_delete", args=[policy.pk]), {"post": "yes"}).status_code == 403
    )
    assert ChatPolicy.objects.count() == 1


def test_what_was_said_is_only_read(admin_client, user):
    judged(user, "help", up=1, down=0)
    message = ChatMessage.objects.get()

    url = reverse("admin:chat_chatmessage_change", args=[message.pk])
    admin_client.post(url, {"content": "Never said."})

    message.refresh_from_db()
    assert message.content == "Said."
    assert admin_client.get(reverse("admin:chat_chatmessage_add")).status_code == 403
