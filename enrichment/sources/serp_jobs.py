"""Whom a company looks for: SerpApi's `google_jobs` engine, its first page of at most ten posts.

`posted_at` is relative ("4 days ago"), every key of `detected_extensions` may be missing, and `via` may begin with
"via ". Further pages cost a search each and are not asked for. Posts of other companies are dropped.
"""

from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.dates import moment
from enrichment.sources.naming import same_name
from enrichment.sources.posts import distinct, said_by
from enrichment.sources.reading import Lenient, Object, Objects, Text, Url, each, object_in
from enrichment.sources.serpapi import WHO, phrase, searched
from enrichment.sources.site_hiring import Job


class Option(Lenient):
    link: Url = ""


class Extensions(Lenient):
    posted_at: Text = ""


class Post(Lenient):
    title: Text = ""
    company_name: Text = ""
    location: Text = ""
    description: Text = ""
    share_link: Url = ""
    detected_extensions: Object = {}
    apply_options: Objects = []

    @property
    def url(self) -> str:
        """Where one applies, else Google's page of the post."""
        return next((option.link for option in each(Option, self.apply_options) if option.link), self.share_link)


class Results(Lenient):
    jobs_results: Objects = []


@register
class SerpJobs:
    """Positions, signs of growth, technology that their texts name, and troubles that they admit."""

    slug: ClassVar[str] = "serp_jobs"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = frozenset(
        {"hiring_trends", "growth_signals", "business_challenges", "tech_stack"}
    )

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        params = {"engine": "google_jobs", "q": phrase(company.name), "gl": "us", "hl": "en"}
        return await searched(http, params, brings=frozenset({"jobs_results"}))

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The company's own posts; those of others are dropped and counted."""
        posts = list(each(Post, Results.model_validate(object_in(reply.body, who=WHO)).jobs_results))
        own = [post for post in posts if post.title and _is_of(post, company)]
        jobs = distinct(_job(post, reply) for post in own)
        observations = tuple(seen for seen in said_by(jobs, company) if seen.dataset in self.gives)
        return Extraction(observations=observations, records=len(posts), dropped=len(posts) - len(own))


def _is_of(post: Post, company: CompanyRef) -> bool:
    return any(same_name(post.company_name, name) for name in (company.name, *company.aliases))


def _job(post: Post, reply: Reply) -> Job:
    posted = Extensions.model_validate(post.detected_extensions).posted_at
    at = moment(posted, fetched_at=reply.fetched_at)
    return Job(title=post.title[:200], url=post.url, text=post.description, location=post.location[:100], at=at)
