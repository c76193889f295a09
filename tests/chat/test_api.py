"""The documents' research on a customer, told in a conversation; and a conversation taken away."""

import json
import re
import sys

import pytest
from django.test import Client
from django.utils import timezone
from markdown_it import MarkdownIt

from chat import conversation, exporting, printing
from chat.answering.escaping import inert
from chat.following import catch_up
from chat.models import ChatMessage, ChatPolicy, ChatSession
from enrichment.models import ResearchRequest
from salesintel.accounts.models import User
from tests import factories
from tests.driving import drive_on
from tests.pdf import links_of, text_of

ACME = {"id": 1, "name": "Acme Corp", "domain": "acmecorp.com", "industry": "Payments", "matchScore": 1}
AE = {"name": "Taylor", "role": "account-executive", "segment": "Mid-Market", "region": "EMEA"}


@pytest.fixture
def program(rep):
    client = Client()
    client.force_login(rep)
    return client


def ask(program, session, url="/api/v1/intelligence/customer", **more):
    body = {"customer": ACME, "userPersona": AE, "chatSessionId": str(session.pk)} | more
    return program.post(url, json.dumps(body), content_type="application/json")


def contents(session) -> list[str]:
    return list(session.messages.order_by("created", "pk").values_list("content", flat=True))


def test_the_documents_request_begins_the_research_and_tells_it_in_the_chat(program, session):
    answer = ask(program, session, url="/api/intelligence/customer")

    told = answer.json()
    assert answer.status_code == 202, told
    assert told["executionArn"] == told["requestId"]
    assert "minute" in told["estimatedDuration"]
    assert told["chatSessionId"] == str(session.pk)
    assert any("Researching Acme Corp" in each for each in contents(session))
    session.refresh_from_db()
    assert (str(session.research_id), session.seller["segment"]) == (told["requestId"], "Mid-Market")


def test_what_choosing_the_customer_began_is_joined(program, session):
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})

    answer = ask(program, session)

    assert answer.status_code == 202
    assert ResearchRequest.objects.filter(user=session.user).count() == 1
    assert len(contents(session)) == 3


def test_a_hit_is_the_profile_and_its_summary_is_told_in_the_chat(program, session):
    ask(program, session)
    drive_on()
    other = conversation.open_session(session.user)

    answer = ask(program, other)

    assert answer.status_code == 200
    assert (answer.json()["source"], answer.json()["totalCost"]) == ("cache", 0)
    assert answer.json()["data"]["companyName"] == "Acme Corp"
    assert "Acme Corp - Quick overview" in contents(other)[-1]


def test_one_key_begins_it_once(program, session):
    headers = {"Idempotency-Key": "mine"}
    body = {"customer": ACME, "chatSessionId": str(session.pk)}

    first, second = (
        program.post(
            "/api/v1/intelligence/customer", json.dumps(body), content_type="application/json", headers=headers
        )
        for _ in range(2)
    )

    assert first.json()["requestId"] == second.json()["requestId"]


@pytest.mark.parametrize(
    ("customer", "status", "field"),
    [
        ({}, 400, "customer"),
        ("Acme", 400, "customer"),
        ({"domain": "8.8"}, 400, "customer"),
        ({"id": 0}, 400, "customer"),
    ],
    ids=["nobody", "text", "no domain", "no id"],
)
def test_what_names_no_customer_is_refused_by_name(program, session, customer, status, field):
    answer = ask(program, session, customer=customer)

    assert answer.status_code == status, answer.content
    assert any(name.startswith(field) for name in answer.json()["errors"])


def test_a_name_of_several_is_answered_with_all_of_them(program, session):
    factories.company("Gemini", "gemini-one.example")
    factories.company("Gemini", "gemini-two.example")

    answer = ask(program, session, customer={"name": "Gemini"})

    assert answer.status_code == 409
    assert {each["domain"] for each in answer.json()["candidates"]} == {"gemini-one.example", "gemini-two.example"}


def test_beyond_the_cap_the_price_is_told_and_nothing_begun(program, session):
    ChatPolicy.objects.update(session_cap=0)

    answer = ask(program, session)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("unaffordable")
    assert not ResearchRequest.objects.exists()


def test_anothers_conversation_takes_nothing(program, session):
    stranger = User.objects.create_user("stranger", "s@example.com", "correct horse")
    theirs = ChatSession.objects.create(user=stranger)

    assert ask(program, theirs).status_code == 404
    assert not ResearchRequest.objects.exists()


# --- Export -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(session) -> ChatSession:
    conversation.act(session, "select_customer", {"reference": "acmecorp.com"})
    drive_on()
    catch_up(session.pk)
    conversation.ask(session, "What's their technology stack?")
    return session


def test_every_statement_goes_out_with_its_sources(program, told):
    url = f"/api/v1/chat/sessions/{told.pk}/export"

    whole, text = program.get(url), program.get(url, {"format": "md"})

    answer = whole.json()["messages"][-1]
    assert whole.json()["sandbox"] is True
    assert all(each["evidence"][0]["url"] for each in answer["metadata"]["statements"])
    assert text["Content-Type"] == "text/markdown; charset=utf-8"
    assert text["Content-Disposition"].endswith('.md"')
    page = text.content.decode()
    assert "Invented" in page
    for each in answer["metadata"]["statements"]:
        assert f"<{each['evidence'][0]['url']}>" in page


HOSTILE = "<img src=x onerror=alert(1)>\n# Heading\n[click](javascript:alert(1)) ![](http://evil.example/p.png)"


def test_what_people_and_sources_wrote_is_text_in_it(session):
    evidence = {"title": HOSTILE, "publisher": HOSTILE, "url": "javascript:alert(1)", "source": "x"}
    odd = evidence | {"url": "https://fine.example/>[x](javascript:alert(1))"}
    ChatMessage.objects.create(session=session, type="user", content=HOSTILE)
    statements = [{"text": HOSTILE, "evidence": [evidence, odd]}]
    ChatMessage.objects.create(session=session, type="assistant", content="Yes.", metadata={"statements": statements})
    session.title = HOSTILE

    html = MarkdownIt().render(exporting.as_markdown(session))

    assert "<img" not in html
    assert "<a " not in html
    assert html.count("<h1>") == 1


PROFILES = [
    ("https://www.linkedin.com/in/jane-doe_1", True),
    ("http://linkedin.com/in/jane/", True),
    ("https://de.linkedin.com/in/j%C3%BCrgen", True),
    ("https://linkedin.com.evil.example/in/jane", False),
    ("https://evil.example/linkedin.com/in/jane", False),
    ("https://linkedin.com@evil.example/in/jane", False),
    ("https://linkedin.com:444/in/jane", False),
    ("https://linkedin.com/redir?url=evil.example", False),
    ("https://notlinkedin.com/in/jane", False),
    ("javascript://linkedin.com/in/%0aalert(1)", False),
    ("https://linkedin.com/in/a](https://evil.example)", False),
]


def test_only_profiles_of_known_hosts_are_links_in_the_words_themselves(session):
    for url, _ in PROFILES:
        told = [{"text": f"Profile: {url}", "evidence": [{"title": "x", "url": "https://u@evil.example/"}]}]
        ChatMessage.objects.create(
            session=session, type="assistant", content=inert(f"Profile: {url}"), metadata={"statements": told}
        )

    html = MarkdownIt().render(exporting.as_markdown(session))
    pdf = printing.as_pdf(session, at=timezone.now())

    expected = [url for url, is_link in PROFILES if is_link]
    assert sorted(set(re.findall(r'href="([^"]+)"', html))) == sorted(expected)
    assert links_of(pdf) == expected
    assert "Profile:https://linkedin.com.evil.example/in/jane" in text_of(pdf)


def test_it_is_printed_with_numbered_sources(program, told):
    answer = program.get(f"/api/v1/chat/sessions/{told.pk}/export", {"format": "pdf"})

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith('.pdf"')
    text = text_of(answer.content)
    assert text.count("What'stheirtechnologystack?") == 1
    assert "Invented:somethinginitcomesfromthesandbox." in text
    last = ChatMessage.objects.filter(session=told).latest("created")
    for each in last.metadata["statements"]:
        assert re.search(re.escape("".join(each["text"].split())) + r".{0,3}\[\d+\]", text), each["text"]
    urls = {item["url"] for each in last.metadata["statements"] for item in each["evidence"]}
    assert urls <= set(links_of(answer.content))


def test_without_the_typesetter_the_extra_is_named(program, session, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)

    answer = program.get(f"/api/v1/chat/sessions/{session.pk}/export", {"format": "pdf"})

    assert answer.status_code == 406
    assert "salesintel[pdf]" in answer.json()["detail"]


def test_a_format_that_there_is_not_is_refused(program, session):
    assert program.get(f"/api/v1/chat/sessions/{session.pk}/export", {"format": "docx"}).status_code in (404, 406)
