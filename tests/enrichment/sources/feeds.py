"""What a source that reads a feed must do besides: refuse what is no feed, and every trick of XML."""

import random
from typing import ClassVar

import pytest

from enrichment.sources.base import BadReply
from tests.enrichment.local_server import Answer
from tests.enrichment.sources.contract import ACME, SourceContract, answer_of, recorded

BOMB = (
    b'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
)
FILE = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>'
REMOTE = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd"><rss><channel/></rss>'


class FeedContract(SourceContract):
    reply_type: ClassVar[str] = "application/xml; charset=utf-8"

    def hostile(self) -> bytes:
        """Marks of direction and signs of private use in every text; NUL and surrogates XML itself refuses."""
        return recorded(self.reply).replace(b"</title>", "\u202e\u200b&#x202e;&#x7f;&#xfffd;</title>".encode())

    def mutated(self, dice: random.Random, changes: int) -> bytes:
        spoilt = bytearray(recorded(self.reply))
        for _ in range(changes):
            at = dice.randrange(len(spoilt))
            spoilt[at : at + dice.randrange(9)] = dice.choice(
                [b"", b"<", b"&#0;", b"\x00", b"]]>", b"<!--", b"</item>"]
            )
        return bytes(spoilt)

    @pytest.mark.parametrize(
        "body",
        [b"", b"<html>hello</html>", b"{", b"\xff\xfe\x00", b"<rss/>", b"<a>" * 100_000, BOMB, FILE, REMOTE],
    )
    async def test_what_is_no_feed_or_a_trick_is_refused(self, http, server, body):
        self.tell(server, Answer(body=body))

        with pytest.raises(BadReply):
            await answer_of(self.source, ACME, http)
