"""Bright Data's stored LinkedIn profiles."""

from collections.abc import Iterator
from typing import Any

from enrichment.sandbox.choices import days_before, pick
from enrichment.sandbox.messages import Moment
from enrichment.sandbox.profiles import profile_url
from enrichment.sandbox.searching import named, plain
from enrichment.sandbox.world import Company
from enrichment.sandbox.world.model import Person

PEOPLE = "gd_l1viktl72bvl7bjuj0"


def found(given: dict[str, Any], moment: Moment) -> list[dict[str, Any]]:
    """The profiles whose current company bears a name that the filter holds; namesakes come along."""
    companies = {c.domain: c for name in _names(given) for c in named(plain(name), moment.world)}
    return [profile(person, c, moment) for c in companies.values() for person in c.people if _is_held(person, c)]


def _names(given: Any) -> Iterator[str]:
    """The values of `current_company_name` in a leaf or a group of leaves."""
    if not isinstance(given, dict):
        return
    for leaf in given.get("filters", [given]):
        if isinstance(leaf, dict) and leaf.get("name") == "current_company_name" and leaf.get("operator") == "=":
            yield str(leaf.get("value", ""))


def _is_held(person: Person, company: Company) -> bool:
    """Four of five profiles are held; who left is still shown as there for a year."""
    return bool(pick(5, "profile", person.name, company.domain)) and (person.left or 0) < 365


def profile(person: Person, company: Company, moment: Moment) -> dict[str, Any]:
    """One record; as in real ones, the title of the current post is missing from some, and the headline says it."""
    current: dict[str, Any] = {"name": company.name, "company_id": company.domain.partition(".")[0], "link": None}
    if pick(3, "current", person.name):
        current["title"] = person.title
    url = profile_url(person)
    return {
        "id": url.rsplit("/", 1)[-1],
        "name": person.name,
        "first_name": person.first,
        "last_name": person.last,
        "position": f"{person.title} at {company.name}" if "title" in current else person.title,
        "city": company.headquarters,
        "country_code": company.country_code,
        "url": url,
        "current_company": current,
        "current_company_name": company.name,
        "experience": None,
        "timestamp": days_before(moment.at, 30, person.name).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
