"""A whole product in one process: rules, the demo companies, the sandbox, and a driver that the test turns by hand."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from enrichment import rules as house_rules
from enrichment.companies import Listing, register_all
from enrichment.models import ResearchRequest
from enrichment.sandbox import world
from enrichment.sandbox.server import SandboxServer
from enrichment.workflow.driver import drive
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import User


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
        key = more.pop("key", None)
        vendor = more.pop("vendor", "Okta" if consumer == "customer_intelligence" else None)
        ask = Ask(consumer=consumer, company=company, vendor=vendor, seller=seller, **more)
        return request_research(ask, user=more.pop("user", self.user), idempotency_key=key)

    def research(self, company: str, **more: Any) -> ResearchRequest:
        """Ask, drive until nothing is left to do, and read the request again."""
        request = self.ask(company, **more)
        drive()
        return ResearchRequest.objects.get(pk=request.pk)

    def bought(self) -> list[str]:
        """What the sandbox charged for, in order."""
        return [call["kind"] for call in self.sandbox.calls() if Decimal(str(call["charged_usd"])) > 0]


@pytest.fixture
def desk(transactional_db: None, sandbox: SandboxServer) -> Desk:
    house_rules.seed()
    register_all(
        Listing(name=c.name, domain=c.domain, tickers=(c.ticker,) if c.ticker else (), aliases=tuple(c.aliases))
        for c in world.companies()
    )
    user = User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="Okta")
    return Desk(user, sandbox)
