"""Bright Data's fetched pages: which are asked for, that robots.txt is obeyed, whose site they are of."""

import json
from datetime import UTC, datetime

import pytest

from enrichment.sources.base import CompanyRef, HostUnavailable, Lost, Refused
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.brightdata import JOB, CollectionContract
from tests.enrichment.sources.contract import ACME, recorded, said

SITE = "https://acme.example"


class TestBrightDataWebScraping(CollectionContract):
    slug = "brightdata_web_scraping"
    reply = "brightdata_web_scraping.json"
    robots = Answer(status=404)

    def aside(self, asked: Asked) -> Answer | None:
        return self.robots if asked.path.endswith("/robots.txt") else None

    async def test_the_usual_pages_are_asked_for_in_one_collection(self, http, server):
        await self.source.start(ACME, http)

        (asked,) = self.asked(server)
        urls = [f"{SITE}/", f"{SITE}/about", f"{SITE}/careers", f"{SITE}/news", f"{SITE}/products"]
        assert json.loads(asked.body) == [{"url": url} for url in urls]
        assert "dataset_id=gd_m6gjtfmeh43we6cqc&include_errors=true" in asked.path

    async def test_what_robots_txt_forbids_is_not_asked_for(self, http, server):
        self.robots = Answer(body=b"User-agent: *\nDisallow: /careers\nDisallow: /news\n")

        await self.source.start(ACME, http)

        asked = json.loads(self.asked(server)[0].body)
        assert [given["url"] for given in asked] == [f"{SITE}/", f"{SITE}/about", f"{SITE}/products"]

    @pytest.mark.parametrize(
        ("robots", "means"),
        [
            (Answer(body=b"User-agent: *\nDisallow: /\n"), Refused),
            (Answer(status=403), Refused),
            (Answer(status=500), HostUnavailable),
        ],
    )
    async def test_where_nothing_is_allowed_nothing_is_bought(self, http, server, robots, means):
        self.robots = robots
        self.told(server, said(200, snapshot_id=JOB))

        with pytest.raises(means) as caught:
            await self.source.start(ACME, http)

        assert (self.asked(server), caught.value.in_doubt) == ([], False)

    async def test_a_lost_collection_is_known_by_the_site_that_was_asked_for(self, http, server):
        line = {"id": JOB, "created": "2026-11-21T12:00:01Z", "status": "ready"}

        def told(asked: Asked) -> Answer | None:
            return Answer(body=json.dumps([line]).encode()) if "/snapshots" in asked.path else self.before(asked)

        server.told = lambda asked: told(asked) or Answer(body=recorded(self.reply))
        lost = Lost(at=datetime(2026, 11, 21, 12, tzinfo=UTC))

        assert await self.source.find(ACME, lost, http) == JOB
        assert await self.source.find(CompanyRef(name="Other", domain="other.example"), lost, http) is None

    def test_the_pages_are_read_as_those_of_a_visit_of_our_own(self):
        values = {o.dataset: o.value for o in self.read(recorded(self.reply)).observations}

        assert values["company_name"] == "Acme Robotics"
        assert values["employee_count"] == {"low": 201, "high": 500}

    def test_a_page_that_leads_to_anothers_site_is_dropped_and_counted(self):
        found = self.read(recorded(self.reply))

        assert (found.records, found.dropped, found.domain) == (6, 1, "acme.example")
