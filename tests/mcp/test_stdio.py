"""`manage.py mcp`, started by the SDK's own client."""

import pytest
from django.utils import timezone

from salesintel.accounts.models import ApiKey
from tests.mcp.conftest import aside, refused, told
from tests.terminal import ended

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


async def test_an_agent_on_this_machine_acts_for_a_user(briefed, over_stdio):
    asked = {"company": "acmecorp.com", "vendor": "okta.com", "role": "AE", "max_cost": 0}
    async with over_stdio() as client:
        done = await told(client, "research", **asked)
        report = await told(client, "read_report", request_id=done["request_id"], section="customer")

    assert (done["status"], done["from_cache"], done["spent"]) == ("completed", True, 0)
    assert report["content"]["name"] == "Acme Corp"


async def test_a_key_that_is_revoked_ends_what_it_may(over_stdio, rep, key_of):
    key = await aside(lambda: key_of(rep, "read"))
    async with over_stdio("--verbosity", "1", SALESINTEL_API_KEY=key) as client:
        may = await told(client, "lookup_company", query="acmecorp.com")
        lacks = await refused(client, "research", company="acmecorp.com", max_cost=1)
        await aside(lambda: ApiKey.objects.update(revoked_at=timezone.now()))
        revoked = await refused(client, "lookup_company", query="acmecorp.com")

    assert may["companies"][0]["name"] == "Acme Corp"
    assert lacks == "This needs an API key with the scope “enrich”; yours has read."
    assert revoked == "This API key is unknown, expired or revoked."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say whom it acts for: --user NAME, or an API key in SALESINTEL_API_KEY."),
        (("--user", "nobody"), "There is no active user 'nobody'."),
    ],
)
def test_it_wants_to_know_for_whom_it_acts(transactional_db, capsys, arguments, sentence):
    found = ended(capsys, "mcp", *arguments)

    assert found.code == 1
    assert found.err.strip().endswith(sentence)
