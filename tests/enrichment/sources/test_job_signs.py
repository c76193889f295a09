"""What job texts say that the company is about to do: said of itself, and of what is to come."""

from datetime import UTC, datetime

import pytest

from enrichment.sources.base import CompanyRef
from enrichment.sources.job_signs import sign_of
from enrichment.sources.posts import said_by
from enrichment.sources.site_hiring import MOST_SAID, Job
from tests.enrichment.analysis.labelled import labelled
from tests.enrichment.analysis.labelled.answers import job_sign
from tests.enrichment.analysis.labelled.scoring import by_class, macro_f1

pytestmark = pytest.mark.once

ACME = CompanyRef(name="Acme Corp", domain="acme.example")
TEXT = (
    "Acme Corp makes anvils. We are opening a second plant in Brno. We're building a new data team in Leeds. "
    "You have opened plants before. Our customers are building new plants. We are migrating from Oracle to PostgreSQL."
)


def position(text: str) -> Job:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    return Job(title="Plant Manager", url="https://acme.example/jobs/1", text=text, at=at)


@pytest.mark.parametrize("split", ["dev", "held"])
def test_sentences_are_read_as_a_person_read_them(split: str) -> None:
    answered = [job_sign(row) for row in labelled("own_job_signs", split)]

    assert macro_f1(by_class(answered)) >= 0.95


def test_a_new_site_and_a_new_team_are_signs_of_growth_with_the_position_as_evidence() -> None:
    job = position(TEXT)

    grown = [seen for seen in said_by([job], ACME) if seen.dataset == "growth_signals"][1:]

    assert [(seen.value["headline"], seen.value["signal_type"]) for seen in grown] == [
        ("We are opening a second plant in Brno.", "expansion"),
        ("We're building a new data team in Leeds.", "hiring"),
    ]
    assert all(seen.evidence == (job.evidence,) and seen.value["date"] == "2026-11-02" for seen in grown)


def test_a_migration_is_a_challenge_that_is_told_once() -> None:
    said = said_by([position(TEXT)], ACME)

    told = [seen.value["challenge"] for seen in said if seen.dataset == "business_challenges"]
    assert told == ["We are migrating from Oracle to PostgreSQL."]


def test_a_sentence_of_many_positions_is_told_once() -> None:
    jobs = [position("We are opening a second plant in Brno."), position("We are opening a second plant in Brno.")]

    said = [seen for seen in said_by(jobs, ACME) if seen.value.get("signal_type") == "expansion"]

    assert len(said) == 1


def test_no_more_than_a_few_are_told() -> None:
    text = " ".join(f"We are opening a second plant in Brno {number}." for number in range(20))

    said = [seen for seen in said_by([position(text)], ACME) if seen.value.get("signal_type") == "expansion"]

    assert len(said) == MOST_SAID


@pytest.mark.parametrize(
    "sentence",
    [
        "We opened our first shop in 1923.",
        "There are no plans to move to the cloud.",
        "You help clients move to AWS.",
        "Experience of launching new products is a plus.",
        "Our competitor is opening a plant next door.",
    ],
)
def test_what_is_past_denied_wanted_or_others_is_no_sign(sentence: str) -> None:
    assert sign_of(sentence) is None
