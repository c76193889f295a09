"""Conversations as pages: read, asked and left without script; nothing of a content becomes HTML; nobody else's."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chat import conversation
from chat.models import ChatFeedback, ChatMessage, ChatSession, ChatTurn
from chat.pages import markdown
from chat.saying import Saying, say
from enrichment.models import Company
from salesintel.accounts.models import User

HOSTILE = '<img src="https://evil.example/p"> ![x](https://evil.example/i) [y](javascript:alert(1)) **b** _i_ \\*raw\\*'


@pytest.fixture
def talker(db):
    return User.objects.create_user("talker", "t@example.com", "correct horse")


@pytest.fixture
def client(talker):
    browser = Client()
    browser.force_login(talker)
    return browser


@pytest.fixture
def talk(talker):
    return ChatSession.objects.create(user=talker, title="Before the call")


def text(answer):
    return answer.content.decode()


def told(session, content, **more):
    return say(session, [Saying(content=content, **more)], turn=None, at=timezone.now())[0]


@pytest.mark.once
def test_what_a_content_says_of_html_images_and_links_is_text():
    [block] = markdown.blocks(HOSTILE)

    assert set(re.findall(r"<[^>]*>", block.lines[0].html)) == {"<strong>", "</strong>", "<em>", "</em>"}
    assert "*raw*" in block.lines[0].text


@pytest.mark.once
def test_lists_headings_and_paragraphs_are_told_apart():
    found = markdown.blocks("**Acme**\n\n- one\n- two\n\n1. first\n# Head\n\nEnd \\<b\\>")

    assert [block.kind for block in found] == ["p", "ul", "ol", "h", "p"]
    assert found[0].lines[0].html == "<strong>Acme</strong>"
    assert found[-1].lines[0].html == "End &lt;b&gt;"


@pytest.mark.once
def test_marks_that_do_not_close_and_those_within_words_stay_text():
    assert markdown.inline("a ** b snake_case_name *") == "a ** b snake_case_name *"


def test_what_a_person_or_a_title_says_is_escaped(client, talk):
    talk.title = "<script>alert(1)</script>"
    talk.save()
    told(talk, HOSTILE)

    for address in ("/chat/", f"/chat/{talk.pk}/", f"/chat/{talk.pk}/live/?after=0"):
        shown = text(client.get(address))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown


def test_each_statement_opens_its_evidence_and_a_link_that_is_no_address_is_none(client, talk):
    item = {"id": "1", "title": "A page", "url": "javascript:alert(1)", "publisher": "BuiltWith", "quote": "<b>AWS</b>"}
    told(
        talk,
        "**Stack**\n- AWS",
        metadata={
            "intent": "technology_stack",
            "statements": [{"text": "AWS", "support": "verbatim", "dataset": "tech_stack", "evidence": [item]}],
            "sources": [{"name": "BuiltWith", "confidence": 0.9, "lastUpdated": timezone.now().isoformat()}],
        },
    )

    shown = text(client.get(f"/chat/{talk.pk}/"))

    assert "javascript:" not in shown
    assert "&lt;b&gt;AWS&lt;/b&gt;" in shown
    assert "high, 90 %" in shown
    [cited] = re.findall(r'class="cite cite--verbatim" href="#(e-[^"]+)"', shown)
    assert f'id="{cited}"' in shown


def test_one_asks_and_presses_without_script(client, talk, rules):
    message = told(talk, "Which?", actions=())
    message.actions = [{"id": "help", "label": "Help", "action": "help", "payload": {"intent": "help"}}]
    message.save()
    client.post(f"/chat/{talk.pk}/say/", {"question": "What can you do?"})

    pressed = client.post(f"/chat/{talk.pk}/say/", {"message": message.pk, "press": "0"})

    assert pressed["Location"] == f"/chat/{talk.pk}/#say"
    said = talk.messages.filter(type="user").order_by("created").values_list("content", flat=True)
    assert said[0] == "What can you do?"
    assert len(said) == 2


def test_what_a_script_sends_twice_is_taken_once_and_a_refusal_is_told_it_in_words(client, talk, rules):
    script = {"X-Part": "1"}

    first, again = (
        client.post(f"/chat/{talk.pk}/say/", {"question": "help", "client_id": "a1"}, headers=script) for _ in range(2)
    )
    refused = client.post(f"/chat/{talk.pk}/say/", {"question": " "}, headers=script)

    assert (first.status_code, again.status_code) == (204, 204)
    assert talk.messages.filter(type="user").count() == 1
    assert refused.status_code == 400
    assert refused.json() == {"error": "Say what you want to know."}


def test_what_was_refused_stands_in_the_composer_again(client, talk):
    refused = client.post(f"/chat/{talk.pk}/say/", {"question": "x" * 2001})

    assert refused.status_code == 400
    assert "x" * 2001 in text(refused)
    assert "has at most 2000 characters" in text(refused)


def test_a_conversation_begins_with_a_question_or_of_a_company(client, talker, rules):
    company = Company.objects.create(name="Acme", domain="acme.example")

    asked = client.post("/chat/new/", {"question": "What can you do?"})
    about = client.post("/chat/new/", {"about": f"#{company.pk}"})

    first, second = (ChatSession.objects.get(pk=each["Location"].split("/")[2]) for each in (asked, about))
    assert first.messages.exists()
    assert (second.company, second.messages.count()) == (company, 0)
    assert "You talk of Acme." in text(client.get(about["Location"]))
    assert client.post("/chat/new/", {}).status_code == 400


def test_an_open_page_takes_in_what_is_new(client, talk):
    told(talk, "First")
    told(talk, "Second")

    shown = text(client.get(f"/chat/{talk.pk}/live/?after=1"))

    assert "Second" in shown
    assert "First" not in shown
    assert 'data-seq="2"' in shown


def test_it_is_renamed_judged_and_deleted(client, talk):
    message = told(talk, "An answer", metadata={"intent": "help"})

    client.post(f"/chat/{talk.pk}/name/", {"title": "Acme on Tuesday"})
    client.post(f"/chat/messages/{message.pk}/judge/", {"value": "down", "why": "too short"})

    assert "Acme on Tuesday" in text(client.get("/chat/"))
    assert ChatFeedback.objects.values_list("value", "why").get() == (-1, "too short")
    assert client.post(f"/chat/{talk.pk}/delete/")["Location"] == "/chat/"
    assert not ChatSession.objects.visible_to(talk.user).exists()


def test_anothers_conversation_does_not_exist(client, rules, db):
    other = User.objects.create_user("stranger", "s@example.com", "correct horse")
    theirs = ChatSession.objects.create(user=other, title="Secret plan")
    message = told(theirs, "Secret answer")
    address = f"/chat/{theirs.pk}/"

    gets = [client.get(f"{address}{part}").status_code for part in ("", "live/")]
    sends = ("say", "stop", "name", "delete")
    posts = [client.post(f"{address}{part}/", {"question": "x"}).status_code for part in sends]
    judged = client.post(f"/chat/messages/{message.pk}/judge/", {"value": "up"}).status_code

    assert {*gets, *posts, judged} == {404}
    assert "Secret" not in text(client.get("/chat/"))


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(client, talker, talk, django_assert_max_num_queries):
    now = timezone.now()
    rows = ChatSession.objects.bulk_create(
        ChatSession(user=talker, title=f"Call {place}", updated=now - timedelta(hours=place)) for place in range(60)
    )
    ChatMessage.objects.bulk_create(ChatMessage(session=row, type="user", content=f"about {row.pk}") for row in rows)
    client.get("/chat/")

    with django_assert_max_num_queries(9):
        shown = text(client.get("/chat/"))

    assert shown.count("chats__line") == 50
    assert f"about {rows[-1].pk}" in shown


def test_two_hundred_messages_take_as_many_queries_as_one(client, talk, django_assert_max_num_queries):
    turn, answer = ChatTurn.objects.create(session=talk), {"intent": "help"}
    said = [Saying(content=f"- line {place}", metadata=answer) for place in range(230)]
    say(talk, said, turn=turn, at=timezone.now())
    client.get(f"/chat/{talk.pk}/")

    with django_assert_max_num_queries(12):
        shown = text(client.get(f"/chat/{talk.pk}/"))

    assert shown.count('class="said said--ours"') == 200
    assert "?before=31" in shown
    assert text(client.get(f"/chat/{talk.pk}/?before=31")).count('class="said said--ours"') == 30


def test_stopping_what_is_not_under_way_is_no_fault(client, talk):
    assert client.post(f"/chat/{talk.pk}/stop/").status_code == 302
    assert not conversation.stop(talk)
