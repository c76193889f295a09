"""What Snov's finished jobs answer."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from enrichment.sandbox.bands import contact_band
from enrichment.sandbox.choices import digest
from enrichment.sandbox.messages import Moment
from enrichment.sandbox.profiles import profile_url
from enrichment.sandbox.world import Company, World
from enrichment.sandbox.world.model import Person

PRICE = Decimal("0.10")  # USD per credit
PAGE_SIZE = 20
BASE = "https://api.snov.io/v2/domain-search"


@dataclass(slots=True, kw_only=True)
class Task:
    """A job: what was asked, and how many polls it stays in progress."""

    hash: str
    domain: str
    prospect: str
    page: int
    positions: tuple[str, ...]
    is_broke: bool
    polls_needed: int


Answer = Callable[[Task, Moment], dict[str, Any]]


def listed(domain: str, world: World) -> Company | None:
    """The company at `domain`, if the provider knows it."""
    company = world.by_domain(domain)
    return company if company is not None and company.contacts.listed else None


def prospects_of(task: Task, world: World) -> tuple[Person, ...]:
    """Everybody whom the provider lists there, of the asked positions where some were asked."""
    company = listed(task.domain, world)
    people = company.staff("contacts") if company else ()
    wanted = [position.casefold() for position in task.positions]
    return tuple(p for p in people if not wanted or any(position in p.title.casefold() for position in wanted))


def prospect_hash(person: Person, domain: str) -> str:
    return digest("prospect", person.first, person.last, domain)[:40]


def page_of(task: Task, world: World) -> tuple[Person, ...]:
    return prospects_of(task, world)[(task.page - 1) * PAGE_SIZE : task.page * PAGE_SIZE] if task.page > 0 else ()


def prospects(task: Task, moment: Moment) -> dict[str, Any]:
    everybody = prospects_of(task, moment.world)
    more = [("domain", task.domain), ("page", task.page + 1), *(("positions[]", p) for p in task.positions)]
    return {
        "data": [prospect(person, task.domain) for person in page_of(task, moment.world)],
        "meta": {
            "domain": task.domain,
            "tab": "prospects",
            "task_hash": task.hash,
            "page": task.page,
            "positions": list(task.positions),
            "total_count": len(everybody),
        },
        "links": {
            "next": f"{BASE}/prospects/start?{urlencode(more)}" if len(everybody) > task.page * PAGE_SIZE else ""
        },
    }


def prospect(person: Person, domain: str) -> dict[str, Any]:
    """One person. A profile that the provider never met has an empty page."""
    return {
        "first_name": person.first,
        "last_name": person.last,
        "position": person.title,
        "source_page": profile_url(person),
        "search_emails_start": f"{BASE}/prospects/search-emails/start/{prospect_hash(person, domain)}",
    }


def company_info(task: Task, moment: Moment) -> dict[str, Any]:
    company = listed(task.domain, moment.world)
    meta = {"domain": task.domain, "task_hash": task.hash, "prospects_count": 0, "emails_count": 0}
    if company is None:
        return {"data": [], "meta": meta | {"generic_contacts_count": 0}, "links": []}
    people = company.staff("contacts")
    mails = sum(1 for person in people if person.email)
    counts = {"prospects_count": len(people), "emails_count": mails, "generic_contacts_count": 1}
    tabs = {"prospects": "prospects", "domain_emails": "domain-emails", "generic_contacts": "generic-contacts"}
    return {
        "data": {
            "company_name": company.name,
            "city": company.contacts.city or company.city,
            "founded": str(company.founded),
            "website": company.domain,
            "hq_phone": company.phone,
            "industry": company.industry,
            "size": contact_band(company.contacts.employees or company.employees),
            "related_domains": [],
        },
        "meta": meta | counts,
        "links": {name: f"{BASE}/{tab}/start?domain={task.domain}" for name, tab in tabs.items()},
    }


def person_of(task: Task, world: World) -> Person | None:
    """Whose hash the job is about."""
    return next(
        (p for c in world for p in c.staff("contacts") if prospect_hash(p, c.domain) == task.prospect),
        None,
    )


def prospect_email(task: Task, moment: Moment) -> dict[str, Any]:
    """One person's address. `links` is an array here, an object elsewhere."""
    person = person_of(task, moment.world)
    mails = [{"email": person.email, "smtp_status": person.email_status}] if person and person.email else []
    return {
        "data": {"searching_date": moment.at.strftime("%Y-%m-%d %H:%M:%S"), "emails": mails},
        "meta": {"task_hash": task.hash},
        "links": [],
    }


def domain_emails(task: Task, moment: Moment) -> dict[str, Any]:
    company = listed(task.domain, moment.world)
    mails = [{"email": p.email} for p in (company.staff("contacts") if company else ()) if p.email]
    return mail_list(task, "emails", mails)


def generic_contacts(task: Task, moment: Moment) -> dict[str, Any]:
    company = listed(task.domain, moment.world)
    return mail_list(task, "service", [{"email": f"info@{company.domain}"}] if company else [])


def mail_list(task: Task, tab: str, mails: list[dict[str, str]]) -> dict[str, Any]:
    meta = {"domain": task.domain, "tab": tab, "task_hash": task.hash, "next": "", "total_count": len(mails)}
    return {"data": mails, "meta": meta, "links": {"next": ""}}


# The longest path first: each is a prefix of what comes after it in the others.
ANSWERS: dict[str, Answer] = {
    "prospects/search-emails/": prospect_email,
    "prospects/": prospects,
    "domain-emails/": domain_emails,
    "generic-contacts/": generic_contacts,
    "": company_info,
}
KINDS = {
    "prospects/search-emails/": "snov_email",
    "prospects/": "snov_contacts",
    "domain-emails/": "snov_emails",
    "generic-contacts/": "snov_generic",
    "": "snov_company",
}


def charged_for(tab: str, task: Task, world: World) -> Decimal:
    """USD for one start: a credit, or nothing if the answer will be empty."""
    if tab == "prospects/":
        has_answer = bool(page_of(task, world))
    elif tab == "prospects/search-emails/":
        person = person_of(task, world)
        has_answer = person is not None and bool(person.email)
    else:
        has_answer = listed(task.domain, world) is not None
    return PRICE if has_answer else Decimal("0.00")
