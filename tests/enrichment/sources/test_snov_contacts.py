"""Snov's people: which page is asked for, and who decides."""

from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.sources.people import is_senior
from tests.enrichment.sources.contract import ACME, recorded
from tests.enrichment.sources.snov import TASK, SnovContract


class TestSnovContacts(SnovContract):
    slug = "snov_contacts"
    reply = "snov_contacts.json"

    async def test_the_start_names_the_domain_and_gives_the_task(self, http, server):
        job = await self.source.start(ACME, http)

        assert job == TASK
        assert [asked.method for asked in server.asked] == ["POST", "POST"]
        assert server.asked[0].body == b"grant_type=client_credentials&client_id=id&client_secret=s3cret"
        assert parse_qs(urlsplit(server.asked[1].path).query) == {"domain": ["acme.example"], "page": ["1"]}
        assert server.asked[1].headers["authorization"] == "Bearer t0ken"

    def test_senior_people_decide_and_everybody_is_a_contact(self):
        found = self.read(recorded(self.reply)).observations

        decide = [o.value["name"] for o in found if o.dataset == "decision_makers"]
        contacts = [o.value for o in found if o.dataset == "key_contacts"]
        assert decide == ["Jane Roe"]
        assert contacts[0] == {
            "name": "Jane Roe",
            "title": "VP Sales",
            "profile_url": "https://www.linkedin.com/in/jane-roe/",
        }
        assert contacts[1]["email"] == "sam@acme.example"
        assert contacts[2] == {"name": "Kim"}


@pytest.mark.parametrize(
    "title",
    [
        "VP, Infrastructure",
        "Chief Information Security Officer",
        "CEO & Co-Founder",
        "Head of IT",
        "Director, Security Ops",
    ],
)
def test_titles_that_decide(title: str):
    assert is_senior(title)


@pytest.mark.parametrize(
    "title", ["Assistant to the CEO", "Data Engineer", "Art Director", "Office of the CTO", "", "Account Manager"]
)
def test_titles_that_do_not_decide(title: str):
    assert not is_senior(title)
