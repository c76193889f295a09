"""Public job boards: whose board it is, and how each system writes its posts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from enrichment.sources.base import BadReply, CompanyRef, Refused, Unavailable
from enrichment.sources.job_systems import SYSTEMS, Board, boards_in, posts_of
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, AT, BundleContract, Refusal, answer_of, recorded

HOME = '<a href="/careers">Careers</a>'
CAREERS = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acmerobotics"></script>'


def lever(text: str) -> list[dict[str, Any]]:
    return [{"text": "Data Engineer", "hostedUrl": "https://jobs.lever.co/acme/1", "descriptionPlain": text}]


def only(path: str, content: object) -> Any:
    """A site without links, and one board at `path`; everything else is not there."""

    def told(asked: Asked) -> Answer:
        if "/acme.example" in asked.path:
            return Answer(body=b"<p>home</p>")
        return Answer(body=json.dumps(content).encode()) if path in asked.path else Answer(status=404)

    return told


class TestJobBoards(BundleContract):
    slug = "job_boards"
    reply = "job_boards.json"
    empty = b'{"boards": []}'
    parts = {
        "/v1/boards/acmerobotics/jobs": "boards.0.reply",
        "/robots.txt": "",
        "/acme.example/careers": "",
        "/acme.example/": "",
    }
    given = {"/robots.txt": "", "/acme.example/careers": CAREERS, "/acme.example/": HOME}
    refusals = [
        Refusal(Answer(status=400, body=b"{}"), Refused),
        Refusal(Answer(body=b'{"jobs": 3}'), BadReply),
        Refusal(Answer(status=503), Unavailable),
    ]

    async def test_a_board_that_is_gone_leaves_the_guesses(self, http, server):
        self.tell(server, Answer(status=404, body=b'{"status":404,"error":"Job not found"}'))

        body = await answer_of(self.source, ACME, http)

        assert json.loads(body) == {"boards": []}
        hosts = [asked.path.split("/")[1] for asked in server.asked[4:]]
        assert hosts == ["boards-api.greenhouse.io", "api.lever.co", "api.ashbyhq.com"] * 2

    async def test_a_guessed_board_that_names_the_company_is_taken(self, http, server):
        server.told = only("/v0/postings/acme?", lever("Acme Robotics builds arms."))

        found = self.read(await answer_of(self.source, ACME, http))

        assert [o.value["title"] for o in found.observations if o.dataset == "hiring_trends"] == ["Data Engineer"]
        assert server.asked[-1].path.startswith("/api.lever.co/")

    @pytest.mark.parametrize("text", ["Acme Foods cooks.", "Join Acme!", "See notacme.example for more."])
    async def test_a_guessed_board_of_a_namesake_is_dropped_and_counted(self, http, server, text):
        server.told = only("/v0/postings/acme?", lever(text))

        found = self.read(await answer_of(self.source, ACME, http))

        assert (found.observations, found.dropped) == ((), 1)

    def test_a_name_of_one_word_is_proved_by_the_domain_alone(self):
        atlas = CompanyRef(name="Atlas", domain="atlas.example")

        def read(text: str) -> int:
            board = {"system": "lever", "token": "atlas", "linked": False, "reply": lever(text)}
            return self.read(json.dumps({"boards": [board]}).encode(), atlas).records

        assert (read("Atlas is hiring."), read("Write to jobs@atlas.example.")) == (0, 1)

    async def test_a_system_that_is_down_is_told_only_where_no_other_has_the_board(self, http, server):
        there = only("/v0/postings/acme?", lever("acme.example"))
        server.told = lambda asked: Answer(status=503) if "greenhouse" in asked.path else there(asked)
        assert self.read(await answer_of(self.source, ACME, http)).records == 1

        server.told = lambda asked: Answer(status=503) if "greenhouse" in asked.path else Answer(status=404)
        with pytest.raises(Unavailable):
            await answer_of(self.source, ACME, http)

    def test_posts_without_a_position_and_of_another_company_are_left_out(self):
        found = self.read(recorded(self.reply))

        assert next(o.value for o in found.observations if o.dataset == "hiring_trends") == {
            "title": "Data Engineer",
            "location": "Boston, MA",
            "department": "Engineering",
            "url": "https://boards.greenhouse.io/acmerobotics/jobs/4000001",
            "date": "2026-09-20",
        }
        assert (found.records, found.dropped) == (2, 1)

    def test_a_text_is_unescaped_and_says_what_is_in_use(self):
        found = self.read(recorded(self.reply)).observations

        assert {o.value["name"] for o in found if o.dataset == "tech_stack"} == {"Python", "AWS", "Salesforce", "Okta"}
        assert "You know Okta & badges." in found[1].evidence[0].text


OTHERS = [
    ("ashby", {"jobs": [{"title": "Data Engineer", "jobUrl": "https://jobs.ashbyhq.com/acme/1", "department": None,
                         "location": "Boston", "publishedAt": "2026-10-01T12:00:00.000+00:00", "isListed": True},
                        {"title": "Ghost", "isListed": False}]}),
    ("lever_eu", [{"text": "Data Engineer", "categories": {"location": "Boston"}, "createdAt": 1790856000000}]),
    ("workable", {"name": "Acme", "jobs": [{"title": "Data Engineer", "city": "Boston", "created_at": "2026-10-01"}]}),
    ("smartrecruiters", {"content": [{"id": "74", "name": "Data Engineer", "location": {"city": "Boston"},
                                      "releasedDate": "2026-10-01T12:00:00.000Z"}]}),
    ("recruitee", {"offers": [{"title": "Data Engineer", "city": "Boston", "published_at": "2026-10-01 12:00:00"}]}),
    ("teamtailor", [{"title": "Data Engineer", "city": "Boston", "pubDate": "Thu, 01 Oct 2026 12:00:00 +0200"}]),
    ("breezy", [{"name": "Data Engineer", "location": {"name": "Boston"}, "published_date": "2026-10-01T12:00:00Z"}]),
]  # fmt: skip


@pytest.mark.parametrize(("system", "reply"), OTHERS)
def test_every_system_tells_title_place_and_day(system: str, reply: object):
    (post,) = posts_of({"system": system, "token": "acme", "reply": reply}, fetched_at=AT)

    assert (post.job.title, post.job.location) == ("Data Engineer", "Boston")
    assert post.job.at is not None
    assert post.job.at.date() == datetime(2026, 10, 1, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("link", "board"),
    [
        ("https://job-boards.eu.greenhouse.io/acme/jobs/1", Board("greenhouse", "acme")),
        ("https://jobs.lever.co/Acme?x=1", Board("lever", "Acme")),
        ("https://jobs.ashbyhq.com/acme%20robotics", Board("ashby", "acme%20robotics")),
        ("https://apply.workable.com/acme/", Board("workable", "acme")),
        ("//acme.recruitee.com", Board("recruitee", "acme")),
        ("https://acme.bamboohr.com/careers", Board("bamboohr", "acme")),
        ("https://acme.teamtailor.com/jobs", Board("teamtailor", "acme")),
    ],
)
def test_a_link_to_a_board_is_known(link: str, board: Board):
    assert list(boards_in(f'<a href="{link}">Jobs</a> <a href="https://www.bamboohr.com/">HR</a>')) == [board]


def test_a_feed_is_read_with_the_elements_of_its_own():
    feed = b"""<?xml version="1.0"?><rss version="2.0" xmlns:tt="https://teamtailor.com/locations"><channel><item>
      <title>Data Engineer</title><link>https://acme.teamtailor.com/jobs/1</link>
      <tt:locations><tt:location><tt:city>Boston</tt:city></tt:location></tt:locations></item></channel></rss>"""

    (item,) = SYSTEMS["teamtailor"].parse(feed, who="Teamtailor")

    assert (item["title"], item["link"], item["city"]) == (
        "Data Engineer",
        "https://acme.teamtailor.com/jobs/1",
        "Boston",
    )


@pytest.mark.parametrize("body", [b"", b"{}", b"<html/>", b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>'])
def test_what_is_no_feed_is_a_broken_answer(body: bytes):
    with pytest.raises(BadReply, match="Teamtailor"):
        SYSTEMS["teamtailor"].parse(body, who="Teamtailor")
