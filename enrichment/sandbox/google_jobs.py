"""Google's job search over the world: ten posts a page, the next one by token, a short last page without any."""

from typing import Any

from enrichment.sandbox.choices import digest, pick
from enrichment.sandbox.messages import Moment, Request
from enrichment.sandbox.searching import Query
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Job

PER_PAGE = 10


def job_results(request: Request, moment: Moment) -> dict[str, Any]:
    """A page of posts of the companies that the query names, then one of a namesake; empty where there is none."""
    query, world = Query.read(request.field("q")), moment.world
    companies = query.companies(world)
    found = [post_of(job, company) for company in companies for job in company.jobs]
    strays = [c for c in world if c not in companies and c.jobs and query.stem_is_in(c.name)]
    found += [post_of(company.jobs[0], company) for company in strays[:1]] if found else []
    token = request.field("next_page_token")
    first = next((at for at in range(0, len(found), PER_PAGE) if at and token_of(request, at) == token), 0)
    page: dict[str, Any] = {"jobs_results": found[first : first + PER_PAGE]}
    if len(found) > first + PER_PAGE:
        page["serpapi_pagination"] = {"next_page_token": token_of(request, first + PER_PAGE)}
    return page if found else {}


def token_of(request: Request, first: int) -> str:
    return digest("page", request.field("q"), first)[:32]


def post_of(job: Job, company: Company) -> dict[str, Any]:
    """One post; as in real answers, some lack when they were posted, some a way to apply."""
    identity = digest("job", company.domain, job.title, job.location)
    posted = f"{job.days} days ago" if job.days > 1 else "1 day ago"
    detected = {"posted_at": posted, "schedule_type": "Full-time"} if pick(5, "posted", identity) else {}
    row: dict[str, Any] = {
        "title": job.title,
        "company_name": company.name,
        "location": job.location,
        "via": "via LinkedIn" if pick(2, "via", identity) else "LinkedIn",
        "share_link": f"https://www.google.com/search?ibp=htl;jobs&q={identity[:12]}",
        "extensions": list(detected.values()),
        "detected_extensions": detected,
        "description": job.text,
        "job_id": identity[:40],
    }
    if pick(4, "apply", identity):
        row["apply_options"] = [{"title": "LinkedIn", "link": f"https://www.linkedin.com/jobs/view/{identity[:10]}"}]
    return row
