"""What sellers of company data get wrong is written down, so that the truth is known."""

import pytest

from enrichment.sandbox.bands import contact_band
from enrichment.sandbox.builtwith_records import stack
from enrichment.sandbox.world import Company, load

EVERY = pytest.mark.parametrize("company", load().companies, ids=lambda company: company.domain)


def told_errors(company: Company, source: str) -> set[tuple[str, str]]:
    return {(error.dataset, error.says) for error in company.errors if error.source == source}


@EVERY
def test_what_apollo_gets_wrong_is_written_down_as_an_error(company: Company) -> None:
    view = company.apollo
    wrong = {("employee_count", str(view.employees))} if view.employees else set()
    wrong |= {(name, said) for name, said in (("industry", view.industry), ("headquarters", view.city)) if said}
    former = {person.name: person.title for person in company.people if person.left is not None}

    assert view.former <= former.keys()
    assert told_errors(company, "apollo") == wrong | {
        ("decision_makers", f"{name}, {former[name]}") for name in view.former
    }


@EVERY
def test_what_builtwith_takes_for_live_is_written_down_as_an_error(company: Company) -> None:
    still = company.builtwith.still

    assert still <= {item.name for item in stack(company) if item.dropped}
    assert told_errors(company, "builtwith") == {("tech_stack", name) for name in still}


@EVERY
def test_what_a_page_of_linkedin_gets_wrong_is_written_down_as_an_error(company: Company) -> None:
    view = company.linkedin
    wrong = {("employee_count", contact_band(view.employees))} if view.employees else set()
    wrong |= {("industry", view.industry)} if view.industry else set()

    assert told_errors(company, "linkedin") == wrong


@EVERY
def test_what_clearbit_gets_wrong_is_written_down_as_an_error(company: Company) -> None:
    view = company.clearbit
    wrong = {("employee_count", str(view.employees))} if view.employees else set()

    assert told_errors(company, "clearbit") == wrong | ({("headquarters", view.city)} if view.city else set())
