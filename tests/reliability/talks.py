"""W1 of conversations: their sockets are cut while the run that they follow goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect

from chat.choosing import follow
from chat.models import ChatSession
from tests.reliability.house import House
from tests.reliability.lines import PATIENCE, Line, line


@dataclass(frozen=True, slots=True)
class Talk(Line):
    """How one conversation is followed; what happens in its research is told on in it, by whoever comes first."""

    session: ChatSession

    def connect(self, after: int, **more: object) -> connect:
        url = f"{self.server.url.replace('http', 'ws')}/ws/chat/{self.session.pk}/?after={after}"
        headers = {"X-API-Key": self.key}
        return connect(url, additional_headers=headers, proxy=None, open_timeout=PATIENCE, **more)

    def last(self) -> int:
        return ChatSession.objects.values_list("last_seq", flat=True).get(pk=self.session.pk)

    def is_end(self, event: dict[str, Any]) -> bool:
        """The words about how the research came out; the conversation itself never ends."""
        return "ended without a complete analysis" in event["data"].get("content", "")


@contextmanager
def talk(house: House) -> Iterator[Talk]:
    """A conversation whose research nobody drives, and the server where it is followed."""
    with line(house) as held:
        session = ChatSession.objects.create(user=house.user, research=held.request, company=held.request.company)
        follow(session, held.request)
        yield Talk(held.server, held.key, held.request, session)
