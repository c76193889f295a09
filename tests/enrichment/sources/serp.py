"""What every source of SerpApi's must do: errors within 200, the two causes of a 429, searches in doubt."""

from typing import ClassVar

import pytest

from enrichment.sources.base import KeyRejected, QuotaExhausted, Refused, Throttled, Unavailable
from tests.enrichment.local_server import Answer, Asked
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, recorded, said


def nothing(results: str) -> dict[str, object]:
    """A search without hits."""
    return {
        "search_metadata": {"status": "Success"},
        "search_information": {f"{results}_state": "Fully empty"},
        "error": "Google hasn't returned any results for this query.",
    }


class SerpContract(JsonContract):
    credentials: ClassVar[dict[str, str]] = {"api_key": "k3y"}
    refusals: ClassVar[list[Refusal]] = [
        Refusal(said(400, error="Missing query `q` parameter."), Refused),
        Refusal(said(401, error="Invalid API key."), KeyRejected),
        Refusal(said(403, error="Your account has been deleted."), KeyRejected),
        Refusal(said(429, error="Your account has run out of searches."), QuotaExhausted),
        Refusal(said(410, error="expired"), Refused),
        Refusal(said(503, error="failed", search_metadata={"status": "Error"}), Unavailable),
        Refusal(said(200, error="failed", search_metadata={"status": "Error"}), Unavailable),
        Refusal(said(200, search_metadata={"status": "Processing"}), Unavailable),
        Refusal(said(200, error="Your account has run out of searches."), QuotaExhausted),
    ]

    def before(self, asked: Asked) -> Answer | None:
        return said(200, total_searches_left=17) if "/account.json" in asked.path else None

    async def test_an_empty_search_is_an_answer(self, http, server):
        self.tell(server, Answer(body=self.empty))

        body = await answer_of(self.source, ACME, http)

        assert self.read(body).observations == ()

    async def test_the_account_tells_whether_searches_are_used_up(self, http, server):
        hourly = said(429, error="Your account has exceeded its hourly throughput limit.")
        server.told = lambda asked: said(200, total_searches_left=0) if "/account.json" in asked.path else hourly

        with pytest.raises(QuotaExhausted):
            await answer_of(self.source, ACME, http)

    async def test_an_account_that_does_not_answer_leaves_it_at_throttled(self, http, server):
        server.told = lambda asked: said(429, error="hourly")

        with pytest.raises(Throttled):
            await answer_of(self.source, ACME, http)

    async def test_a_search_without_an_answer_is_in_doubt(self, http, server):
        self.tell(server, Answer(body=recorded(self.reply), cut=10))

        with pytest.raises(Unavailable) as caught:
            await answer_of(self.source, ACME, http)

        assert caught.value.in_doubt is True
