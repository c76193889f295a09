"""LinkedIn's posts as Bright Data collects them: of the companies that a keyword names, and those of a namesake."""

from typing import Any

from enrichment.sandbox.choices import days_before, digest, pick
from enrichment.sandbox.messages import Moment
from enrichment.sandbox.profiles import slug_of
from enrichment.sandbox.searching import Query
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Job

JOBS = "gd_lpfll7v5hcqtkxl6l"
DAYS = {"Past 24 hours": 1, "Past week": 7, "Past month": 30}
ANY_TIME = 365  # days


def posts_found(given: dict[str, str], moment: Moment) -> list[dict[str, Any]]:
    """Four of five posts of the time that was asked for, those of a namesake last; by its address a single one."""
    if "url" in given:
        return [post for company in moment.world for post in posts_of(company, moment) if post["url"] == given["url"]]
    query, longest = Query.read(given["keyword"]), DAYS.get(given.get("time_range", ""), ANY_TIME)
    meant = query.companies(moment.world)
    strays = [c for c in moment.world if c not in meant and c.jobs and query.stem_is_in(c.name)][:1]
    return [post for company in (*meant, *strays) for post in posts_of(company, moment, longest)]


def posts_of(company: Company, moment: Moment, longest: int = ANY_TIME) -> list[dict[str, Any]]:
    return [
        post_of(job, company, moment)
        for job in company.jobs
        if job.days <= longest and pick(5, "linkedin job", company.domain, job.title)
    ]


def post_of(job: Job, company: Company, moment: Moment) -> dict[str, Any]:
    """One post; some lack their date, some their text but for its markup."""
    number = str(3_000_000_000 + int(digest("post", company.domain, job.title, job.location)[:7], 16))
    url = f"https://www.linkedin.com/jobs/view/{number}"
    at = days_before(moment.at, job.days, company.domain, job.title)
    return {
        "job_posting_id": number,
        "url": url,
        "job_title": job.title,
        "company_name": company.name,
        "company_id": str(100_000 + pick(9_000_000, "linkedin id", company.domain)),
        "company_url": f"https://www.linkedin.com/company/{slug_of(company.name)}",
        "job_location": job.location,
        "country_code": company.country_code,
        "job_summary": job.text if pick(4, "summary", number) else None,
        "job_description_formatted": f"<div><p>{job.text}</p></div>",
        "job_seniority_level": "Not Applicable",
        "job_function": job.department or None,
        "job_employment_type": "Full-time",
        "job_industries": company.industry,
        "job_posted_time": f"{job.days} days ago" if job.days > 1 else "1 day ago",
        "job_posted_date": at.strftime("%Y-%m-%dT%H:%M:%S.000Z") if pick(4, "posted", number) else None,
        "job_num_applicants": pick(200, "applicants", number),
        "apply_link": None,
        "application_availability": True,
        "base_salary": None,
        "job_poster": None,
        "title_id": None,
        "timestamp": days_before(moment.at, 0).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "input": {"url": url},
    }
