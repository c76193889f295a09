"""Clearbit's legacy API: two shapes of a record, a queue, nobody as 404, and every field accounted for."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    KeyRejected,
    QuotaExhausted,
    Refused,
    Reply,
    Throttled,
    Unavailable,
    registry,
)
from enrichment.sources.clearbit_company import LEFT_OUT
from tests.enrichment.sources.contract import ACME, AT, DomainContract, Refusal, answer_of, recorded, said
from tests.enrichment.sources.leaves import account_of

NOBODY = said(404, error={"type": "unknown_record", "message": "Unknown company."})
INSTEAD = {"domainAliases[]", "location", "metrics.employeesRange"}  # count where something better is missing
OLDER: dict[str, Any] = {
    "name": "Acme Robotics",
    "domain": "acme.example",
    "categories": ["Robotics", "Logistics"],
    "raised": 90_000_000.0,
    "location": "Boston, Massachusetts, U.S.",
    "employees": 200,
}


class TestClearbitCompany(DomainContract):
    slug = "clearbit_company"
    reply = "clearbit_company.json"
    empty = NOBODY.body
    credentials = {"api_key": "k3y"}
    refusals = [
        Refusal(said(401, error={"type": "auth_invalid"}), KeyRejected),
        Refusal(said(402, error={"type": "over_quota"}), QuotaExhausted),
        Refusal(said(404, error={"type": "unknown_path"}), Refused),
        Refusal(said(422, error={"type": "params_invalid"}), Refused),
        Refusal(said(429, error={"type": "rate_limit"}), Throttled),
        Refusal(said(202), Unavailable),
        Refusal(said(200, hello="world"), BadReply),
    ]

    def values(self, content: dict[str, Any]) -> dict[str, Any]:
        return {o.dataset: o.value for o in self.read(json.dumps(content).encode()).observations}

    async def test_it_is_asked_by_domain_with_a_bearer_key(self, http, server):
        await answer_of(self.source, ACME, http)

        (asked,) = server.asked
        assert asked.path == "/company.clearbit.com/v2/companies/find?domain=acme.example"
        assert asked.headers["authorization"] == "Bearer k3y"

    async def test_nobody_at_the_domain_is_an_answer(self, http, server):
        self.tell(server, NOBODY)

        assert self.read(await answer_of(self.source, ACME, http)).observations == ()

    async def test_a_queued_look_up_is_asked_for_again_and_not_in_doubt(self, http, server):
        self.tell(server, said(202))

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert (caught.value.retry_after, caught.value.in_doubt) == (5.0, False)

    def test_the_older_shape_says_the_same(self):
        assert self.values(OLDER) == {
            "company_name": "Acme Robotics",
            "company_domain": "acme.example",
            "industry": "Robotics",
            "employee_count": {"low": 200, "high": 200},
            "headquarters": "Boston, MA",
            "budget_indicators": {"indicator": "Total funding: $90,000,000", "amount_usd": 90_000_000},
        }

    @pytest.mark.parametrize(
        ("metrics", "count"),
        [
            ({"employees": 420, "employeesRange": "11-50"}, {"low": 420, "high": 420}),
            ({"employees": None, "employeesRange": "51-250"}, {"low": 51, "high": 250}),
            ({"employees": 0}, {"low": 200, "high": 200}),
        ],
    )
    def test_a_number_goes_before_a_range(self, metrics, count):
        assert self.values(OLDER | {"metrics": metrics})["employee_count"] == count

    def test_a_known_revenue_goes_before_an_estimated_one(self):
        told = {"annualRevenue": 52_000_000, "estimatedAnnualRevenue": "$50M-$100M"}

        assert self.values(OLDER | {"metrics": told})["budget_indicators"]["indicator"] == "Yearly revenue: $52,000,000"

    def test_a_record_of_another_domain_is_dropped_unless_that_is_an_alias(self):
        alias = CompanyRef(name="Acme", domain="acme-robotics.example")
        other = CompanyRef(name="Acme", domain="acme-tools.example")

        assert self.read(recorded(self.reply), alias).observations
        assert self.read(recorded(self.reply), other).dropped == 1

    def test_every_field_is_used_or_left_out_for_a_reason(self):
        for body in (recorded(self.reply), json.dumps(OLDER).encode()):
            account = account_of(body, self.read, LEFT_OUT)

            assert account.lost <= INSTEAD
            assert account.used & account.left_out == set()


@pytest.mark.skipif("SALESINTEL_REAL_DATA" not in os.environ, reason="needs SALESINTEL_REAL_DATA")
def test_a_real_answer_has_nineteen_of_twenty_fields_used_or_left_out_for_a_reason() -> None:
    body = (Path(os.environ["SALESINTEL_REAL_DATA"]) / "clearbit_company.json").read_bytes()
    company = CompanyRef(name=json.loads(body)["name"], domain=json.loads(body)["domain"])
    source = registry.sources["clearbit_company"]

    account = account_of(body, lambda said: source.extract(Reply(body=said, fetched_at=AT), company), LEFT_OUT)

    assert account.lost == set()
    assert account.share_known >= 0.95
    assert account.share_used >= 0.4
