"""Clearbit in the sandbox: records of before it was closed, a queue, errors with a type."""

import httpx
import pytest

from enrichment.sandbox import keys
from enrichment.sandbox.clearbit import listed
from enrichment.sandbox.server import SandboxServer
from enrichment.sandbox.world import World

FIND = "/company.clearbit.com/v2/companies/find"
KEY = {"authorization": "Bearer good"}


def find(http: httpx.Client, domain: str) -> httpx.Response:
    return http.get(FIND, params={"domain": domain}, headers=KEY)


def test_a_record_is_as_old_as_the_service(http: httpx.Client, sandbox: SandboxServer) -> None:
    record = find(http, "harbourline.co.uk").json() or find(http, "harbourline.co.uk").json()

    assert (record["metrics"]["employees"], record["geo"]["city"]) == (3100, "Cardiff")
    assert sandbox.spent() == "0.20"


def test_it_has_seven_companies_of_ten(world: World) -> None:
    held = sum(listed(company.domain, world) is not None for company in world)

    assert 0.5 < held / len(world.companies) < 0.9


def test_some_look_ups_are_queued_at_first_for_nothing(
    http: httpx.Client, sandbox: SandboxServer, world: World
) -> None:
    first = {company.domain: find(http, company.domain).status_code for company in world}
    spent = sandbox.spent()

    queued = next(domain for domain, status in first.items() if status == 202)
    assert find(http, queued).status_code == 200
    assert float(sandbox.spent()) == pytest.approx(float(spent) + 0.20)


@pytest.mark.parametrize(
    ("key", "domain", "status", "kind"),
    [
        (keys.WRONG, "okta.com", 401, "auth_invalid"),
        (keys.RUN_OUT, "okta.com", 402, "over_quota"),
        (keys.LIMITED, "okta.com", 429, "rate_limit"),
        ("good", "nobody.example", 404, "unknown_record"),
        ("good", "nobody", 422, "params_invalid"),
    ],
)
def test_an_error_has_a_type(http: httpx.Client, key: str, domain: str, status: int, kind: str) -> None:
    reply = http.get(FIND, params={"domain": domain}, headers={"authorization": f"Bearer {key}"})

    assert (reply.status_code, reply.json()["error"]["type"]) == (status, kind)


@pytest.mark.parametrize(("given", "status"), [(("good", ""), 404), ((keys.WRONG, ""), 401), (("", ""), 401)])
def test_the_key_may_be_the_user_of_basic(http: httpx.Client, given: tuple[str, str], status: int) -> None:
    assert http.get(FIND, params={"domain": "nobody.example"}, auth=given).status_code == status
