"""Bright Data's intent topics: which are told, how old they are, whose record it is."""

import json

from enrichment.sources.base import CompanyRef
from tests.enrichment.sources.brightdata import FilteredContract
from tests.enrichment.sources.contract import recorded

TOPICS = [
    {"topic": "Zero Trust", "category": "Security", "score": 74, "weeks_surging": 3, "wow_growth": 0.2},
    {"topic": "Payroll", "score": "high", "weeks_surging": None},
    {"category": "Security", "score": 90},
]


class TestBrightDataIntentData(FilteredContract):
    slug = "brightdata_intent_data"
    reply = "brightdata_company_db.json"

    def with_more(self, **more: object) -> bytes:
        (own,) = [record for record in json.loads(recorded(self.reply)) if record.get("id") == "acme-robotics"]
        return json.dumps([own | more]).encode()

    def test_a_topic_comes_with_its_score_and_its_weeks_where_they_are_known(self):
        found = self.read(self.with_more(bombora=TOPICS)).observations

        assert [o.value for o in found if o.dataset == "purchase_intent"] == [
            {"topic": "Zero Trust", "score": 74, "weeks": 3},
            {"topic": "Payroll"},
        ]

    def test_a_topic_is_a_sign_that_somebody_buys(self):
        found = self.read(self.with_more(bombora=TOPICS)).observations

        assert {o.value["headline"] for o in found if o.dataset == "buying_signals"} == {
            "Intent topic: Zero Trust",
            "Intent topic: Payroll",
        }

    def test_topics_are_as_old_as_their_own_date_says_and_else_as_the_record(self):
        dated = self.read(self.with_more(bombora_last_updated="2026-09-29")).observations
        undated = self.read(self.with_more()).observations

        assert {f"{o.observed_at:%Y-%m-%d}" for o in dated} == {"2026-09-29"}
        assert {f"{o.observed_at:%Y-%m-%d}" for o in undated} == {"2026-09-15"}

    def test_no_topics_are_no_error(self):
        assert self.read(self.with_more(bombora=None)).observations == ()

    def test_a_record_of_another_site_says_nothing(self):
        found = self.read(recorded(self.reply), CompanyRef(name="Acme Robotics", domain="other.example"))

        assert (found.observations, found.records, found.dropped) == ((), 2, 2)
