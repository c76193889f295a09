"""What a company publishes on GitHub: the languages of its code, and new projects. No key.

`GET https://api.github.com/orgs/{org}` and its `repos`, one page of a hundred, the last pushed first. The organisation
is guessed from the company's domain and believed only where it names the company's site or mail domain as its own.
Without a token GitHub allows 60 requests an hour and address; beyond that it answers 403 or 429 and says when to come
back, and until then nothing is asked: the provider's row has no pace, for an hour's allowance is no rate a minute.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from enrichment.egress import ProviderClient, Response
from enrichment.sources.base import (
    BadReply,
    CompanyRef,
    Extraction,
    Observation,
    Reply,
    SourceError,
    Throttled,
    register,
)
from enrichment.sources.dates import day, moment
from enrichment.sources.exchange import answered, error_of, retry_after
from enrichment.sources.headlines import stated
from enrichment.sources.naming import registrable, words_of
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Url, each, json_in, object_in
from enrichment.sources.sheet import Row, Sheet
from enrichment.sources.usage import technology_rows
from enrichment.sources.visit import check_domain

WHO = "GitHub"
ORG = "https://api.github.com/orgs/{org}"
ACCEPT = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
MOST_LANGUAGES = 8
MOST_PROJECTS = 10
IN_USE = timedelta(days=730)  # since a project was last pushed to
NEW = timedelta(days=365)
NO_LANGUAGE = frozenset({"HTML", "CSS", "Markdown", "Jupyter Notebook", "Dockerfile", "Makefile", "Shell", "MDX"})


class Organization(Lenient):
    login: Text = ""
    name: Text = ""
    blog: Text = ""
    email: Text = ""
    html_url: Url = ""
    public_repos: Number = None


class Project(Lenient):
    name: Text = ""
    html_url: Url = ""
    description: Text = ""
    language: Text = ""
    fork: Any = False
    archived: Any = False
    created_at: Text = ""
    pushed_at: Text = ""


class Bundle(Lenient):
    """The reply of both exchanges."""

    organization: Object = {}
    projects: Objects = []


@register
class GithubOrganization:
    """Languages that its living projects are written in, and the projects begun within a year."""

    slug: ClassVar[str] = "github_organization"
    provider: ClassVar[str] = "github"
    gives: ClassVar[frozenset[str]] = frozenset({"tech_stack", "recent_activities"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle, without an organisation where none is the company's. Raises `SourceError`."""
        label = check_domain(company.domain).partition(".")[0]
        for name in dict.fromkeys((label, "".join(words_of(company.name)))):
            if not name.isascii() or not name.replace("-", "").isalnum():
                continue
            organization = await _json(http, ORG.format(org=name))
            if organization is None:
                continue
            if not isinstance(organization, dict):
                raise BadReply(f"{WHO} answered JSON that is no organisation")
            if not _is_own(Organization.model_validate(organization), company):
                return json.dumps({"organization": organization, "projects": []}).encode()
            params = {"type": "public", "sort": "pushed", "per_page": 100}
            projects = await _json(http, ORG.format(org=name) + "/repos", params=params)
            if not isinstance(projects, list | None):
                raise BadReply(f"{WHO} answered JSON that is no list of projects")
            return json.dumps({"organization": organization, "projects": projects or []}).encode()
        return json.dumps({"organization": {}, "projects": []}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """What the projects say; an organisation that does not name the company's site is dropped."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        organization = Organization.model_validate(bundle.organization)
        if not _is_own(organization, company):
            return Extraction(dropped=int(bool(organization.login)))
        own = [p for p in each(Project, bundle.projects) if p.name and p.fork is not True and p.archived is not True]
        observations = [*_languages(organization, own, reply.fetched_at), *_begun(own, company, reply.fetched_at)]
        return Extraction(observations=tuple(observations), records=len(own))


def _is_own(organization: Organization, company: CompanyRef) -> bool:
    homes = {registrable(organization.blog), registrable(organization.email.rpartition("@")[2])}
    return company.domain is not None and company.domain in homes


def _languages(organization: Organization, projects: list[Project], fetched_at: datetime) -> Iterator[Observation]:
    """Each language with the number of projects in it, most first."""
    counts: Counter[str] = Counter()
    for project in projects:
        pushed = moment(project.pushed_at, fetched_at=fetched_at)
        if project.language and project.language not in NO_LANGUAGE and pushed and pushed > fetched_at - IN_USE:
            counts[project.language[:50]] += 1
    sheet = Sheet(
        title=f"{organization.name or organization.login} on GitHub", url=organization.html_url, publisher=WHO
    )
    yield from sheet.page(_rows(counts))


def _rows(counts: Counter[str]) -> Iterator[Row]:
    for language, count in counts.most_common(MOST_LANGUAGES):
        for dataset, line, value in technology_rows(language, "Programming language"):
            if dataset == "tech_stack":
                yield dataset, f"{line} in {count} public project{'s' if count > 1 else ''}", value


def _begun(projects: list[Project], company: CompanyRef, fetched_at: datetime) -> Iterator[Observation]:
    """Projects begun within a year, newest first."""
    dated = [(at, p) for p in projects if (at := moment(p.created_at, fetched_at=fetched_at))]
    new = sorted((pair for pair in dated if pair[0] > fetched_at - NEW), key=lambda pair: pair[0], reverse=True)
    for at, project in new[:MOST_PROJECTS]:
        said = f": {project.description[:200]}" if project.description else ""
        headline = f"{company.name} publishes {project.name[:100]} on GitHub{said}"
        record = stated({"headline": headline, "url": project.html_url, "publisher": WHO, "date": day(at)})
        sheet = Sheet(title=headline, url=project.html_url, publisher=WHO, at=at, kind="article")
        yield from sheet.page([("recent_activities", headline, record)])


async def _json(http: ProviderClient, url: str, *, params: dict[str, Any] | None = None) -> Any:
    """The answer's JSON; None where there is no organisation of this name, a person's account included."""
    response = await answered(http.get(url, params=params, headers=ACCEPT))
    if response.status == 404:
        return None
    if response.status != 200:
        raise _refusal(response)
    return await asyncio.to_thread(json_in, response.body, who=WHO)


def _refusal(response: Response) -> SourceError:
    """Over the limit is 403 too; the headers tell until when."""
    if response.status in {403, 429} and (b"rate limit" in response.body.lower() or response.status == 429):
        reset = response.headers.get("x-ratelimit-reset", "")
        left = float(reset) - datetime.now(UTC).timestamp() if reset.isascii() and reset.isdigit() else 3600.0
        return Throttled(
            f"{WHO}: this hour's requests are used up", retry_after=retry_after(response) or max(1.0, left)
        )
    return error_of(response, who=WHO)
