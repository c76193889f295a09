"""Since when something is known, told from the responses that are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.door import value_key, with_first_seen
from tests import factories
from tests.chat.answering.helds import held


@pytest.mark.django_db
def test_what_was_reported_again_is_known_since_the_first_time():
    acme, now = factories.company("Acme Corp", "acmecorp.com"), timezone.now()
    for days in (40, 1):
        entry = factories.entry(acme, fetched_at=now - timedelta(days=days))
        factories.observation(acme, "decision_makers", value={"name": "Alicia Tran"}, entry=entry)
    factories.observation(acme, "decision_makers", value={"name": "Mark Yu"}, entry=entry)

    known = with_first_seen(replace(held(), company=acme), ["decision_makers"])

    since = {name: known.first_seen["decision_makers", value_key("decision_makers", {"name": name})]
             for name in ("Alicia Tran", "Mark Yu")}  # fmt: skip
    assert since == {"Alicia Tran": now - timedelta(days=40), "Mark Yu": now - timedelta(days=1)}
