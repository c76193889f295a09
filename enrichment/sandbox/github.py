"""GitHub's REST API: organisations and their public projects, within an hour's allowance if a test sets one."""

from dataclasses import dataclass
from typing import Any

from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.messages import Moment, Reply, Request, json_reply
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.world import Company, World

WRITTEN_IN = {"Node.js": "JavaScript"}  # technology of the world → language of its code
DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(slots=True)
class Github:
    """Companies that write software have an organisation; so have people and namesakes without their web site."""

    def kind_of(self, request: Request) -> str:
        return "github_repos" if request.path.endswith("/repos") else "github_organization"

    def answer(self, request: Request, moment: Moment) -> Reply:
        if not request.headers.get("user-agent"):
            return self.refuse(403)
        match request.path.strip("/").split("/"):
            case ["orgs", login]:
                company = called(login, moment.world)
                return json_reply(organization(company), takes=0.3) if company else self.refuse(404)
            case ["orgs", login, "repos"]:
                company = called(login, moment.world)
                return json_reply(projects(company, moment), takes=0.4) if company else self.refuse(404)
        return self.refuse(404)

    def refuse(self, status: int) -> Reply:
        limited = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "60"} if status in {403, 429} else {}
        message = {404: "Not Found", 401: "Bad credentials"}.get(status, "API rate limit exceeded for 203.0.113.5.")
        content = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
        return json_reply(content, status, headers=tuple(limited.items()), takes=0.2)

    def reset(self) -> None:
        """GitHub remembers nothing."""


def languages(company: Company) -> list[str]:
    named = [t.name for t in company.technologies if t.category == "Programming Languages" and not t.dropped]
    return [WRITTEN_IN.get(name, name) for name in named]


def login_of(company: Company) -> str:
    return company.domain.partition(".")[0]


def called(login: str, world: World) -> Company | None:
    """The company that the name stands for: one with code, or one whose name somebody else took."""
    company = next((c for c in world if login_of(c) == login.lower()), None)
    return company if company is not None and (languages(company) or is_taken(company)) else None


def is_taken(company: Company) -> bool:
    """Whether somebody else has the organisation of the company's name."""
    return not languages(company) and not pick(4, "org", company.domain)


def organization(company: Company) -> dict[str, Any]:
    login = login_of(company)
    own = not is_taken(company)
    return {
        "login": login,
        "id": pick(10_000_000, "org", login),
        "html_url": f"https://github.com/{login}",
        "name": company.name if own else f"{login} fan club",
        "description": None,
        "blog": f"https://{company.domain}" if own and pick(2, "blog", login) else "",
        "email": f"opensource@{company.domain}" if own else None,
        "location": company.city if own else None,
        "public_repos": len(languages(company)) + 1,
        "type": "Organization",
    }


def projects(company: Company, moment: Moment) -> list[dict[str, Any]]:
    """A client in each language, one of them new; a fork and an archived one that say nothing."""
    if is_taken(company):
        return []
    login = login_of(company)
    found = [
        project(login, f"{login}-{slug_of(language)}", language, moment, days=60 + 400 * number)
        for number, language in enumerate(languages(company))
    ]
    fork = project(login, "linux", "C", moment, days=900) | {"fork": True}
    old = project(login, f"{login}-legacy", "Perl", moment, days=3000) | {"archived": True}
    return [*found, fork, old]


def project(login: str, name: str, language: str, moment: Moment, *, days: int) -> dict[str, Any]:
    return {
        "id": pick(900_000_000, login, name),
        "name": name,
        "full_name": f"{login}/{name}",
        "html_url": f"https://github.com/{login}/{name}",
        "description": f"{language} client library",
        "fork": False,
        "archived": False,
        "homepage": None,
        "language": language,
        "stargazers_count": pick(500, "stars", name),
        "topics": [],
        "license": None,
        "created_at": days_before(moment.at, days, name).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "pushed_at": days_before(moment.at, min(days, 5), name).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
