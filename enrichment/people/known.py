"""Whom we know at a company, and by which id.

An id is the company's number and a keyed digest of the name: the same person at the same company has the same id from
every source and on every day, nothing has to be stored for it, and it is unknown again when nothing is known of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from enrichment import companies
from enrichment.models import Company, CompanyAlias, Correction, Observation
from enrichment.naming.domains import registrable_domain
from enrichment.naming.spelling import name_key as company_key
from enrichment.people import digests, marks, optouts
from enrichment.people.optouts import Marks, called

DATASETS = ("decision_makers", "key_contacts")
LENGTH = 32  # hex digits of the digest in an id


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source, or whoever corrected, said of somebody."""

    dataset: str
    source: str
    origin: str
    at: datetime
    value: dict[str, Any]
    evidence: tuple[dict[str, Any], ...] = ()


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody at a company, with everything that is said of them in so many words."""

    id: str
    company: Company
    said: list[Said] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.said[0].value["name"])

    def texts(self, name: str) -> tuple[str, ...]:
        """Everything that is said of one field, newest first."""
        return tuple(dict.fromkeys(said.value[name] for said in self.said if _text(said.value.get(name))))

    def marks(self) -> Marks:
        """What names them."""
        return Marks(
            names=self.texts("name"),
            emails=self.texts("email"),
            profiles=self.texts("profile_url"),
            companies=tuple(sorted(called([self.company.pk]))),
        )


def at(company: Company) -> list[Person]:
    """Whom we know at the company, by name. A fixed number of queries."""
    secret = digests.key()
    people: dict[str, Person] = {}
    for said in sorted(_said(company), key=lambda each: each.at, reverse=True):
        key = marks.name_key(said.value["name"])
        if key:
            known = people.setdefault(key, Person(id=_id(secret, company.pk, key), company=company))
            known.said.append(said)
    return sorted(people.values(), key=lambda person: person.name)


def find(person: str) -> Person | None:
    """The person of that id, at whatever company theirs turned out to be; None where we know nobody by it."""
    number, dash, digest = person.partition("-")
    if not (dash and number.isascii() and number.isdigit() and len(number) < 19 and len(digest) == LENGTH):
        return None
    company = Company.objects.filter(pk=int(number)).select_related("merged_into").first()
    if company is None:
        return None
    return next((each for each in at(companies.canonical(company)) if each.id.endswith(f"-{digest}")), None)


def like(person: Marks, among: Iterable[Company]) -> list[Person]:
    """Those at these companies who share a mail address, a profile or a name with `person`."""
    wanted = _keys(person)
    return [each for company in among for each in at(company) if _keys(each.marks()) & wanted]


def companies_of(person: Marks) -> list[Company]:
    """The companies that these marks name, and those at which we know somebody by the mail address or the profile."""
    found = {company.pk: company for text in person.companies for company in _called(text)}
    for company in map(companies.canonical, Company.objects.filter(pk__in=_where_met(person))):
        found[company.pk] = company
    return list(found.values())


def _where_met(person: Marks) -> set[int]:
    """The companies of whom something is held with the mail address or the profile."""
    needles = marks.needles(person.emails, person.profiles)
    if not needles:
        return set()
    sought, found = optouts.blocked_by(Marks(emails=person.emails, profiles=person.profiles)), set[int]()
    said = Observation.objects.filter(dataset__in=DATASETS).alias(text=Cast("value", TextField()))
    for needle in needles:
        rows = said.filter(text__icontains=needle).exclude(company__in=found).values_list("company", "value")
        found |= {pk for pk, value in rows if sought.names_in(value)}  # what is sought may be a part of another's
    return found


def _called(text: str) -> Iterator[Company]:
    domain = registrable_domain(text)
    if domain is not None:
        company = companies.by_domain(domain)
        if company is not None:
            yield company
        return
    aliases = CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME, key=company_key(text)).exclude(key="")
    yield from {alias.company_id: companies.canonical(alias.company) for alias in aliases}.values()


def _keys(person: Marks) -> set[str]:
    found = {marks.email_key(text) for text in person.emails} | {marks.profile_key(text) for text in person.profiles}
    return (found | {marks.name_key(text) for text in person.names}) - {""}


def _id(secret: bytes, company: int, key: str) -> str:
    return f"{company}-{digests.digest(secret, 'person', key)[:LENGTH]}"


def _said(company: Company) -> Iterator[Said]:
    rows = Observation.objects.filter(company=company, dataset__in=DATASETS, value__name__isnull=False)
    for row in rows.prefetch_related("evidence").order_by("pk"):
        if _text(row.value.get("name")):
            items = tuple(
                {"title": item.title, "url": item.url, "publisher": item.publisher} for item in row.evidence.all()
            )
            yield Said(
                dataset=row.dataset,
                source=row.source,
                origin=row.origin,
                at=row.observed_at,
                value=row.value,
                evidence=items,
            )
    for pinned in Correction.objects.filter(company=company, dataset__in=DATASETS):
        for value in pinned.value if isinstance(pinned.value, list) else ():
            if isinstance(value, dict) and _text(value.get("name")):
                yield Said(dataset=pinned.dataset, source="correction", origin="", at=pinned.created, value=value)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
