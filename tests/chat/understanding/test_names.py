"""Names in questions: of people, places and products, of the vendor, of another company; and what a follow-up keeps."""

from dataclasses import replace
from datetime import date

import pytest

from chat.understanding.model import Context
from chat.understanding.recognise import doubt, understand
from chat.understanding.spans import Span
from tests.chat.understanding.labelled import ACME, labelled, rules
from tests.chat.understanding.labelled import answered as answered_half

RULES = rules()
KNOWN = Context(**ACME)
SINCE = Span(date(2026, 3, 1), date(2026, 11, 22), "since march")


def asked(text, **context):
    return understand(text, RULES, replace(KNOWN, **context))


@pytest.mark.parametrize("half", ["seen_names", "unseen_names"])
def test_names_companies_and_times_are_read_as_they_were_labelled(half):
    wrong = []
    for row, found in answered_half(half):
        span = (f"{found.slots.span.since}", f"{found.slots.span.until}") if found.slots.span else None
        if (found.slots.company, frozenset(found.slots.about), span) != (row.company, row.about, row.span):
            wrong.append((row.text, found.slots))

    assert len(wrong) <= 0.15 * len(labelled(half)), wrong


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Is Priya Raman still there?", "priya raman"),
        ("what's mehmet up to", "mehmet"),
        ("an email to Sofia Lindqvist, please", "sofia lindqvist"),
        ("What does Mark Yu do there?", ""),
        ("Will they renew?", ""),
        ("How big is Oscar Health?", ""),
        ("What Will Acme Buy Next?", ""),
        ("WILL MARK DECIDE?", ""),
    ],
)
def test_a_stranger_is_known_by_a_given_name(text, person):
    assert asked(text).slots.person == person


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Berlin", "‹place›"),
        ("Kubernetes", "‹product›"),
        ("Slack", "ordinary"),
        ("Lifecycle Management", "‹vendor›"),
        ("okta.com", "‹vendor›"),
        ("Mark Yu", "‹person›"),
        ("Budget", "ordinary"),
        ("the weather", "ordinary"),
        ("Kestrelmint", ""),
        ("Globex", ""),
        ("kestrelmint.io", ""),
    ],
)
def test_a_name_that_may_mean_something_else_is_in_doubt(name, what):
    assert doubt(name, RULES, KNOWN) == what


def test_whoever_sells_for_nobody_may_meet_with_anybody():
    found = understand("Help me prepare for my meeting with Okta", RULES, Context())

    assert (found.slots.company, found.slots.doubt) == ("Okta", "")


def test_a_product_s_maker_may_be_met():
    assert asked("prepare me for my meeting with Salesforce").slots.company == "Salesforce"
    assert asked("do they use Salesforce?").slots.company == ""


def test_a_follow_up_on_another_company_keeps_what_was_singled_out():
    found = asked("same for Globex", intent="funding_news", about=("aws",), span=SINCE)

    assert (found.slots.company, found.slots.about, found.slots.span) == ("Globex", ("aws",), SINCE)


def test_people_and_places_of_one_company_are_not_looked_for_at_another():
    assert asked("same for Globex", intent="hiring_patterns", about=("berlin",)).slots.about == ()
    assert asked("same for Globex", intent="decision_makers", about=("mark yu",)).slots.about == ()


def test_a_follow_up_keeps_the_time_until_it_names_another():
    kept, other = (
        asked(text, intent="funding_news", span=SINCE).slots.span
        for text in ("what about hiring?", "and hiring in Q3?")
    )

    assert kept == SINCE
    assert other == Span(date(2026, 7, 1), date(2026, 9, 30), "in q3")


def test_a_question_of_its_own_keeps_no_time():
    assert asked("Who are their competitors?", intent="funding_news", span=SINCE).slots.span is None
