"""The SEC's register: who is meant, columns, items of an 8-K, figures of a year."""

import csv
import json
import os
from pathlib import Path

import pytest

from enrichment.signals import classify
from enrichment.sources.base import CompanyRef, KeyRejected, Refused, Throttled, Unavailable
from enrichment.sources.sec_filings import ITEMS, items_in
from enrichment.sources.sec_names import listing_of
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, BundleContract, Refusal, answer_of, recorded

HTML = {"Content-Type": "text/html"}
TICKERS = {
    "0": {"cik_str": 1234567, "ticker": "ACRB", "title": "ACME ROBOTICS INC /DE/"},
    "1": {"cik_str": 99, "ticker": "ARFI", "title": "Acme Robotics Finance Corp"},
    "2": {"cik_str": 98, "ticker": "ACUN", "title": "ACME UNITED CORP"},
}


class TestSecEdgar(BundleContract):
    slug = "sec_edgar"
    reply = "sec_edgar.json"
    empty = b'{"listed": "", "similar": 2, "submissions": {}, "concepts": {}, "documents": []}'
    parts = {
        "/submissions/CIK0001234567.json": "submissions",
        "/files/company_tickers.json": "",
        "/dei/EntityNumberOfEmployees.json": "concepts.employees",
        "/us-gaap/Revenues.json": "concepts.revenue",
        "/000123456726000040/acme-8k.htm": "documents.0.html",
        "/000123456726000031/acme-cut.htm": "documents.1.html",
    }
    given = {"/files/company_tickers.json": TICKERS}
    refusals = [
        Refusal(Answer(status=403, body=b"<title>Undeclared Automated Tool</title>", headers=HTML), KeyRejected),
        Refusal(Answer(status=403, body=b"<h1>Request Rate Threshold Exceeded</h1>", headers=HTML), Throttled),
        Refusal(Answer(status=404, body=b"<Error>NoSuchKey</Error>", headers=HTML), Refused),
        Refusal(Answer(status=503, body=b"<html>", headers=HTML), Unavailable),
    ]

    async def test_a_company_that_is_not_listed_is_asked_for_once(self, http, server):
        body = await answer_of(self.source, CompanyRef(name="Acme"), http)

        assert self.read(body).dropped == 3
        assert len(server.asked) == 1

    async def test_a_missing_document_or_figure_is_done_without(self, http, server):
        full = self.parts["/submissions/CIK0001234567.json"], "/submissions/CIK0001234567.json"
        server.told = lambda asked: (
            self._answer(*full)
            if "/submissions/" in asked.path
            else Answer(status=500)
            if "/Archives/" in asked.path or "/xbrl/" in asked.path
            else self.before(asked)
        )

        found = self.read(await answer_of(self.source, ACME, http))

        assert {o.dataset for o in found.observations} >= {"company_name", "recent_news"}

    def test_an_8k_is_told_by_its_gravest_item_with_the_words_of_its_document(self):
        found = [o for o in self.read(recorded(self.reply)).observations if o.dataset == "buying_signals"]

        assert [o.value["headline"] for o in found] == [
            "Acme Robotics reports an appointment or departure of directors or officers (8-K, item 5.02)",
            "Acme Robotics reports a restructuring: costs of exit or disposal activities (8-K, item 2.05)",
            "Acme Robotics reports the completion of an acquisition or disposal of assets (8-K, item 2.01)",
        ]
        assert found[0].value["signal_type"] == "leadership"
        assert found[0].value["date"] == "2026-09-21"
        assert "appointed Dana Whitfield as Chief Operating Officer" in found[0].evidence[0].text
        assert "SIGNATURE" not in found[0].evidence[0].text.upper()

    def test_insiders_sales_exhibits_and_last_years_filings_are_left_out(self):
        urls = {o.value["url"] for o in self.read(recorded(self.reply)).observations if o.dataset == "recent_news"}

        assert sorted(url.rpartition("/")[2] for url in urls) == [
            "acme-10k.htm",
            "acme-8k.htm",
            "acme-cut.htm",
            "acme-deal.htm",
        ]

    def test_figures_are_those_of_the_newest_annual_report(self):
        found = self.read(recorded(self.reply)).observations

        values = {o.dataset: o for o in found}
        assert values["employee_count"].value == {"low": 420, "high": 420}
        assert values["employee_count"].observed_at.date().isoformat() == "2025-12-31"
        assert values["headquarters"].value == "Boston, MA"
        assert [o.value["amount_usd"] for o in found if "amount_usd" in o.value] == [91_000_000]

    def test_a_register_entry_with_another_web_site_is_another_companys(self):
        bundle = json.loads(recorded(self.reply))
        bundle["submissions"]["website"] = "https://www.acme-robotics.example"

        found = self.read(json.dumps(bundle).encode())

        assert (found.observations, found.dropped) == ((), 2)


@pytest.mark.skipif("SALESINTEL_REAL_DATA" not in os.environ, reason="needs SALESINTEL_REAL_DATA")
def test_most_large_companies_are_found_and_none_is_mistaken():
    folder = Path(os.environ["SALESINTEL_REAL_DATA"])
    tickers = json.loads((folder / "sec_company_tickers.json").read_text())
    listed = {row["cik_str"] for row in tickers.values()}
    with (folder / "sp500_constituents.csv").open() as file:
        wanted = [row for row in csv.DictReader(file) if int(row["CIK"]) in listed][::25]

    found = [(listing_of(CompanyRef(name=row["Security"]), tickers).cik, int(row["CIK"])) for row in wanted]

    assert [pair for pair in found if pair[0] not in {None, pair[1]}] == []
    assert sum(cik is not None for cik, _ in found) >= 0.8 * len(found)


@pytest.mark.skipif("SALESINTEL_REAL_DATA" not in os.environ, reason="needs SALESINTEL_REAL_DATA")
def test_every_item_of_a_real_filing_is_read_with_its_text():
    found = {}
    for file in sorted((Path(os.environ["SALESINTEL_REAL_DATA"]) / "sec_8k").glob("*.html")):
        found |= {f"{file.name} {item}": text for item, text in items_in(file.read_text(errors="replace")).items()}

    assert len(found) >= 4
    assert {name for name, text in found.items() if len(text) < 200} == set()
    # A vote of the shareholders and the list of exhibits say nothing to a seller.
    assert {name.rpartition(" ")[2] for name in found} - ITEMS.keys() <= {"5.07", "9.01"}


def test_two_listed_companies_of_one_name_are_neither():
    rows = {
        str(n): {"cik_str": n + 1, "ticker": "X", "title": f"WATERS CORP /{s}/"} for n, s in enumerate(["DE", "OH"])
    }

    assert listing_of(CompanyRef(name="Waters"), rows).cik is None


@pytest.mark.parametrize(
    ("item", "signal"), [("1.05", "security_incident"), ("2.01", "acquisition"), ("2.05", "layoffs"), ("2.02", None)]
)
def test_the_words_for_an_item_give_its_signal(item: str, signal: str | None):
    assert classify(f"Acme reports {ITEMS[item]} (8-K, item {item})") == signal


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Amazon", "AMAZON COM INC"),
        ("The Progressive Corporation", "PROGRESSIVE CORP/OH/"),
        ("McDonald's", "MCDONALDS CORP"),
        ("Wells Fargo", "WELLS FARGO & COMPANY/MN"),
        ("U.S. Bancorp", "US BANCORP \\DE\\"),
        ("CrowdStrike", "CrowdStrike Holdings, Inc."),
        ("Coca-Cola Company (The)", "COCA COLA CO"),
    ],
)
def test_a_company_is_found_as_the_list_spells_it(asked: str, listed: str):
    rows = {"0": {"cik_str": 7, "ticker": "X", "title": listed}, "1": {"cik_str": 8, "ticker": "Y", "title": "Other"}}

    assert listing_of(CompanyRef(name=asked), rows).cik == 7


def test_an_item_named_twice_has_its_longer_text():
    html = "<p>Item 5.02</p><p>See below.</p><h3>ITEM 5.02.</h3><p>The board named a new treasurer.</p><p>SIGNATURE</p>"

    assert items_in(html) == {"5.02": "The board named a new treasurer"}
