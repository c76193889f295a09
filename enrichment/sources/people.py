"""Somebody who works at the company, as a source knows them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.sources.base import CompanyRef, Evidence, Observation
from enrichment.sources.headlines import stated

PEOPLE = frozenset({"decision_makers", "key_contacts"})  # datasets that somebody is known in

# Titles of people who decide on budgets. "VP" and "Head of" count, "Assistant to the CEO" does not.
_SENIOR = re.compile(
    r"\b(?:chief\b.*\bofficer|c[a-z]{1,3}o|(?:co-?)?founder|owner|president|partner|managing director|general manager|"
    r"[se]?vp|vice[- ]president|head of|global head|director)\b",
    re.IGNORECASE,
)
_NOT_SENIOR = re.compile(
    r"\b(?:assistant|secretary|associate director|art director|intern|office of|coordinator)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a source says of somebody; empty is unknown. `more`: further words of theirs, for the evidence."""

    name: str
    publisher: str
    title: str = ""
    url: str = ""
    email: str = ""
    email_status: str = ""
    more: str = ""


def observed(person: Known, company: CompanyRef) -> Iterator[Observation]:
    """A key contact, and with a senior title a decision maker too."""
    value = stated(
        {
            "name": person.name,
            "title": person.title,
            "email": person.email,
            "email_status": person.email_status,
            "profile_url": person.url,
        }
    )
    line = f"{person.name}, {person.title}" if person.title else person.name
    text = " · ".join(part for part in (line, company.domain or company.name, person.more) if part)
    evidence = Evidence(kind="profile", title=line, url=person.url, text=text, publisher=person.publisher)
    for dataset in ("decision_makers", "key_contacts") if is_senior(person.title) else ("key_contacts",):
        yield Observation(dataset=dataset, value=dict(value), evidence=(evidence,))


def is_senior(title: str) -> bool:
    """Whether somebody with this title decides on budgets: "VP, Infrastructure" does, "CEO's assistant" does not."""
    return bool(_SENIOR.search(title)) and not _NOT_SENIOR.search(title)
