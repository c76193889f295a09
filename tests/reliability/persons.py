"""S14, S15, S16: a person's export has all of it, an erasure leaves nothing, and every field says where it is from.

What is there is looked up in the database itself, in every column of every table, not by the registry that is on trial.
"""

import json
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection

from enrichment.models import (
    CacheEntry,
    Company,
    Evidence,
    Fact,
    Observation,
    Report,
    RulesVersion,
    Source,
    SourceCall,
    WorkflowRun,
)
from enrichment.people import known, marks
from enrichment.people.known import DATASETS, Person
from enrichment.sandbox.world import DemoCompany
from enrichment.workflow import erasing
from enrichment.workflow.forgetting import forget_source
from enrichment.workflow.holding import held
from enrichment.workflow.mentions import Search
from tests.reliability import work
from tests.reliability.audit import Verdict
from tests.reliability.crew import until
from tests.reliability.house import House, prospects

CONSUMERS = ("people", "profile", "news")
AT_ONCE = 10
ROUNDS = 4  # over all companies, at each of which a few people are known
OF_PEOPLE = ("snov_contacts", "serp_linkedin", "brightdata_people_db", "apollo_contacts")
FIELDS = ("name", "title", "email", "profile_url")
KEYS = {"name": marks.name_key, "email": marks.email_key, "profile_url": marks.profile_key}
Where = tuple[str, str, str]  # table, column, row


# --- The database as it is --------------------------------------------------------------------------------------------


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """(table, row) of every table."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                yield table, dict(zip(names, values, strict=True))


def places(words: Sequence[str]) -> set[Where]:
    """Where in the database one of the words is, in whatever type of column."""
    wanted = [word.casefold() for word in words]
    found = set()
    for table, row in rows():
        for column, value in row.items():
            said = _said(value).casefold()
            if any(word in said for word in wanted):
                found.add((table, column, str(row.get("id", ""))))
    return found


def _said(value: Any) -> str:
    """A value as text; what JSON has escaped as it is meant."""
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str):
        return json.dumps(value, default=str, ensure_ascii=False)
    try:
        return value + json.dumps(json.loads(value), ensure_ascii=False)
    except (ValueError, RecursionError):
        return value


def words_of(person: Person) -> tuple[str, ...]:
    """What is looked for: every spelling of the name, every mail address, every profile."""
    ends = [url.rstrip("/") for url in person.texts("profile_url")]
    return (*person.texts("name"), *person.texts("email"), *ends)


# --- S14 --------------------------------------------------------------------------------------------------------------


def exports(house: House, count: int) -> Verdict:
    """Export `count` people, and compare with every place at which the database has them."""
    found: list[str] = []
    parts, people = 0, _people(house, prospects()[:count])
    for person in people:
        exported = held(person)
        has = {
            (part["table"].replace(".", "_").lower(), part["column"], part["row"].replace("-", "")) for part in exported
        }
        for table, column, row in sorted(places(words_of(person))):
            if (table, column, row.replace("-", "")) not in has:
                found.append(f"{table}.{column} names somebody whose export does not have it")
        parts += len(exported)
    return Verdict(id="S14", trials=len(people), violations=tuple(found), worst=f"{parts} parts exported")


def _people(house: House, companies: Sequence[DemoCompany]) -> list[Person]:
    """Somebody at each of the companies, researched by all who know people, where anybody is known."""
    Source.objects.filter(slug__in=OF_PEOPLE).update(enabled=True)
    RulesVersion.bump()
    for company in companies:
        house.ask(company, consumer="people", strategy="legacy")
        house.ask(company, consumer="profile")
    _drive(house)
    return [_one(company) for company in companies if _known(company)]


def _one(company: DemoCompany) -> Person:
    """Whom most is said of."""
    return max(_known(company), key=lambda person: len(person.said))


def _known(company: DemoCompany) -> list[Person]:
    return known.at(Company.objects.get(domain=company.domain, merged_into=None))


def _drive(house: House) -> None:
    driver = house.crew.start(work.keep_driving)
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(driver)


# --- S15 --------------------------------------------------------------------------------------------------------------


def erasures(house: House, count: int) -> Verdict:
    """Erase `count` people, each while runs on their company are under way, and look for them when those have ended."""
    found: list[str] = []
    left, erased = 0, 0
    after_each_other = chain(*[prospects()] * ROUNDS)  # who was erased is not met again, so on to the next companies
    while erased < count and (companies := list(islice(after_each_other, min(AT_ONCE, count - erased)))):
        gone = erased_meanwhile(house, companies, with_list=True)
        erased += len(gone)
        for words in gone:
            there = places(words)
            left += len(there)
            found += [f"{table}.{column} still names somebody" for table, column, _ in sorted(there)]
    if erased < count:
        found.append(f"only {erased} of {count} could be met and erased")
    return Verdict(id="S15", trials=erased, violations=tuple(found), worst=f"{left} places left after the last run")


def erased_meanwhile(house: House, companies: Sequence[DemoCompany], *, with_list: bool) -> list[tuple[str, ...]]:
    """What names those who were erased; `with_list`: whether they were put on the list of whom not to collect."""
    house.start_over()
    people = _people(house, companies)
    house.sandbox.latency(seconds=1.0)
    for place, company in enumerate(companies):
        house.ask(company, consumer="people", refresh=True, strategy="legacy")
        house.ask(company, consumer=CONSUMERS[place % len(CONSUMERS)], refresh=True, role="SE")
    driver = house.crew.start(work.keep_driving)
    under_way = SourceCall.objects.filter(status=SourceCall.Status.INTENT)
    until(lambda: under_way.count() >= len(companies), "calls are under way")
    for person in people:
        if with_list:
            erasing.erase(person)
        else:
            erasing.forget(Search(person.company.pk, person.marks()))
        time.sleep(0.1)  # so that each meets its runs at another step
    until(lambda: not WorkflowRun.objects.active().exists(), "every run is finished")
    house.crew.dismiss(driver)
    erasing.resume()  # as the watchdog does
    return [words_of(person) for person in people]


# --- S16 --------------------------------------------------------------------------------------------------------------


def provenance(house: House, count: int) -> Verdict:
    """Of every field about people at `count` companies: who said it and where; then delete source after source."""
    _people(house, prospects()[:count])
    fields, found = unborne()
    people = [person for company in prospects()[:count] for person in _known(company)]
    sources = sorted({said.source for person in people for said in person.said})
    for source in sources:
        found += deleted(source)
    return Verdict(id="S16", trials=fields, violations=tuple(found), worst=f"{len(sources)} sources deleted one by one")


def unborne() -> tuple[int, list[str]]:
    """How many personal fields there are in facts and reports, and those that nothing bears."""
    facts = [_borne(fact, claim, name) for fact in _facts() for claim in fact.claims for name in FIELDS]
    reports = [_cited(report, place) for report in Report.objects.all() for place in _contacts(report)]
    known_fields = [each for each in facts + reports if each is not None]
    return len(known_fields), [words for words in known_fields if words]


def _facts() -> Iterator[Fact]:
    yield from Fact.objects.filter(dataset__in=DATASETS)


def _borne(fact: Fact, claim: dict[str, Any], name: str) -> str | None:
    """What is wrong with a field of a claim, empty for nothing; None where the claim has no such field."""
    if name not in claim["value"]:
        return None
    said = Observation.objects.filter(company=fact.company, dataset=fact.dataset, origin=fact.origin)
    said = said.filter(source__in=claim["sources"], evidence__in=claim["evidence"], observed_at__isnull=False)
    borne = any(row.value.get(name) == claim["value"][name] for row in said)
    return "" if borne else f"nobody is known to have said a {name} in {fact.dataset}"


def _contacts(report: Report) -> Iterator[tuple[int, str]]:
    """(place, field) of everything personal that the report says of its contacts."""
    for place, contact in enumerate(report.body.get("target_contacts", [])):
        yield from ((place, name) for name in ("name", "email") if contact.get(name))


def _cited(report: Report, where: tuple[int, str]) -> str:
    """The same of a field of a report's contact."""
    place, name = where
    cited = report.statements.get(f"/target_contacts/{place}/{name}", {}).get("evidence", [])
    items = [report.evidence.get(item, {}) for item in cited]
    borne = any(item.get("source") and item.get("collectedAt") for item in items)
    return "" if borne else f"a report has a {name} without a source"


def _apart(name: str, said: Sequence[str], borne: set[str]) -> list[str]:
    """What is in none of the others' spellings; a title is nobody's own."""
    if name == "title":
        return []
    same = KEYS[name]
    return [text for text in said if same(text) not in {same(other) for other in borne}]


def _of_others(source: str, there: set[Where]) -> set[Where]:
    """Those of the places where other sources name somebody of whom their extractors make no contact: a headline, say.

    A fact is others' only if another source's observation, from which it is made, names them, too.
    """

    def of(table: str) -> list[str]:
        return [key for name, _, key in there if name == table]

    answers = CacheEntry.objects.exclude(source__in=[source, ""]).filter(pk__in=of("enrichment_cacheentry"))
    quotes = Evidence.objects.exclude(source=source).filter(pk__in=of("enrichment_evidence"))
    said = Observation.objects.exclude(source=source).filter(pk__in=of("enrichment_observation"))
    made_of = {(row.company_id, row.dataset, row.origin) for row in said}
    facts = Fact.objects.filter(pk__in=of("enrichment_fact"))
    rows = {
        "enrichment_cacheentry": {str(row.pk) for row in answers},
        "enrichment_evidence": {str(row.pk) for row in quotes},
        "enrichment_observation": {str(row.pk) for row in said},
        "enrichment_fact": {str(row.pk) for row in facts if (row.company_id, row.dataset, row.origin) in made_of},
    }
    return {where for where in there if where[2] in rows.get(where[0], ())}


def deleted(source: str) -> list[str]:
    """What is wrong after all that the source ever said was deleted: its own marks left, or others' gone."""
    before = {person.id: person for company in prospects() for person in _known(company)}
    forget_source(source)
    after = {person.id: person for company in prospects() for person in _known(company)}
    found = []
    for key, person in before.items():
        others = [said.value for said in person.said if said.source != source]
        for name in FIELDS:
            borne = {value[name] for value in others if name in value}
            still = set(after[key].texts(name)) if key in after else set()
            found += [f"a {name} of another source went with {source}"] * len(borne - still)
            own = _apart(name, person.texts(name), borne)
            there = places(own) if own else set()
            there -= _of_others(source, there)
            found += [f"{table}.{column} has a {name} of {source} alone" for table, column, _ in sorted(there)]
    return found
