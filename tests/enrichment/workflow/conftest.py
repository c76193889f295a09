"""A whole product in one process: rules, the demo companies, the sandbox, and a driver that the test turns by hand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from enrichment.models import ResearchRequest
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import User
from tests import seeding
from tests.driving import drive_on


@dataclass(frozen=True)
class Desk:
    """Asks as a rep does, and drives what that starts."""

    user: User
    sandbox: SandboxServer

    def ask(self, company: str, *, consumer: str = "customer_intelligence", **more: Any) -> ResearchRequest:
        """Ask, and leave the run to whoever drives it."""
        seller = Seller(
            name=more.pop("name", "Taylor"), role=more.pop("role", "AE"), segment="Mid-Market", region="EMEA"
        )
        key, user = more.pop("key", None), more.pop("user", self.user)
        vendor = more.pop("vendor", "Okta" if consumer == "customer_intelligence" else None)
        ask = Ask(consumer=consumer, company=company, vendor=vendor, seller=seller, **more)
        return request_research(ask, user=user, idempotency_key=key)

    def research(self, company: str, **more: Any) -> ResearchRequest:
        """Ask, drive until nothing is left to do, and read the request again."""
        request = self.ask(company, **more)
        drive_on()
        return ResearchRequest.objects.get(pk=request.pk)

    def bought(self) -> list[str]:
        """What the sandbox charged for, in order."""
        return [call["kind"] for call in self.sandbox.calls() if Decimal(str(call["charged_usd"])) > 0]


@pytest.fixture
def desk(transactional_db: None, sandbox: SandboxServer) -> Desk:
    seeding.rules()
    seeding.demo_companies()
    user = User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="Okta")
    return Desk(user, sandbox)
