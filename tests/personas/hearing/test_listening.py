"""Objections, motivations and pains are heard in people's own words, and not where they deny them."""

import time
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from personas.hearing.listening import LONGEST_QUOTE, listen
from personas.hearing.themes import themes

SAID = {
    "The price is too high for us.": "objection.price",
    "Honestly, your pricing is a bit steep compared with Ping.": "objection.price",
    "Our budget is frozen until March.": "objection.budget",
    "We don’t have the bandwidth this quarter.": "objection.timing",
    "We just renewed with another vendor until 2027.": "objection.incumbent",
    "Migrating the directory took a year last time.": "objection.switching",
    "Infosec will send you a security questionnaire.": "objection.security",
    "How does it integrate with Workday?": "objection.integration",
    "I have to ask my boss and procurement.": "objection.authority",
    "It doesn't support SAML, which is a deal breaker.": "objection.missing",
    "I'm not convinced it scales.": "objection.trust",
    "We never sign multi-year contracts.": "objection.terms",
    "The board wants fewer vendors and real savings.": "motivation.saving",
    "We do everything by hand, in spreadsheets.": "motivation.time",
    "We are expanding into Spain next year.": "motivation.growth",
    "The audit has to be closed by May.": "motivation.risk",
    "Our users complain about too many passwords.": "motivation.experience",
    "I have no overview of who has access.": "motivation.insight",
    "We are short-staffed since the summer.": "pain.people",
    "Our systems do not talk to each other.": "pain.tools",
    "Granting access takes three days.": "pain.slow",
    "The report is full of errors.": "pain.quality",
    "We failed the audit over orphaned accounts.": "pain.security",
    "They raised their prices by 30 %.": "pain.cost",
    "Their support is slow and nobody answers.": "pain.service",
}
EXACTLY = {  # all that is heard in a sentence: what is a step of theirs, or asks for a paper, is no trouble of theirs
    "Great, security review takes three weeks.": set(),
    "Legal review takes about two weeks on our side.": set(),
    "Procurement takes ten days.": {"objection.authority"},
    "The security review takes three weeks, which is too slow.": {"pain.slow", "motivation.time"},
    "Could you send the SOC 2 report?": set(),
    "Please share your ISO 27001 certificate.": set(),
    "Do you have a SOC 2 report?": set(),
    "We worry about where our data is stored, and SOC 2 is a must.": {"objection.security"},
    "The price looks too high.": {"objection.price"},
    "Our budget is frozen until autumn.": {"objection.budget"},
}
NOT_SAID = (
    "The price is not an issue for us.",
    "It isn't too expensive.",
    "That bug is fixed, thanks.",
    "Happy to speak next week!",
    "I'll be out of the office until Monday.",
    "We have no complaints from users.",
    "Thursday at ten works for me.",
    "Please find attached the signed form.",
)


def heard(text: str) -> set[str]:
    return {f"{each.kind}.{each.name}" for each in listen([(uuid4(), text)])}


def test_what_is_said_is_heard() -> None:
    assert {text: name for text, name in SAID.items() if name not in heard(text)} == {}


def test_no_more_is_heard_than_is_said() -> None:
    assert {text: heard(text) for text, names in EXACTLY.items() if heard(text) != names} == {}


def test_what_is_not_said_is_not_heard() -> None:
    assert {text: heard(text) for text in NOT_SAID if heard(text)} == {}


def test_the_sentence_is_quoted_as_it_stands() -> None:
    (found,) = listen([(uuid4(), "Thanks for the call.\nThe price is too high for us. Speak soon!")])

    assert found.quote == "The price is too high for us."


def test_a_theme_counts_once_in_an_interaction() -> None:
    assert len(listen([(uuid4(), "Too expensive. Really too expensive.")])) == 1


def test_every_theme_has_a_sentence_that_tries_it() -> None:
    assert {f"{theme.kind}.{theme.name}" for theme in themes()} == set(SAID.values())


@given(st.text(max_size=500))
def test_any_text_is_listened_to(text: str) -> None:
    assert all(len(found.quote) <= LONGEST_QUOTE for found in listen([(uuid4(), text)]))


def test_a_text_that_nearly_fits_takes_no_time() -> None:
    began = time.process_time()

    listen([(uuid4(), "the price is a b c d e price is " * 700)])

    assert time.process_time() - began < 2
