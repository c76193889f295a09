"""Erasing, exporting and opting out from a terminal."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from enrichment.models import Observation
from enrichment.people import known
from tests import factories


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def jane(rules) -> known.Person:
    acme = factories.company()
    factories.observation(acme, "key_contacts", value={"name": "Jane Doe", "email": "jane@acmecorp.com"})
    return known.at(acme)[0]


def test_the_ids_at_a_company_are_listed(jane):
    assert run("erase_person", "--at", "acmecorp.com") == f"{jane.id}  Jane Doe, Acme Corp\n"


def test_everything_held_is_printed_and_kept(jane):
    [part] = json.loads(run("erase_person", jane.id, "--export"))

    assert part["value"] == {"name": "Jane Doe", "email": "jane@acmecorp.com"}
    assert Observation.objects.exists()


def test_what_is_held_about_everybody_at_a_company_is_printed(jane):
    held = factories.entry(jane.company, source="serp_people")
    factories.observation(jane.company, "decision_makers", value={"name": "John Roe"}, entry=held)

    first, second = json.loads(run("erase_person", "--at", "acmecorp.com", "--export"))

    assert (first["id"], first["name"], first["company"]) == (jane.id, "Jane Doe", "Acme Corp")
    assert [part["value"] for part in first["held"]] == [{"name": "Jane Doe", "email": "jane@acmecorp.com"}]
    assert [part["value"] for part in second["held"]] == [{"name": "John Roe"}]
    assert Observation.objects.count() == 2


def test_a_person_is_erased_with_a_line_for_each_table(jane):
    assert run("erase_person", jane.id).split() == ["1", "enrichment.Observation"]
    with pytest.raises(CommandError, match="We know nobody by this id"):
        run("erase_person", jane.id)


def test_somebody_opts_out_and_comes_back(jane):
    assert "1 rows" in run("opt_out", "--email", "jane@acmecorp.com")
    assert run("opt_out", "--email", "jane@acmecorp.com", "--remove") == "1 marks taken off the list.\n"


def test_a_mark_is_asked_for(db):
    with pytest.raises(CommandError, match="together with its company"):
        run("opt_out", "--name", "Jane Doe")


@pytest.mark.parametrize("option", [[], ["--remove"]])
def test_a_mark_that_would_do_nothing_is_told_and_nothing_is_done(jane, option):
    with pytest.raises(CommandError, match="'jane' is no mail address") as refused:
        run("opt_out", "--email", "jane@acmecorp.com", "--email", "jane", *option)

    assert refused.value.returncode == 2
    assert Observation.objects.exists()


def test_a_name_of_thousands_of_words_is_refused(db):
    with pytest.raises(CommandError, match="at most 200 characters"):
        run("opt_out", "--name", "jane " * 40_000, "--company", "acmecorp.com")
