"""GitHub: whose organisation it is, what its projects say, and an hour that is used up."""

import json
import time

import pytest

from enrichment.sources.base import BadReply, CompanyRef, KeyRejected, Throttled, Unavailable
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, BundleContract, Refusal, answer_of, recorded

LIMIT = json.dumps({"message": "API rate limit exceeded for 203.0.113.5."}).encode()


class TestGithubOrganization(BundleContract):
    slug = "github_organization"
    reply = "github_organization.json"
    empty = b'{"organization": {}, "projects": []}'
    parts = {"/orgs/acme/repos": "projects", "/orgs/acme": "organization"}
    refusals = [
        Refusal(Answer(status=403, body=LIMIT), Throttled),
        Refusal(Answer(status=401, body=b'{"message":"Bad credentials"}'), KeyRejected),
        Refusal(Answer(status=502), Unavailable),
    ]

    async def test_an_hour_that_is_used_up_says_when_the_next_begins(self, http, server):
        reset = str(int(time.time()) + 1800)
        self.tell(server, Answer(status=403, body=LIMIT, headers={"X-RateLimit-Reset": reset}))

        with pytest.raises(Throttled) as caught:
            await answer_of(self.source, ACME, http)

        assert 1700 < caught.value.retry_after <= 1800

    async def test_a_name_that_nobody_has_is_an_answer(self, http, server):
        server.told = lambda asked: Answer(status=404, body=b'{"message":"Not Found"}')

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations == ()
        assert [asked.path.rpartition("/")[2] for asked in server.asked] == ["acme", "acmerobotics"]

    async def test_an_organisation_with_another_web_site_is_dropped_without_a_further_request(self, http, server):
        server.told = lambda asked: self.part(asked, main=True)

        body = await answer_of(self.source, CompanyRef(name="Acme", domain="acme.io"), http)

        found = self.read(body, CompanyRef(name="Acme", domain="acme.io"))
        assert (found.observations, found.dropped, len(server.asked)) == ((), 1, 1)

    async def test_what_is_no_organisation_is_refused(self, http, server):
        server.told = lambda asked: Answer(body=b"[]")

        with pytest.raises(BadReply):
            await answer_of(self.source, ACME, http)

    def test_languages_of_living_projects_count_without_forks_and_archives(self):
        found = [o for o in self.read(recorded(self.reply)).observations if o.dataset == "tech_stack"]

        assert [o.value["name"] for o in found] == ["Go", "Python"]
        assert found[0].evidence[0].text.startswith("Go (Programming language) in 2 public projects")

    def test_a_project_begun_within_a_year_is_an_activity(self):
        found = [o.value for o in self.read(recorded(self.reply)).observations if o.dataset == "recent_activities"]

        assert found == [
            {
                "headline": "Acme Robotics publishes planner on GitHub: Plans arms.",
                "url": "https://github.com/acme/planner",
                "publisher": "GitHub",
                "date": "2026-08-01",
            }
        ]
