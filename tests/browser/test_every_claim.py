"""The documents' example, Acme Corp for Okta as an AE: every claim of its brief is opened from the page."""

import re
import time
from typing import Any

import pytest

from enrichment.models import Report, ResearchRequest
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import User
from tests.browser.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Opens each claim as a click does, and reads what the drawer then shows.
OPEN_ALL = """() => [...document.querySelectorAll("main a[data-evidence]")].map((link) => {
  link.click();
  const drawer = document.getElementById("drawer");
  const found = {
    isOpen: drawer.open,
    said: document.getElementById("drawer-said").textContent.replace(/\\s+/g, " ").trim(),
    support: link.querySelector(".cite__word").textContent,
    titles: [...drawer.querySelectorAll(".source__title")].map((each) => each.textContent.replace(/\\s+/g, " ").trim()),
  };
  drawer.close();
  return found;
})"""

# Told as a badge or a line beside the claim that they belong to, which is the one that is opened.
BESIDE = re.compile(
    r"/(?:news_signals/\d+/(?:date|source|signal_type)|target_contacts/\d+/(?:role|profile_url)"
    r"|opportunity_signals/\d+/(?:source|urgency)|recommended_products/\d+/dataset_source|intent/.*|customer/name)"
)


def researched() -> ResearchRequest:
    """The brief, written by the worker."""
    seller = Seller(name="Taylor", role="AE", segment="Mid-Market", region="EMEA")
    ask = Ask(consumer="customer_intelligence", company="Acme Corp", vendor="Okta", seller=seller)
    made = request_research(ask, user=User.objects.get(username="rep"))
    until = time.monotonic() + 30
    while made.report is None and time.monotonic() < until:
        time.sleep(0.1)
        made = ResearchRequest.objects.select_related("report").get(pk=made.pk)
    return made


def claims_of(report: Report) -> dict[str, str]:
    """Pointer → text of every statement that bears evidence."""
    found = {}
    for pointer, borne in report.statements.items():
        value: Any = report.body
        for step in pointer.split("/")[1:]:
            value = value[int(step)] if isinstance(value, list) else value[step]
        if borne["evidence"] and not BESIDE.fullmatch(pointer):
            found[pointer] = " ".join(str(value).split())
    return found


def test_every_claim_of_the_example_opens_its_evidence(product, worker, open_page):
    asked = researched()
    page = open_page()
    log_in(page)
    page.goto(f"/requests/{asked.pk}/brief/")

    opened = page.evaluate(OPEN_ALL)

    report = asked.report
    claims = claims_of(report)
    shown: dict[str, list[list[str]]] = {}
    for each in opened:
        shown.setdefault(each["said"], []).append(each["titles"])
    assert len(claims) > 100
    assert [text for text in claims.values() if text not in shown] == []
    assert [each["said"] for each in opened if not each["isOpen"] or not each["titles"]] == []
    bare = [
        pointer
        for pointer, text in claims.items()
        if not any(all(_is_among(title, titles) for title in titles_of(report, pointer)) for titles in shown[text])
    ]
    assert bare == []


def titles_of(report: Report, pointer: str) -> list[str]:
    """The titles of the items that bear a statement."""
    cited = [report.evidence[key] for key in report.statements[pointer]["evidence"]]
    return [" ".join((item["title"] or item["url"]).split()) for item in cited]


def _is_among(title: str, shown: list[str]) -> bool:
    return any(title in each for each in shown)
