"""People at a company, by its domain: Snov's prospects.

E-mail addresses cost a credit and two more exchanges each, so they are left out unless the list brings them.
"""

from typing import Any, ClassVar

from enrichment.sources.base import CompanyRef, Extraction, Observation, Reply, register
from enrichment.sources.people import Known, observed
from enrichment.sources.reading import Lenient, Objects, Text, Url, each
from enrichment.sources.snov_jobs import DomainSearch, Job, job_in


class Email(Lenient):
    email: Text = ""
    smtp_status: Text = ""


class Prospect(Lenient):
    first_name: Text = ""
    last_name: Text = ""
    name: Text = ""
    position: Text = ""
    source_page: Url = ""
    emails: Objects = []

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.name


@register
class SnovContacts(DomainSearch):
    """Up to twenty people with their titles; senior ones count as decision makers."""

    slug: ClassVar[str] = "snov_contacts"
    provider: ClassVar[str] = "snov"
    gives: ClassVar[frozenset[str]] = frozenset({"decision_makers", "key_contacts"})
    tab: ClassVar[str] = "prospects/"
    asked: ClassVar[dict[str, str]] = {"page": "1"}

    def extract(self, reply: Reply, company: CompanyRef) -> Extraction:
        """Everybody as a key contact, senior titles as decision makers too."""
        people = [person for person in each(Prospect, _people(job_in(reply.body))) if person.full_name]
        observations = [observation for person in people for observation in _observed(person, company)]
        return Extraction(observations=tuple(observations), records=len(people))


def _people(job: Job) -> list[dict[str, Any]]:
    return [item for item in job.data[:100] if isinstance(item, dict)] if isinstance(job.data, list) else []


def _observed(person: Prospect, company: CompanyRef) -> list[Observation]:
    email = next((found for found in each(Email, person.emails) if "@" in found.email), Email())
    known = Known(
        name=person.full_name,
        title=person.position,
        url=person.source_page,
        email=email.email,
        email_status=email.smtp_status,
        publisher="Snov.io",
    )
    return list(observed(known, company))
