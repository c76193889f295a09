"""Open positions from the public board of the system that a company takes applications with. No key.

The board is the one that the company's home or careers page links to; without a link its name is guessed from domain
and name at the three largest systems, and believed only where a post names the company. The reply is our own bundle,
JSON `{"boards": [{"system", "token", "linked", "reply"}]}`, each board's answer as it came. Which systems, and how each
writes its posts: `job_systems.py`.

Uncertain in the wire formats, so read tolerantly: all but Greenhouse, Lever and Ashby, whose answers are documented.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Reply, SourceError, register
from enrichment.sources.exchange import answered, error_of
from enrichment.sources.job_systems import GUESSED, SYSTEMS, Board, Post, boards_in, posts_of
from enrichment.sources.naming import Naming, naming, words_of
from enrichment.sources.posts import GIVES, distinct, said_by
from enrichment.sources.reading import Lenient, Objects, object_in
from enrichment.sources.visit import Visit, check_domain

MOST_LINKED = 2  # boards of one company that are read
MOST_GUESSES = 2  # names that are tried at each system
NO_BOARD = frozenset({401, 403, 404, 410})  # none of this name, or none that is public


class Bundle(Lenient):
    boards: Objects = []


@register
class JobBoards:
    """Positions, what their texts say of technology in use, and which troubles they admit."""

    slug: ClassVar[str] = "job_boards"
    provider: ClassVar[str] = "job_boards"
    gives: ClassVar[frozenset[str]] = GIVES

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle; without a board where the company has none that is public. Raises `SourceError`."""
        linked = (await _linked(check_domain(company.domain), http))[:MOST_LINKED]
        found = [kept for board in linked if (kept := await _read(board, http)) is not None]
        if not found:
            found = await _guessed(company, http)
        return json.dumps({"boards": found}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The positions of boards that are the company's; posts of others are dropped and counted."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        posts = [post for board in bundle.boards for post in posts_of(board, fetched_at=reply.fetched_at)]
        own = [board for board in bundle.boards if is_own(board, company, reply.fetched_at)]
        offered = [post for board in own for post in posts_of(board, fetched_at=reply.fetched_at)]
        kept = [post.job for post in offered if _is_of(post, company)]
        jobs = distinct(kept)
        return Extraction(observations=said_by(jobs, company), records=len(jobs), dropped=len(posts) - len(kept))


async def _linked(domain: str, http: ProviderClient) -> list[Board]:
    """The boards that the site links to. A site that cannot be read links to none: it is not the one that was asked."""
    visit = Visit.begin(http)
    try:
        home = await visit.home(domain)
        careers = await visit.of_kind("careers", home) if home else None
    except SourceError:
        return []
    return list(dict.fromkeys(board for page in (careers, home) if page for board in boards_in(page.html)))


async def _guessed(company: CompanyRef, http: ProviderClient) -> list[dict[str, Any]]:
    """The first board of a guessed name that is the company's, else all that exist under such a name.

    Raises `SourceError` where a system did not answer and no other has the board.
    """
    found: list[dict[str, Any]] = []
    failure: SourceError | None = None
    for board in _guesses(company):
        try:
            kept = await _read(board, http)
        except SourceError as error:
            failure = failure or error
            continue
        if kept is not None:
            found.append(kept)
            if is_own(kept, company, datetime.now(UTC)):
                return [kept]
    if failure is not None:
        raise failure
    return found


def _guesses(company: CompanyRef) -> Iterator[Board]:
    names = (str(company.domain).partition(".")[0], "".join(words_of(company.name)))
    for token in list(dict.fromkeys(name for name in names if name.isascii() and name.isalnum()))[:MOST_GUESSES]:
        for system in GUESSED:
            yield Board(system, token, linked=False)


async def _read(board: Board, http: ProviderClient) -> dict[str, Any] | None:
    """The board with its answer; None where there is none of this name. Raises `SourceError`."""
    system = SYSTEMS[board.system]
    response = await answered(http.get(system.address(board.token)))
    if response.status in NO_BOARD:
        return None
    if response.status != 200:
        raise error_of(response, who=system.label)
    reply = system.parse(response.body, who=system.label)
    if not system.is_reply(reply):
        raise BadReply(f"{system.label} answered JSON that is no job board")
    return {"system": board.system, "token": board.token, "linked": board.linked, "reply": reply}


def is_own(board: dict[str, Any], company: CompanyRef, fetched_at: datetime) -> bool:
    """Whether the board is the company's: its site links to it, or a post names it so that no namesake is meant."""
    posts = posts_of(board, fetched_at=fetched_at)
    return board.get("linked") is True or any(_names(post, company) for post in posts)


def _names(post: Post, company: CompanyRef) -> bool:
    """By its domain, or by a name of several words: "Atlas is hiring" may be said of any Atlas."""
    text = f"{post.employer} {post.job.text}"
    if company.domain and re.search(rf"(?<![\w-]){re.escape(company.domain)}(?![\w-])", text, re.IGNORECASE):
        return True
    longer = [name for name in (company.name, *company.aliases) if len(words_of(name)) > 1]
    return any(naming(text, CompanyRef(name=name)) is Naming.FULLY for name in longer)


def _is_of(post: Post, company: CompanyRef) -> bool:
    """Whether the post is the company's: a board may be shared by a group."""
    return not post.employer or naming(post.employer, company) is not Naming.NOT
