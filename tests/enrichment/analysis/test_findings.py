"""What facts come to before anything is written of them."""

import pytest

from enrichment.analysis import findings
from tests.enrichment.analysis.worlds import acme, item, with_fact


@pytest.mark.parametrize(
    ("status", "is_shown"),
    [
        *((status, True) for status in ("valid", "verified", "unknown", "")),
        *((status, False) for status in ("not_valid", "invalid", "bounced", "Unavailable")),
    ],
)
def test_an_address_that_its_source_calls_dead_is_not_shown(status: str, is_shown: bool) -> None:
    jane = {"name": "Jane Roe", "title": "CIO", "email": "jane@acme.example", "email_status": status}

    found = findings.people(with_fact(acme(), "decision_makers", "records", item(jane, "e1")))

    assert [bool(person.email) for person in found] == [is_shown]
