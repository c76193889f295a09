"""Public job boards of the systems that take applications: three with different 404s, two that were only observed."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from typing import Any

from enrichment.sandbox.choices import days_before, digest
from enrichment.sandbox.job_posts import board_page, positions, system_of, text_of, token_of
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply, text_reply
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Job
from enrichment.sandbox.world.public import StrangeBoard

HOSTS = (
    "boards-api.greenhouse.io",
    "api.lever.co",
    "api.eu.lever.co",
    "api.ashbyhq.com",
    "api.smartrecruiters.com",
    "*.recruitee.com",
    "*.teamtailor.com",
)


@dataclass(slots=True)
class JobBoards:
    """All systems; each knows only its own boards."""

    def kind_of(self, _request: Request) -> str:
        return "job_boards"

    def answer(self, request: Request, moment: Moment) -> Reply:
        system, token = asked(request)
        company = next((c for c in moment.world if (system_of(c), same(token_of(c), system)) == (system, token)), None)
        if company is not None:
            posts = [post(company, job, moment) for job in positions(company)]
            if system == "teamtailor":
                return text_reply(teamtailor(company.name, posts), kind_of_text="xml", takes=0.4)
            return json_reply(WRITE[system](posts), takes=0.4)
        stranger = next((b for b in moment.world.boards if (b.system, b.token) == (system, token)), None)
        if stranger is not None:
            return json_reply(WRITE[system]([strange(stranger, title, moment) for title in stranger.titles]), takes=0.4)
        return missing(system)

    def refuse(self, status: int) -> Reply:
        return json_reply({"error": "Something went wrong."}, status, takes=0.3)

    def reset(self) -> None:
        """The boards remember nothing."""


def asked(request: Request) -> tuple[str, str]:
    """The system and the board's token; Lever's tokens alone have a case."""
    parts = request.path.strip("/").split("/")
    match request.host.split("."):
        case ["boards-api", *_]:
            return "greenhouse", parts[2].lower() if len(parts) > 2 else ""
        case ["api", "lever", *_]:
            return "lever", parts[2] if len(parts) > 2 else ""
        case ["api", "ashbyhq", *_]:
            return "ashby", parts[2] if len(parts) > 2 else ""
        case ["api", "smartrecruiters", *_]:
            return "smartrecruiters", parts[2] if len(parts) > 2 else ""
        case [token, ("recruitee" | "teamtailor") as system, *_]:
            return system, token
    return "", ""


def same(token: str, system: str) -> str:
    return token.lower() if system == "greenhouse" else token


def missing(system: str) -> Reply:
    """Each system's own way to say that it has no such board; one of them does not say it at all."""
    match system:
        case "lever":
            return json_reply({"ok": False, "error": "Document not found"}, 404, takes=0.2)
        case "ashby":
            return text_reply("Not Found", 404, takes=0.2)
        case "smartrecruiters":
            return json_reply({"offset": 0, "limit": 100, "totalFound": 0, "content": []}, takes=0.2)
    return json_reply({"status": 404, "error": "Job not found"}, 404, takes=0.2)


Post = dict[str, Any]


def post(company: Company, job: Job, moment: Moment) -> Post:
    """A position in no system's words yet."""
    return {
        "number": int(digest(company.domain, job.title)[:8], 16),
        "title": job.title,
        "text": text_of(company, job),
        "location": job.location,
        "department": job.department or "General",
        "at": days_before(moment.at, job.days, job.title),
        "company": company.name,
        "page": board_page(company),
    }


def strange(board: StrangeBoard, title: str, moment: Moment) -> Post:
    return {
        "number": int(digest(board.token, title)[:8], 16),
        "title": title,
        "text": f"{board.name} is looking for you.",
        "location": "Leeds, United Kingdom",
        "department": "General",
        "at": days_before(moment.at, 20, title),
        "company": board.name,
        "page": f"https://boards.sandbox.example/{board.token}",
    }


def paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))


def greenhouse(posts: list[Post]) -> dict[str, Any]:
    """HTML escaped once; one post is no position."""
    jobs = [
        {
            "id": p["number"],
            "internal_job_id": p["number"] + 1,
            "title": p["title"],
            "updated_at": p["at"].isoformat(),
            "first_published": p["at"].isoformat(),
            "location": {"name": p["location"]},
            "absolute_url": f"{p['page']}/jobs/{p['number']}",
            "company_name": p["company"],
            "metadata": None,
            "content": escape(paragraphs(p["text"])),
            "departments": [{"id": 1, "name": p["department"], "parent_id": None, "child_ids": []}],
            "offices": [],
        }
        for p in posts
    ]
    prospects = [job | {"internal_job_id": None, "title": "Talent Community Manager"} for job in jobs[:1]]
    return {"jobs": [*jobs, *prospects], "meta": {"total": len(jobs) + len(prospects)}}


def lever(posts: list[Post]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{p['number']:08x}-0000-4000-8000-000000000000",
            "text": p["title"],
            "categories": {"department": p["department"], "location": p["location"], "allLocations": [p["location"]]},
            "createdAt": int(p["at"].timestamp() * 1000),
            "description": paragraphs(p["text"]),
            "descriptionPlain": p["text"],
            "lists": [],
            "additionalPlain": "",
            "workplaceType": "hybrid",
            "hostedUrl": f"{p['page']}/{p['number']}",
        }
        for p in posts
    ]


def ashby(posts: list[Post]) -> dict[str, Any]:
    """One post is not listed any more."""
    jobs = [
        {
            "id": f"{p['number']:08x}-0000-4000-8000-000000000000",
            "title": p["title"],
            "department": p["department"],
            "team": None,
            "employmentType": "FullTime",
            "location": p["location"],
            "publishedAt": p["at"].isoformat(timespec="milliseconds"),
            "isListed": True,
            "jobUrl": f"{p['page']}/{p['number']}",
            "descriptionHtml": paragraphs(p["text"]),
            "descriptionPlain": p["text"],
        }
        for p in posts
    ]
    return {
        "apiVersion": "1",
        "jobs": [*jobs, *(job | {"isListed": False, "title": "Ghost Writer"} for job in jobs[:1])],
    }


def smart_recruiters(posts: list[Post]) -> dict[str, Any]:
    content = [
        {
            "id": str(p["number"]),
            "name": p["title"],
            "company": {"identifier": p["page"].rpartition("/")[2], "name": p["company"]},
            "releasedDate": p["at"].strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "location": {"city": p["location"].partition(",")[0]},
            "department": {"id": 1, "label": p["department"]},
        }
        for p in posts
    ]
    return {"offset": 0, "limit": 100, "totalFound": len(content), "content": content}


def recruitee(posts: list[Post]) -> dict[str, Any]:
    return {
        "offers": [
            {
                "id": p["number"],
                "title": p["title"],
                "careers_url": f"{p['page']}o/{p['number']}",
                "location": p["location"],
                "department": p["department"],
                "description": paragraphs(p["text"]),
                "published_at": p["at"].strftime("%Y-%m-%d %H:%M:%S UTC"),
                "company_name": p["company"],
            }
            for p in posts
        ]
    }


def teamtailor(company: str, posts: list[Post]) -> str:
    """A feed, with elements of its own beside RSS's."""
    items = "".join(
        f"<item><title>{escape(p['title'])}</title><description>{escape(paragraphs(p['text']))}</description>"
        f"<pubDate>{format_datetime(p['at'])}</pubDate><link>{p['page']}/{p['number']}</link>"
        f"<tt:locations><tt:location><tt:name>{escape(p['location'])}</tt:name>"
        f"<tt:city>{escape(p['location'].partition(',')[0])}</tt:city></tt:location></tt:locations>"
        f"<tt:department>{escape(p['department'])}</tt:department></item>"
        for p in posts
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:tt="https://teamtailor.com/locations">'
    return f"{head}<channel><title>{escape(company)}</title>{items}</channel></rss>"


Write = Callable[[list[Post]], Any]
WRITE: dict[str, Write] = {
    "greenhouse": greenhouse,
    "lever": lever,
    "ashby": ashby,
    "smartrecruiters": smart_recruiters,
    "recruitee": recruitee,
}
