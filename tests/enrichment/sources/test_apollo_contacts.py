"""Apollo's people: searched for nothing, matched by id for a credit each, and the same people as others know."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from enrichment.merging import Claim, merge
from enrichment.sources.apollo_contacts import chosen
from enrichment.sources.base import BadReply, Reply, Unavailable, registry
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.apollo import ApolloContract
from tests.enrichment.sources.contract import ACME, AT, BundleContract, answer_of, recorded, said

BUNDLE = json.loads(recorded("apollo_contacts.json"))


class TestApolloContacts(ApolloContract, BundleContract):
    slug = "apollo_contacts"
    reply = "apollo_contacts.json"
    empty = b'{"people": [], "match": {}}'
    parts = {"bulk_match": "match", "api_search": ""}
    given = {"api_search": {"total_entries": 4, "people": BUNDLE["people"]}}

    async def test_people_are_searched_by_domain_and_matched_by_id(self, http, server):
        server.told = lambda asked: self.part(asked, main=True)

        await answer_of(self.source, ACME, http)

        search, match = server.asked
        assert "q_organization_domains_list%5B%5D=acme.example" in search.path
        assert (search.method, match.method) == ("POST", "POST")
        assert json.loads(match.body) == {"details": [{"id": i} for i in ("64b", "64c", "64a", "64d")]}

    def test_who_decides_is_matched_first_and_ten_at_most(self):
        crowd = [{"id": f"p{n}", "title": "Engineer"} for n in range(20)] + [{"id": "boss", "title": "CFO"}, {"id": 7}]

        assert chosen(crowd) == ["boss", *(f"p{n}" for n in range(9))]

    async def test_where_nobody_works_nothing_is_matched(self, http, server):
        server.told = lambda asked: said(200, total_entries=0, people=[])

        body = await answer_of(self.source, ACME, http)

        assert len(server.asked) == 1
        assert (self.read(body).observations, self.read(body).records) == ((), 0)

    async def test_a_lost_search_is_not_in_doubt(self, http, server):
        server.told = lambda asked: Answer(body=recorded(self.reply), cut=10)

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.in_doubt is False

    async def test_errors_of_the_search_are_told_apart_like_those_of_the_match(self, http, server):
        for refusal in self.refusals:
            server.told = lambda asked, answer=refusal.answer: answer

            with pytest.raises(refusal.means):
                await answer_of(self.source, ACME, http)

    async def test_json_of_another_kind_is_refused_and_paid_only_as_a_match(self, http, server):
        self.tell(server, said(200, ok=True))
        with pytest.raises(BadReply) as match:
            await answer_of(self.source, ACME, http)
        server.told = lambda asked: said(200, ok=True)
        with pytest.raises(BadReply) as search:
            await answer_of(self.source, ACME, http)

        assert (match.value.paid, search.value.paid) == (True, False)

    def test_people_are_charged_as_credits_were_and_who_works_elsewhere_is_dropped(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped) == (3, 1)
        assert {o.value["name"] for o in found.observations} == {"Jane Roe", "Sam Poe"}

    @pytest.mark.parametrize(("told", "charged"), [(0, 0), (2, 2), (None, 3), (9_999, 3), (-1, 3), ("x", 3)])
    def test_credits_are_believed_within_what_was_asked_for(self, told, charged):
        match = BUNDLE["match"] | {"credits_consumed": told}

        assert self.read(json.dumps(BUNDLE | {"match": match}).encode()).records == charged

    def test_senior_people_decide(self):
        found = self.read(recorded(self.reply)).observations

        assert [o.value for o in found if o.dataset == "decision_makers"] == [
            {
                "name": "Jane Roe",
                "title": "VP Sales",
                "email": "jane@acme.example",
                "email_status": "verified",
                "profile_url": "http://www.linkedin.com/in/jane-roe",
            }
        ]

    def test_the_same_person_of_snov_linkedin_and_bright_data_is_one(self):
        claims = [
            Claim(
                dataset="key_contacts",
                source=slug,
                origin_group=group,
                value=o.value,
                reliability=reliability,
                observed_at=datetime(2026, 10, 3, tzinfo=UTC),
            )
            for slug, group, reliability in (
                ("snov_contacts", "snov", 0.9),
                ("apollo_contacts", "apollo", 0.88),
                ("brightdata_people_db", "linkedin", 0.88),
                ("serp_linkedin", "linkedin", 0.75),
            )
            for o in registry.sources[slug]
            .extract(Reply(body=recorded(f"{slug}.json"), fetched_at=AT), ACME)
            .observations
            if o.dataset == "key_contacts"
        ]

        people = merge(claims, kind="records", at=AT, half_life=timedelta(days=90))

        jane = [person for person in people if person.value["name"] == "Jane Roe"]
        assert len(jane) == 1
        assert {"snov_contacts", "apollo_contacts", "brightdata_people_db"} <= set(jane[0].sources)
        assert jane[0].value["email"] == "jane@acme.example"
        assert jane[0].value["title"] == "VP Sales"
