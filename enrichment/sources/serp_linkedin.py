"""People at a company: LinkedIn profiles as Google's results show them, by SerpApi's `google` engine.

`site:linkedin.com/in "Acme Robotics"`. These are titles and snippets of a search and no profiles: a title reads
"Jane Roe - VP Sales - Acme Robotics | LinkedIn", with dashes of any kind, a part missing or cut by "…". All of that was
observed in recorded answers and is documented nowhere, so whoever does not name the company is left out.
"""

import re
from typing import ClassVar
from urllib.parse import urlsplit

from enrichment.egress import ProviderClient
from enrichment.sources.base import CompanyRef, Extraction, Observation, Reply, register
from enrichment.sources.naming import Naming, naming
from enrichment.sources.people import Known, observed
from enrichment.sources.reading import Lenient, Objects, Text, Url, each, object_in
from enrichment.sources.serpapi import WHO, phrase, searched

LONGEST_NAME = 80

_DASH = re.compile(r"\s+[-–—|·]\s+")
_TAIL = re.compile(r"\s*[|·-]\s*LinkedIn\s*$", re.IGNORECASE)
_SLUG = re.compile(r"/in/([^/?#]{1,200})")
_CUT = re.compile(r"\s*(?:\.\.\.|…)\s*$")
_AT = re.compile(r"\s+(?:at|@|bei|chez)\s+", re.IGNORECASE)


class Result(Lenient):
    title: Text = ""
    link: Url = ""
    snippet: Text = ""

    @property
    def slug(self) -> str:
        """The profile's name as its address has it, encoded; "" where the result is a company, a post, a list."""
        parts = urlsplit(self.link)
        host = (parts.hostname or "").removeprefix("www.")
        found = _SLUG.match(parts.path) if host == "linkedin.com" or host.endswith(".linkedin.com") else None
        return found[1] if found else ""


class Results(Lenient):
    organic_results: Objects = []


@register
class SerpLinkedin:
    """Names and titles of people who name the company beside themselves."""

    slug: ClassVar[str] = "serp_linkedin"
    provider: ClassVar[str] = "serpapi"
    gives: ClassVar[frozenset[str]] = frozenset({"decision_makers", "key_contacts"})

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The search's answer as it came. Raises `SourceError`."""
        params = {"engine": "google", "q": f"site:linkedin.com/in {phrase(company.name)}", "gl": "us", "hl": "en"}
        return await searched(http, params, brings=frozenset({"organic_results"}))

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """One person a profile; results about people elsewhere, and what is no profile, are dropped and counted."""
        found = list(each(Result, Results.model_validate(object_in(reply.body, who=WHO)).organic_results))
        people = {person.url: person for result in found if (person := _person(result, company))}
        observations: list[Observation] = [seen for person in people.values() for seen in observed(person, company)]
        return Extraction(observations=tuple(observations), records=len(found), dropped=len(found) - len(people))


def _person(result: Result, company: CompanyRef) -> Known | None:
    """Whom the result shows, None where it is nobody of the company's."""
    parts = [part for part in _DASH.split(_TAIL.sub("", result.title)) if part]
    if not result.slug or not parts or len(parts[0]) > LONGEST_NAME or not parts[0][:1].isalpha():
        return None
    if naming(" · ".join(parts[1:]), company) is Naming.NOT and naming(result.snippet, company) is not Naming.FULLY:
        return None
    return Known(
        name=parts[0],
        title=_title(parts[1:], company),
        url=f"https://www.linkedin.com/in/{result.slug}",
        publisher="LinkedIn, through Google",
        more=result.snippet,
    )


def _title(parts: list[str], company: CompanyRef) -> str:
    """What they are there: the first part that is not the company itself, whole; "" where it is cut or missing."""
    for part in parts:
        words = _AT.split(part)[0].strip(" ,")
        if _CUT.search(part) or (naming(words, company) is not Naming.NOT and words == part):
            continue
        return words[:200]
    return ""
