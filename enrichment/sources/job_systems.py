"""The systems that companies take applications with: where a public board is, and how each writes its posts. Pure.

Greenhouse escapes its HTML once and has posts without a position (`internal_job_id` null); Lever answers a bare list
without the company's name; Ashby lists posts that are not to be shown (`isListed`). The others were observed, not
documented; Teamtailor's boards are RSS feeds with elements of its own, whose names are uncertain.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from enrichment.sources.dates import moment
from enrichment.sources.feeds import items_in
from enrichment.sources.linked_data import word
from enrichment.sources.reading import MOST_ITEMS, json_in, plain, web_url
from enrichment.sources.site_hiring import Job

GUESSED = ("greenhouse", "lever", "ashby")
LONGEST_PAGE = 500_000  # characters of a page that are searched for links


@dataclass(frozen=True, slots=True)
class Board:
    """A company's board. `linked`: its own site links to it."""

    system: str
    token: str
    linked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An open position. `employer`: whose it is, where the board says so."""

    job: Job
    employer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """`link` finds a board's token in a page; `posts` is where its answer has the posts, "" for a bare list."""

    label: str
    url: str
    link: re.Pattern[str]
    posts: str
    read: Callable[[dict[str, Any], str], dict[str, Any] | None]
    parse: Callable[..., Any] = json_in  # of (bytes, who); raises `BadReply`

    def address(self, token: str) -> str:
        return self.url.format(token=token)

    def is_reply(self, reply: Any) -> bool:
        return isinstance(reply.get(self.posts) if self.posts and isinstance(reply, dict) else reply, list)

    def items(self, reply: Any) -> list[dict[str, Any]]:
        found = reply.get(self.posts) if self.posts and isinstance(reply, dict) else reply
        return [item for item in found[:MOST_ITEMS] if isinstance(item, dict)] if isinstance(found, list) else []


def boards_in(html: str) -> Iterator[Board]:
    """The boards that a page links to or embeds."""
    for name, system in SYSTEMS.items():
        for match in system.link.finditer(html[:LONGEST_PAGE]):
            token = next(group for group in match.groups() if group)
            if token.lower() not in _NO_TOKENS:
                yield Board(name, token)


def posts_of(board: dict[str, Any], *, fetched_at: datetime) -> list[Post]:
    """The posts of a board of the bundle; what is no position, or not to be shown, is left out."""
    name, token, reply = board.get("system"), board.get("token"), board.get("reply")
    system = SYSTEMS.get(name) if isinstance(name, str) else None
    if system is None or not isinstance(token, str):
        return []
    employer = word(reply, "name")[:200]
    said = [found for item in system.items(reply) if (found := system.read(item, token)) and found["title"]]
    return [
        Post(
            job=Job(
                title=plain(item["title"], 200),
                url=web_url(item.get("url")),
                text=item.get("text", ""),
                location=plain(item.get("location", ""), 100),
                department=plain(item.get("department", ""), 100),
                at=moment(item["at"], fetched_at=fetched_at) if item.get("at") else None,
            ),
            employer=plain(item.get("employer", ""), 200) or employer,
        )
        for item in said
    ]


def _greenhouse(item: dict[str, Any], _token: str) -> dict[str, Any] | None:
    if "internal_job_id" in item and item["internal_job_id"] is None:
        return None
    return {
        "title": word(item, "title"),
        "url": item.get("absolute_url"),
        "text": word(item, "content"),
        "location": word(item, "location"),
        "department": word(item, "departments"),
        "at": word(item, "first_published", "updated_at"),
        "employer": word(item, "company_name"),
    }


def _lever(item: dict[str, Any], _token: str) -> dict[str, Any]:
    categories = item.get("categories")
    lists = item.get("lists")
    points = " ".join(word(part, "content") for part in (lists if isinstance(lists, list) else [])[:10])
    created = item.get("createdAt")
    return {
        "title": word(item, "text"),
        "url": item.get("hostedUrl"),
        "text": plain(f"{word(item, 'descriptionPlain', 'description')} {points} {word(item, 'additionalPlain')}"),
        "location": word(categories, "location"),
        "department": word(categories, "department", "team"),
        "at": _of_milliseconds(created),
    }


def _ashby(item: dict[str, Any], _token: str) -> dict[str, Any] | None:
    if item.get("isListed") is False:
        return None
    return {
        "title": word(item, "title"),
        "url": item.get("jobUrl"),
        "text": word(item, "descriptionPlain", "descriptionHtml"),
        "location": word(item, "location"),
        "department": word(item, "department", "team"),
        "at": word(item, "publishedAt"),
    }


def _workable(item: dict[str, Any], _token: str) -> dict[str, Any]:
    return {
        "title": word(item, "title"),
        "url": item.get("url"),
        "text": word(item, "description"),
        "location": _places(item, "city", "state", "country"),
        "department": word(item, "department"),
        "at": word(item, "published_on", "created_at"),
    }


def _smart_recruiters(item: dict[str, Any], token: str) -> dict[str, Any]:
    number = word(item, "id")
    return {
        "title": word(item, "name"),
        "url": f"https://jobs.smartrecruiters.com/{token}/{number}" if number.isalnum() else "",
        "location": _places(item.get("location"), "city", "region", "country"),
        "department": word(item.get("department"), "label"),
        "at": word(item, "releasedDate"),
        "employer": word(item, "company"),
    }


def _recruitee(item: dict[str, Any], _token: str) -> dict[str, Any]:
    return {
        "title": word(item, "title"),
        "url": item.get("careers_url"),
        "text": plain(f"{word(item, 'description')} {word(item, 'requirements')}"),
        "location": word(item, "location") or _places(item, "city", "country"),
        "department": word(item, "department"),
        "at": word(item, "published_at", "created_at"),
        "employer": word(item, "company_name"),
    }


def _breezy(item: dict[str, Any], _token: str) -> dict[str, Any]:
    return {
        "title": word(item, "name"),
        "url": item.get("url"),
        "text": word(item, "description"),
        "location": word(item, "location"),
        "department": word(item, "department"),
        "at": word(item, "published_date"),
        "employer": word(item, "company"),
    }


def _bamboo_hr(item: dict[str, Any], token: str) -> dict[str, Any]:
    number = str(item.get("id") or "")
    return {
        "title": word(item, "jobOpeningName"),
        "url": f"https://{token}.bamboohr.com/careers/{number}" if number.isdigit() else "",
        "location": _places(item.get("location"), "city", "state"),
        "department": word(item, "departmentLabel"),
    }


def _teamtailor(item: dict[str, Any], _token: str) -> dict[str, Any]:
    return {
        "title": word(item, "title"),
        "url": item.get("link"),
        "text": word(item, "description"),
        "location": _places(item, "city", "country") or word(item, "location"),
        "department": word(item, "department"),
        "at": word(item, "pubDate"),
    }


def _places(node: Any, *names: str) -> str:
    return ", ".join(place for name in names if (place := word(node, name)))


def _of_milliseconds(value: object) -> str:
    """An epoch in milliseconds as ISO 8601."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e14:
        return ""
    return datetime.fromtimestamp(value / 1000, tz=UTC).isoformat()


def _sub(domain: str) -> re.Pattern[str]:
    return re.compile(rf"//([a-z0-9][a-z0-9-]{{1,60}})\.{re.escape(domain)}\b", re.IGNORECASE)


_T = r"([\w.%-]{2,80})"  # a board's token
_NO_TOKENS = frozenset(
    {"www", "embed", "app", "api", "help", "support", "careers", "jobs", "widget", "j", "v1", "static"}
)
SYSTEMS = {
    "greenhouse": System(
        label="Greenhouse",
        url="https://boards-api.greenhouse.io/v1/boards/{token}/jobs?content=true",
        link=re.compile(
            rf"(?:boards|job-boards)(?:\.eu)?\.greenhouse\.io/(?:embed/job_board(?:/js)?\?for={_T}|{_T})", re.IGNORECASE
        ),
        posts="jobs",
        read=_greenhouse,
    ),
    "lever": System(
        label="Lever",
        url="https://api.lever.co/v0/postings/{token}?mode=json&skip=0&limit=100",
        link=re.compile(rf"jobs\.lever\.co/{_T}", re.IGNORECASE),
        posts="",
        read=_lever,
    ),
    "lever_eu": System(
        label="Lever",
        url="https://api.eu.lever.co/v0/postings/{token}?mode=json&skip=0&limit=100",
        link=re.compile(rf"jobs\.eu\.lever\.co/{_T}", re.IGNORECASE),
        posts="",
        read=_lever,
    ),
    "ashby": System(
        label="Ashby",
        url="https://api.ashbyhq.com/posting-api/job-board/{token}?includeCompensation=false",
        link=re.compile(rf"jobs\.ashbyhq\.com/{_T}", re.IGNORECASE),
        posts="jobs",
        read=_ashby,
    ),
    "workable": System(
        label="Workable",
        url="https://apply.workable.com/api/v1/widget/accounts/{token}?details=true",
        link=re.compile(rf"apply\.workable\.com/{_T}", re.IGNORECASE),
        posts="jobs",
        read=_workable,
    ),
    "smartrecruiters": System(
        label="SmartRecruiters",
        url="https://api.smartrecruiters.com/v1/companies/{token}/postings?limit=100&offset=0",
        link=re.compile(rf"(?:careers|jobs)\.smartrecruiters\.com/{_T}", re.IGNORECASE),
        posts="content",
        read=_smart_recruiters,
    ),
    "recruitee": System(
        label="Recruitee",
        url="https://{token}.recruitee.com/api/offers/",
        link=_sub("recruitee.com"),
        posts="offers",
        read=_recruitee,
    ),
    "breezy": System(
        label="Breezy", url="https://{token}.breezy.hr/json", link=_sub("breezy.hr"), posts="", read=_breezy
    ),
    "bamboohr": System(
        label="BambooHR",
        url="https://{token}.bamboohr.com/careers/list",
        link=_sub("bamboohr.com"),
        posts="result",
        read=_bamboo_hr,
    ),
    "teamtailor": System(
        label="Teamtailor",
        url="https://{token}.teamtailor.com/jobs.rss",
        link=_sub("teamtailor.com"),
        posts="",
        read=_teamtailor,
        parse=items_in,
    ),
}
