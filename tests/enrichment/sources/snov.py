"""What every source of Snov's must do: a token, a job, the two shapes of errors, credits in doubt."""

from typing import ClassVar

import pytest

from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    JobFailed,
    KeyRejected,
    Pending,
    QuotaExhausted,
    Refused,
    Unavailable,
)
from tests.enrichment.local_server import Answer, Asked, LocalServer
from tests.enrichment.sources.contract import ACME, JsonContract, Refusal, answer_of, said

TASK = "3384aa"


def token(value: str = "t0ken") -> Answer:
    return said(200, access_token=value, token_type="Bearer", expires_in=3600)


STARTED = said(
    202, data=[], meta={"task_hash": TASK, "domain": "acme.example"}, links={"result": "https://evil.example/"}
)


class SnovContract(JsonContract):
    empty = b'{"data": [], "meta": {}, "links": [], "status": "completed"}'
    credentials: ClassVar[dict[str, str]] = {"client_id": "id", "client_secret": "s3cret"}
    refusals: ClassVar[list[Refusal]] = [
        Refusal(said(200, data=[], status="not_enough_credits"), QuotaExhausted),
        Refusal(said(402, success=False, errors=["payment"]), QuotaExhausted),
        Refusal(said(400, success=False, errors=["Not enough credits"]), QuotaExhausted),
        Refusal(said(400, success=False, errors=["bad input"]), Refused),
        Refusal(said(401, success=False, errors=["token"]), KeyRejected),
        Refusal(said(404, errors={"code": 404, "title": "Sorry, but url or entity not found"}), JobFailed),
        Refusal(said(200, success=False, errors=["something"]), JobFailed),
        Refusal(said(200, data=[], status="failed"), JobFailed),
    ]

    def before(self, asked: Asked) -> Answer | None:
        if asked.path.endswith("/v1/oauth/access_token"):
            return token()
        return STARTED if "/start" in asked.path else None

    async def test_the_token_is_fetched_once(self, http, server):
        await answer_of(self.source, ACME, http)
        await answer_of(self.source, ACME, http)

        assert sum("oauth" in asked.path for asked in server.asked) == 1

    async def test_an_expired_token_is_renewed_once(self, http, server):
        given = iter(["old", "new"])

        def told(asked: Asked) -> Answer:
            if "oauth" in asked.path:
                return token(next(given))
            return STARTED if asked.headers["authorization"] == "Bearer new" else said(401, success=False)

        server.told = told

        assert await self.source.start(ACME, http) == TASK

    async def test_credentials_that_are_refused_are_told_as_such(self, http, server):
        server.told = lambda _: said(401, error="invalid_client")

        with pytest.raises(KeyRejected):
            await self.source.start(ACME, http)

    @pytest.mark.parametrize("status", ["in_progress", "in progress"])
    async def test_a_job_under_way_is_asked_again_later(self, http, server, status):
        self.tell(server, said(202, data=[], status=status))

        assert await self.source.poll(TASK, http) == Pending(after=1.0)

    async def test_a_start_without_an_answer_is_in_doubt_and_a_poll_is_not(self, http, server):
        cut = Answer(body=b"x" * 50, cut=5)
        server.told = lambda asked: token() if "oauth" in asked.path else cut

        with pytest.raises(Unavailable) as start:
            await self.source.start(ACME, http)
        with pytest.raises(Unavailable) as poll:
            await self.source.poll(TASK, http)

        assert (start.value.in_doubt, poll.value.in_doubt) == (True, False)

    async def test_a_token_without_an_answer_is_not_in_doubt(self, http, server):
        server.told = lambda _: Answer(body=b"x" * 50, cut=5)

        with pytest.raises(Unavailable) as caught:
            await self.source.start(ACME, http)

        assert caught.value.in_doubt is False

    @pytest.mark.parametrize("task", [None, "", 7, "../../v1/get-balance", "a/b", "x" * 200])
    async def test_a_task_that_is_no_hash_is_never_asked_for(self, http, server, task):
        server.told = lambda asked: token() if "oauth" in asked.path else said(200, data=[], meta={"task_hash": task})

        with pytest.raises(BadReply):
            await self.source.start(ACME, http)

    async def test_without_a_domain_nothing_is_asked(self, http, server: LocalServer):
        with pytest.raises(Refused):
            await self.source.start(CompanyRef(name="Acme"), http)

        assert server.asked == []
