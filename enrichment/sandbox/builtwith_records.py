"""Sites as BuiltWith visits them: technologies over several paths, with the marks of pages among them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Technology

GONE = 240  # days since something that is no longer used was seen
MARKS = (("HTML5 DocType", "docinfo"), ("UTF-8", "encoding"), ("SEO_TITLE", "seo_title"), ("Viewport Meta", "mobile"))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def visited(company: Company, at: datetime) -> datetime:
    return days_before(at, 2 + pick(12, "builtwith", company.domain))


def stack(company: Company) -> tuple[Technology, ...]:
    """What it has seen there, also long ago."""
    return tuple(
        item
        for item in company.technologies
        if "website" in item.seen or ("company_db" in item.seen and pick(4, "builtwith", company.domain, item.name))
    )


def is_live(item: Technology, company: Company) -> bool:
    return not item.dropped or item.name in company.builtwith.still


def result(company: Company, at: datetime, *, flags: frozenset[str]) -> dict[str, Any]:
    """The result of one lookup. `flags`: the options that were set, in upper case."""
    last = visited(company, at)
    met = milliseconds(days_before(at, 1500, company.domain))
    return {
        "Result": {
            "SpendHistory": [],
            "IsDB": "True" if is_on_file(company) else "False",
            "Spend": 40 * len(stack(company)),
            "Paths": paths(company, last, flags),
        },
        "Meta": None if "NOMETA" in flags else meta(company, flags),
        "Attributes": None if "NOATTR" in flags else {"MJRank": 0, "Followers": 0, "Sitemap": 0, "Employees": 0},
        "FirstIndexed": met,
        "LastIndexed": milliseconds(last),
        "Lookup": company.domain,
        "SalesRevenue": 0,
    }


def is_on_file(company: Company) -> bool:
    """Whether a lookup is answered at once; the others are visited first, which takes seconds."""
    return bool(pick(5, "on file", company.domain))


def meta(company: Company, flags: frozenset[str]) -> dict[str, Any]:
    """Who the site says to be. Lists that are empty are null."""
    return {
        "Majestic": 0,
        "Umbrella": 0,
        "Vertical": "Business",
        "Social": None,
        "CompanyName": company.name,
        "Telephones": [company.phone] if company.phone else None,
        "Emails": None if "NOPII" in flags else [f"info@{company.domain}"],
        "City": company.city,
        "State": company.region or None,
        "Postcode": None,
        "Country": company.country_code,
        "Names": None,
        "ARank": 0,
        "QRank": 0,
    }


def paths(company: Company, last: datetime, flags: frozenset[str]) -> list[dict[str, Any]]:
    """The site itself and a part of it, which repeats every other technology; none of a site that is down."""
    if not company.site.up:
        return []
    known = [item for item in stack(company) if "LIVEONLY" not in flags or is_live(item, company)]
    home = [*(mark(name, tag, last) for name, tag in MARKS), *technologies(known, company, last, flags)]
    part = list(technologies(known[::2], company, last - timedelta(days=3), flags))
    return [path(company, "", home, last), path(company, "www", part, last)]


def path(company: Company, part: str, found: list[dict[str, Any]], last: datetime) -> dict[str, Any]:
    return {
        "FirstIndexed": milliseconds(last - timedelta(days=900)),
        "LastIndexed": milliseconds(last),
        "Domain": company.domain,
        "Url": "",
        "SubDomain": part,
        "Technologies": found,
    }


def mark(name: str, tag: str, last: datetime) -> dict[str, Any]:
    return seen(name, tag, last - timedelta(days=600), last)


def technologies(
    known: Iterable[Technology], company: Company, last: datetime, flags: frozenset[str]
) -> Iterable[dict[str, Any]]:
    """Of every fifth one the categories are left out, of every seventh they are null."""
    for item in known:
        until = last if is_live(item, company) else last - timedelta(days=GONE)
        since = last - timedelta(days=400 + pick(900, "first", company.domain, item.name))
        found = seen(item.name, item.category.lower(), since, until)
        if pick(5, "categories", item.name):
            found["Categories"] = [item.category] if pick(7, "null", item.name) else None
        if "HIDETEXT" in flags:
            found = {name: value for name, value in found.items() if name not in {"Description", "Link", "Tag"}}
        yield found


def seen(name: str, tag: str, first: datetime, last: datetime) -> dict[str, Any]:
    return {
        "Name": name,
        "Description": f"{name}.",
        "Link": "",
        "Tag": tag,
        "FirstDetected": milliseconds(first),
        "LastDetected": milliseconds(last),
        "IsPremium": ("no", "yes", "maybe")[pick(3, "premium", name)],
    }


def summary(company: Company, at: datetime) -> dict[str, Any]:
    """What a free key is told: counts by group, moments in seconds."""
    last = int(visited(company, at).timestamp())
    groups: dict[str, list[Technology]] = {}
    for item in stack(company):
        groups.setdefault(item.group, []).append(item)
    return {
        "domain": company.domain,
        "first": last - 900 * 86_400,
        "last": last,
        "groups": [
            {
                "name": name,
                "live": sum(is_live(item, company) for item in items),
                "dead": sum(not is_live(item, company) for item in items),
                "latest": last,
                "oldest": last - 900 * 86_400,
                "categories": [],
            }
            for name, items in groups.items()
        ],
    }
