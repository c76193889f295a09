"""People at a company, by its domain: found by Apollo's search, free, and told by its bulk match, a credit each.

The search hides names, addresses and profiles, so up to ten are matched by id, those first who decide by their title.
The reply is a bundle of the search's people and the match's answer. A repeated match is charged again, hence in doubt
where its answer is lost. `credits_consumed` is believed up to the number of people who were asked for.
"""

import json
from typing import Any, ClassVar

from enrichment.egress import ProviderClient
from enrichment.sources.apollo import BASE, PUBLISHER, WHO, authorization, refusal
from enrichment.sources.base import BadReply, CompanyRef, Extraction, Observation, Refused, Reply, register
from enrichment.sources.exchange import answered
from enrichment.sources.naming import is_theirs, registrable
from enrichment.sources.people import PEOPLE, Known, is_senior, observed
from enrichment.sources.reading import Lenient, Number, Object, Objects, Text, Url, each, object_in

SEARCH = f"{BASE}/mixed_people/api_search"
MATCH = f"{BASE}/people/bulk_match"
MOST_FOUND = 100  # people of one page of the search
MOST_MATCHED = 10  # that one match takes; the source's `max_records` is as many


class Hit(Lenient):
    """Somebody whom the search found."""

    id: Text = ""
    title: Text = ""


class Hits(Lenient):
    people: Objects = []


class Employer(Lenient):
    name: Text = ""
    primary_domain: Text = ""
    website_url: Text = ""

    @property
    def domain(self) -> str | None:
        return registrable(self.primary_domain) or registrable(self.website_url)


class Person(Lenient):
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    title: Text = ""
    headline: Text = ""
    linkedin_url: Url = ""
    email: Text = ""
    email_status: Text = ""
    organization: Object = {}

    @property
    def full_name(self) -> str:
        return self.name or " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def employer(self) -> Employer:
        return Employer.model_validate(self.organization)


class Matched(Lenient):
    matches: Objects = []
    credits_consumed: Number = None

    @property
    def credits(self) -> int:
        """How many people were charged for."""
        told = self.credits_consumed
        return int(told) if told is not None and 0 <= told <= MOST_MATCHED else len(self.matches)


class Bundle(Lenient):
    match: Object = {}


@register
class ApolloContacts:
    """Up to ten people with titles, profiles and what is known of their addresses."""

    slug: ClassVar[str] = "apollo_contacts"
    provider: ClassVar[str] = "apollo"
    gives: ClassVar[frozenset[str]] = PEOPLE

    async def fetch(self, company: CompanyRef, http: ProviderClient) -> bytes:
        """The bundle, without a match where nobody was found. Raises `SourceError`, in doubt as to the match only."""
        if not company.domain:
            raise Refused(f"{WHO} is asked by domain, and none is known")
        found = await _search(company.domain, http)
        ids = chosen(found)
        match = await _match(ids, http) if ids else {}
        return json.dumps({"people": found, "match": match}).encode()

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """Everybody as a key contact; who works elsewhere by now was paid for, and is dropped."""
        bundle = Bundle.model_validate(object_in(reply.body, who="The bundle"))
        matched = Matched.model_validate(bundle.match)
        people = [person for person in each(Person, matched.matches) if person.full_name]
        own = [person for person in people if _is_there(person, company)]
        seen: list[Observation] = [each for person in own for each in observed(_known(person), company)]
        return Extraction(observations=tuple(seen), records=matched.credits, dropped=len(people) - len(own))


def chosen(found: list[dict[str, Any]]) -> list[str]:
    """Whom to match: people with titles that decide first, else as the search ranks them."""
    hits = [hit for hit in each(Hit, found) if hit.id]
    ranked = sorted(hits, key=lambda hit: not is_senior(hit.title))
    return list(dict.fromkeys(hit.id for hit in ranked))[:MOST_MATCHED]


async def _search(domain: str, http: ProviderClient) -> list[dict[str, Any]]:
    params = {"q_organization_domains_list[]": domain, "page": "1", "per_page": str(MOST_FOUND)}
    response = await answered(http.post(SEARCH, params=params, headers=authorization(http)))
    if not 200 <= response.status < 300:
        raise refusal(response)
    content = object_in(response.body, who=WHO, paid=False)
    if "people" not in content:
        raise BadReply(f"{WHO} answered JSON that is no result of a search", paid=False)
    return Hits.model_validate(content).people


async def _match(ids: list[str], http: ProviderClient) -> dict[str, Any]:
    asked = {"details": [{"id": name} for name in ids]}
    response = await answered(http.post(MATCH, json=asked, headers=authorization(http)), buys=True)
    if not 200 <= response.status < 300:
        raise refusal(response, buys=True)
    content = object_in(response.body, who=WHO)
    if "matches" not in content:
        raise BadReply(f"{WHO} answered JSON that is no match of people")
    return content


def _is_there(person: Person, company: CompanyRef) -> bool:
    """Whether they work at the company; who names no employer was found by its domain."""
    employer = person.employer
    return not employer.name or is_theirs(employer.name, employer.domain, company)


def _known(person: Person) -> Known:
    return Known(
        name=person.full_name,
        title=person.title,
        url=person.linkedin_url,
        email=person.email if "@" in person.email else "",
        email_status=person.email_status,
        publisher=PUBLISHER,
        more=person.headline,
    )
