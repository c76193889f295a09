"""Which job board each company of the world has, and the open positions on it."""

from enrichment.sandbox.choices import pick
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Job

LARGEST = ("greenhouse", "lever", "ashby")
PAGES = {
    "greenhouse": "https://boards.greenhouse.io/{token}",
    "lever": "https://jobs.lever.co/{token}",
    "ashby": "https://jobs.ashbyhq.com/{token}",
    "recruitee": "https://{token}.recruitee.com/",
    "teamtailor": "https://{token}.teamtailor.com/jobs",
    "smartrecruiters": "https://careers.smartrecruiters.com/{token}",
}


def system_of(company: Company) -> str:
    """The system; every fourth company, and who looks for nobody, has none."""
    if company.board.system:
        return company.board.system
    has_none = not company.jobs or not pick(4, "no board", company.domain)
    return "none" if has_none else LARGEST[pick(3, "board", company.domain)]


def token_of(company: Company) -> str:
    return company.board.token or company.domain.partition(".")[0].replace("-", "")


def board_page(company: Company) -> str:
    return PAGES[system_of(company)].format(token=token_of(company))


def is_linked(company: Company) -> bool:
    """Whether the careers page links to the board."""
    said = company.board.linked
    return system_of(company) != "none" and (said if said is not None else bool(pick(3, "linked", company.domain)))


def positions(company: Company) -> tuple[Job, ...]:
    return tuple(job for job in company.jobs if job.title not in company.board.closed)


def text_of(company: Company, job: Job) -> str:
    """The post with what every post of the company ends with."""
    return f"{job.text}\n\nAbout {company.name}: {company.overview} Read more at https://{company.domain}."
