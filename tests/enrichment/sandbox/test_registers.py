"""The free registers answer in their own forms, and agree with what the world says of each company."""

import httpx
import pytest

from enrichment.sandbox.gleif import is_registered, legal_name
from enrichment.sandbox.job_posts import LARGEST, board_page, is_linked, system_of, token_of
from enrichment.sandbox.sec_filings import cik_of, is_listed
from enrichment.sandbox.wikidata_items import is_listed as has_item
from enrichment.sandbox.wikidata_items import item_of
from enrichment.sandbox.world import World

AGENT = {"user-agent": "Somebody/1.0 (+https://somebody.example/)"}
API = "/www.wikidata.org/w/api.php"


def test_the_sec_answers_nobody_without_a_contact(http: httpx.Client) -> None:
    reply = http.get("/www.sec.gov/files/company_tickers.json", headers={"user-agent": "Somebody/1.0"})

    assert (reply.status_code, reply.headers["content-type"]) == (403, "text/html; charset=utf-8")


def test_every_listed_company_has_filings_in_columns_whose_documents_exist(http: httpx.Client, world: World) -> None:
    for company in filter(is_listed, world):
        cik = cik_of(company)
        recent = http.get(f"/data.sec.gov/submissions/CIK{cik:010d}.json", headers=AGENT).json()["filings"]["recent"]

        assert {len(column) for column in recent.values()} == {len(recent["form"])}
        assert {"8-K", "10-K", "10-Q", "4"} <= set(recent["form"])
        newest = recent["form"].index("8-K")
        folder = recent["accessionNumber"][newest].replace("-", "")
        path = f"/www.sec.gov/Archives/edgar/data/{cik}/{folder}/{recent['primaryDocument'][newest]}"
        assert "SIGNATURES" in http.get(path, headers=AGENT).text


def test_errors_of_wikidata_come_with_status_200(http: httpx.Client) -> None:
    wrong = http.get(API, params={"action": "wbsearchentities"}, headers=AGENT)
    unknown = http.get(API, params={"action": "wbgetentities", "ids": "Q0"}, headers=AGENT)

    assert (wrong.status_code, wrong.json()["error"]["code"]) == (200, "param-missing")
    assert wrong.headers["mediawiki-api-error"] == "param-missing"
    assert unknown.json()["entities"] == {"Q0": {"id": "Q0", "missing": ""}}


def test_every_company_of_size_has_an_item_whose_values_have_labels(http: httpx.Client, world: World) -> None:
    companies = [company for company in world if has_item(company)]
    assert len(companies) >= 15
    for company in companies:
        asked = {"action": "wbgetentities", "ids": item_of(company), "props": "claims"}
        claims = http.get(API, params=asked, headers=AGENT).json()["entities"][item_of(company)]["claims"]
        values = [s["mainsnak"].get("datavalue", {}).get("value") for s in (*claims["P452"], *claims["P159"])]
        named = "|".join(value["id"] for value in values)
        labels = http.get(API, params=asked | {"ids": named, "props": "labels"}, headers=AGENT).json()["entities"]
        assert all("labels" in entity for entity in labels.values()), company.domain


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/boards-api.greenhouse.io/v1/boards/nobody/jobs", '{"status": 404, "error": "Job not found"}'),
        ("/api.lever.co/v0/postings/nobody", '{"ok": false, "error": "Document not found"}'),
        ("/api.ashbyhq.com/posting-api/job-board/nobody", "Not Found"),
    ],
)
def test_each_system_has_its_own_way_to_say_that_there_is_no_such_board(
    http: httpx.Client, path: str, body: str
) -> None:
    reply = http.get(path)

    assert (reply.status_code, reply.text) == (404, body)


def test_companies_differ_in_their_boards_and_no_two_share_one(http: httpx.Client, world: World) -> None:
    boards = [(system_of(c), token_of(c)) for c in world if system_of(c) != "none"]

    assert len(set(boards)) == len(boards)
    assert {*LARGEST, "none"} <= {system_of(company) for company in world}
    linked = next(c for c in world if is_linked(c) and c.site.up and "/careers" not in c.site.hidden)
    host = f"www.{linked.domain}" if linked.site.canonical == "www" else linked.domain
    assert board_page(linked) in http.get(f"/{host}/careers").text


def test_figures_of_the_registers_that_are_wrong_are_written_down_as_errors(world: World) -> None:
    for company in world:
        for source, said in (("sec", company.sec.employees), ("wikidata", company.wikidata.employees)):
            if said is not None and said != company.employees:
                assert (source, str(said)) in {(error.source, error.says) for error in company.errors}


def test_every_legal_entity_has_a_number_of_its_own_whose_check_digits_hold(http: httpx.Client, world: World) -> None:
    names = [legal_name(company) for company in world if is_registered(company)]
    found = [
        record["id"]
        for name in names
        for record in http.get(
            "/api.gleif.org/api/v1/lei-records", params={"filter[entity.legalName]": name, "page[size]": 50}
        ).json()["data"]
    ]

    assert len(found) >= len(names)
    assert all(int("".join(str(int(sign, 36)) for sign in lei)) % 97 == 1 for lei in found)
    assert {len(lei) for lei in found} == {20}


def test_a_board_that_is_a_feed_has_an_item_for_every_position(http: httpx.Client, world: World) -> None:
    company = next(company for company in world if system_of(company) == "teamtailor")

    feed = http.get(f"/{token_of(company)}.teamtailor.com/jobs.rss")

    assert feed.headers["content-type"].startswith("text/xml")
    assert feed.text.count("<item>") == len(company.jobs)
