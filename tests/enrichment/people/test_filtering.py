"""An answer is kept without whoever is on the list, and its bytes not at all where they name one of them."""

import pytest

from enrichment.people import optouts
from enrichment.people.blocked import NOBODY, Blocked
from enrichment.people.filtering import LONGEST, filtered, tidied
from enrichment.people.optouts import Marks
from enrichment.sources.base import Evidence, Extraction, Observation

pytestmark = pytest.mark.once

JANE = {"name": "Jane Doe", "title": "CFO"}


@pytest.fixture
def jane(db: None) -> Blocked:
    return optouts.blocked_by(Marks(names=("Jane Doe",), companies=("acmecorp.com",)))


def said(value: object, *evidence: Evidence) -> Observation:
    return Observation(dataset="key_contacts", value=value, evidence=evidence)


def test_what_is_said_of_her_is_dropped_and_counted(jane: Blocked) -> None:
    other = said({"name": "John Roe"})

    kept = filtered(Extraction(observations=(said(JANE), other), dropped=1), b"{}", jane, everybody=jane)

    assert kept.extraction.observations == (other,)
    assert kept.extraction.dropped == 2
    assert kept.body == b""


def test_an_item_that_mentions_her_is_masked_and_her_own_goes(jane: Blocked) -> None:
    page, profile = Evidence(kind="page", text="Our CFO is Jane Doe."), Evidence(kind="profile", title="Jane Doe, CFO")

    kept = filtered(Extraction(observations=(said("x", page, profile),)), b"{}", jane, everybody=jane)

    [seen] = kept.extraction.observations
    assert [item.text for item in seen.evidence] == ["Our CFO is [erased]."]


def test_what_only_her_own_item_bears_is_dropped(jane: Blocked) -> None:
    profile = Evidence(kind="profile", url="https://acme.example/team/jane-doe")

    kept = filtered(Extraction(observations=(said("x", profile),)), b"{}", jane, everybody=jane)

    assert kept.extraction.observations == ()


def test_bytes_that_name_her_in_what_is_left_out_are_not_kept(jane: Blocked) -> None:
    """A register answers for one company with records of another, whose people its extractor leaves out."""
    kept = filtered(Extraction(observations=(said("x"),)), b'[{"name": "Jane Doe"}]', NOBODY, everybody=jane)

    assert (len(kept.extraction.observations), kept.body) == (1, b"")


def test_bytes_that_are_too_long_to_be_looked_through_are_not_kept(jane: Blocked) -> None:
    assert filtered(Extraction(), b"x" * (LONGEST + 1), jane, everybody=jane).body == b""


def test_bytes_that_are_nested_too_deep_do_no_harm(jane: Blocked) -> None:
    deep = b'{"a":' * 900 + b'"Jane Doe"' + b"}" * 900

    assert filtered(Extraction(), deep, jane, everybody=jane).body == b""


def test_other_answers_are_kept_as_they_are(jane: Blocked) -> None:
    answer = Extraction(observations=(said({"name": "John Roe"}),))

    kept = filtered(answer, b"John Roe", jane, everybody=jane)

    assert (kept.extraction, kept.body) == (answer, b"John Roe")


def test_running_text_loses_addresses_and_numbers_and_keeps_its_links() -> None:
    page = Evidence(
        kind="page", title="Call 415-555-0134", url="https://acme.example/?to=a@acme.example", text="a@acme.example"
    )
    seen = Observation(
        dataset="recent_news", value={"headline": "Ask a@acme.example", "url": page.url}, evidence=(page,)
    )

    [kept] = tidied(Extraction(observations=(seen,))).observations

    assert kept.value == {"headline": "Ask (address)", "url": page.url}
    assert [(item.title, item.text, item.url) for item in kept.evidence] == [("Call (number)", "(address)", page.url)]


def test_peoples_own_records_keep_their_addresses() -> None:
    answer = Extraction(observations=(said({"name": "Jane Doe", "email": "jane@acme.example"}),))

    assert tidied(answer) == answer


def test_a_lone_surrogate_in_what_strangers_wrote_is_nobodys_mark(jane: Blocked) -> None:
    body = rb'{"url": "https://x.example/\ud800", "by": "someone\ud800@x.example"}'

    assert filtered(Extraction(), body, jane, everybody=optouts.blocked_by(Marks(emails=("a@b.example",)))).body == body
