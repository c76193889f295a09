"""What every source of Apollo's must do: a bad key told in plain text, a narrow one in two ways, nothing by name."""

from typing import ClassVar

import pytest

from enrichment.sources.base import KeyRejected, QuotaExhausted, Refused, Throttled
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, DomainContract, Refusal, answer_of, said

BAD_KEY = Answer(status=401, body=b"Invalid API key. See ...", headers={"Content-Type": "text/plain"})


class ApolloContract(DomainContract):
    credentials: ClassVar[dict[str, str]] = {"api_key": "k3y"}
    refusals: ClassVar[list[Refusal]] = [
        Refusal(BAD_KEY, KeyRejected),
        Refusal(said(403, error="This API key is not authorized ...", error_code="API_INACCESSIBLE"), KeyRejected),
        Refusal(said(403, message="This endpoint is only available to Apollo users on paid plans."), KeyRejected),
        Refusal(said(422, error="Required parameter 'domain' missing"), Refused),
        Refusal(said(422, error="You have insufficient credits."), QuotaExhausted),
        Refusal(said(402, error="payment required"), QuotaExhausted),
        Refusal(said(429, message='{"message": "The maximum number of api calls allowed ..."}'), Throttled),
    ]

    async def test_the_key_is_sent_in_a_header(self, http, server):
        self.tell(server, BAD_KEY)

        with pytest.raises(KeyRejected):
            await answer_of(self.source, ACME, http)

        assert {asked.headers["x-api-key"] for asked in server.asked} == {"k3y"}
