"""Whom a company looks for: posts on LinkedIn, collected by Bright Data.

Discovery by keyword, the company's name, of the last month. The record's fields are those of its samples of 2024;
whether `company` narrows the search is not told, so posts of others are dropped. Charged by the post.
"""

from datetime import datetime
from typing import ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, Reply, register
from enrichment.sources.brightdata import records_in
from enrichment.sources.brightdata_collections import Collector
from enrichment.sources.dates import moment
from enrichment.sources.naming import same_name
from enrichment.sources.posts import GIVES, distinct, said_by
from enrichment.sources.reading import Lenient, Text, Url, each, without_tags
from enrichment.sources.site_hiring import Job

JOBS = "gd_lpfll7v5hcqtkxl6l"
MOST_POSTS = 25
SINCE = "Past month"
NO_FILTER = ("location", "country", "job_type", "experience_level", "remote")


class Post(Lenient):
    """One post. `job_description_formatted` is HTML, `job_summary` the same as text."""

    job_title: Text = ""
    company_name: Text = ""
    job_location: Text = ""
    job_summary: str | None = None
    job_description_formatted: str | None = None
    job_function: Text = ""
    job_posted_date: Text = ""
    job_posted_time: Text = ""
    url: Url = ""


@register
class BrightDataLinkedInJobs(Collector):
    """Positions, signs of growth, technology that their texts name, and troubles that they admit."""

    slug: ClassVar[str] = "brightdata_linkedin_jobs"
    provider: ClassVar[str] = "brightdata"
    gives: ClassVar[frozenset[str]] = GIVES
    dataset: ClassVar[str] = JOBS
    settings: ClassVar[dict[str, str]] = {
        "type": "discover_new",
        "discover_by": "keyword",
        "limit_per_input": str(MOST_POSTS),
    }

    async def inputs(self, company: CompanyRef, http: ProviderClient) -> list[dict[str, str]]:
        named = {"keyword": company.name, "company": company.name, "time_range": SINCE}
        return [named | dict.fromkeys(NO_FILTER, "")]

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """The company's own posts; those of others are dropped and counted."""
        posts = [post for post in each(Post, records_in(reply.body)) if post.job_title]
        names = (company.name, *company.aliases)
        own = [post for post in posts if any(same_name(post.company_name, name) for name in names)]
        jobs = distinct(_job(post, reply.fetched_at) for post in own)
        return Extraction(observations=said_by(jobs, company), records=len(posts), dropped=len(posts) - len(own))


def _job(post: Post, fetched_at: datetime) -> Job:
    posted = (moment(said, fetched_at=fetched_at) for said in (post.job_posted_date, post.job_posted_time))
    return Job(
        title=post.job_title[:200],
        url=post.url,
        text=without_tags(post.job_summary or post.job_description_formatted or ""),
        location=post.job_location[:100],
        department=post.job_function[:100],
        at=next((at for at in posted if at), None),
    )
