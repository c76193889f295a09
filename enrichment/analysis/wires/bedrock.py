"""Claude on Amazon Bedrock: the Messages format behind AWS's addresses, signatures and event frames."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from enrichment.analysis.model import Trouble
from enrichment.analysis.wires import base
from enrichment.analysis.wires.anthropic import MessagesLine
from enrichment.analysis.wires.base import Broken, Call, Line, Question, Said

# What signs requests and reads event frames: imported off the loop, a quarter of a second the first time.
PARTS = (
    "boto3",
    "botocore.auth",
    "botocore.awsrequest",
    "botocore.eventstream",
    "botocore.exceptions",
    "botocore.parsers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BedrockWire:
    """Claude on Bedrock, by a bearer token, by keys, or by what AWS's own environment, profile or role gives."""

    model: str  # anthropic.claude-haiku-5-5, or a region's profile: us.anthropic.claude-haiku-5-5
    region: str
    api_key: str = field(default="", repr=False)
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    profile: str = ""
    base_url: str | None = None
    effort: str = ""

    @asynccontextmanager
    async def open(self, deadline: float) -> AsyncIterator[Line]:
        sdk = await asyncio.to_thread(_imported)
        async with base.bounded(sdk, deadline) as (http, bound), self._client(sdk, http, deadline) as client:
            line = MessagesLine(sdk, client, bound, model=self.model, effort=self.effort, is_throttled_freely=True)
            yield _BedrockLine(line)

    def _client(self, sdk: Any, http: Any, deadline: float) -> Any:
        try:
            return sdk.AsyncAnthropicBedrock(
                aws_region=self.region,
                **self._credentials(),
                base_url=self.base_url,
                max_retries=0,
                timeout=deadline + base.SPARE,
                http_client=http,
            )
        except ValueError as error:  # keys here and a bearer token in the environment, say
            raise Broken("has credentials of AWS that contradict each other", trouble=Trouble.REFUSED) from error

    def _credentials(self) -> dict[str, str]:
        """The SDK takes either a bearer token or keys, and looks into the environment for what it is not given."""
        if self.api_key:
            return {"api_key": self.api_key}
        given = {
            "aws_access_key": self.access_key,
            "aws_secret_key": self.secret_key,
            "aws_session_token": self.session_token,
            "aws_profile": self.profile,
        }
        return {name: value for name, value in given.items() if value}


def _imported() -> Any:
    for part in PARTS:
        import_module(part)
    return import_module("anthropic")


class _BedrockLine:
    """A line whose frames and signatures are AWS's, and break in AWS's own ways."""

    def __init__(self, line: MessagesLine) -> None:
        self._line = line
        errors, frames = import_module("botocore.exceptions"), import_module("botocore.eventstream")
        self._frames = (frames.ParserError,)
        self._credentials = (errors.BotoCoreError,)

    async def ask(self, question: Question, call: Call) -> Said:
        try:
            return await self._line.ask(question, call)
        except self._frames as error:
            raise base.unreadable(type(error).__name__) from error
        except self._credentials as error:
            call.is_free = True
            words = f"found no credentials of AWS that hold ({type(error).__name__})"
            raise Broken(words, trouble=Trouble.REFUSED) from error
        except RuntimeError as error:  # what the SDK raises where AWS's chain of credentials ends with none
            call.is_free = True
            raise Broken("found no credentials of AWS", trouble=Trouble.REFUSED) from error
