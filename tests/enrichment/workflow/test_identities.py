"""An editor merges two companies, and takes them apart again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment import cache, companies, facts
from enrichment.cache import Answer
from enrichment.models import (
    CacheEntry,
    Company,
    CompanyAlias,
    Correction,
    Erasure,
    Evidence,
    Fact,
    Observation,
    OptOut,
    ResearchRequest,
    WorkflowRun,
)
from enrichment.models.clock import database_now
from enrichment.people import known, optouts
from enrichment.people.optouts import Marks
from enrichment.rules import current
from enrichment.sources.base import Evidence as Item
from enrichment.sources.base import Extraction
from enrichment.sources.base import Observation as Seen
from enrichment.workflow import correcting, erasing, identities
from salesintel.audit.models import Entry
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rules")]

SOURCES = ("brightdata_company_db", "company_website")


@pytest.fixture
def acme() -> Company:
    return companies.resolve("Acme Corp", domain="acmecorp.com")


@pytest.fixture
def apex() -> Company:
    """What Acme was called before."""
    return companies.resolve("Apex Payments", domain="apexpayments.com")


def told(asked: Company, dataset: str, value: Any, *, source: str = SOURCES[0], hours: int = 0) -> CacheEntry:
    """A response of `source`, asked for that company, is recorded; `hours` after now."""
    company, at = companies.canonical(Company.objects.get(pk=asked.pk)), database_now() + timedelta(hours=hours)
    key = cache.response_key(source, asked.pk, "sandbox")
    body = repr((dataset, value)).encode()
    entry = cache.keep(
        Answer(
            type=cache.response_type(source), key=key, company=company.pk, origin="sandbox", source=source,
            body=body, fetched_at=at, ttl=timedelta(days=1),
        ),
        at=at,
    )  # fmt: skip
    item = Item(kind="page", url=f"https://{asked.domain}/about", title=str(value)[:80])
    seen = Extraction(observations=(Seen(dataset=dataset, value=value, evidence=(item,)),))
    stored = facts.store_observations(entry, seen)
    facts.remerge(
        company.pk, {*stored.datasets, "industry", "headquarters"}, origin="sandbox", rules=current().rules, at=at
    )
    return entry


def fact_of(company: Company, dataset: str) -> Any:
    return (
        Fact.objects.filter(company=company, dataset=dataset, origin="sandbox").values_list("value", flat=True).first()
    )


def person(name: str) -> dict[str, str]:
    return {"name": name, "title": "Chief Information Officer"}


# --- Merging ----------------------------------------------------------------------------------------------------------


def test_what_is_said_of_both_is_said_of_the_one_that_is_left(acme: Company, apex: Company) -> None:
    told(apex, "industry", "Payments")
    told(acme, "headquarters", "Austin, TX", source=SOURCES[1])

    identities.merge(apex, into=acme)

    assert (fact_of(acme, "industry"), fact_of(acme, "headquarters")) == ("Payments", "Austin, TX")
    assert companies.find("Apex Payments") == companies.Found(acme, "name")
    assert companies.find("apexpayments.com") == companies.Found(acme, "domain")


def test_of_two_responses_of_one_source_the_newer_speaks_and_the_older_is_kept(acme: Company, apex: Company) -> None:
    told(acme, "industry", "Banking")
    told(apex, "industry", "Payments", hours=1)

    identities.merge(apex, into=acme)

    held = cache.held_responses(acme.pk, origin="sandbox", at=database_now())
    assert fact_of(acme, "industry") == "Payments"
    assert held[SOURCES[0]].key == cache.response_key(SOURCES[0], apex.pk, "sandbox")
    assert CacheEntry.objects.filter(company=acme).count() == 2


def test_a_trial_says_what_would_move_and_moves_nothing(acme: Company, apex: Company) -> None:
    told(apex, "industry", "Payments")
    told(apex, "decision_makers", person("Jane Doe"), source="snov_contacts")

    tried = identities.merge(apex, into=acme, is_trial=True)

    assert {line.what: line.moves for line in tried.lines} == {
        "names and domains": 2, "responses and kept answers": 2, "observations": 2, "evidence": 2, "facts": 2,
        "people": 1,
    }  # fmt: skip
    assert tried.is_tried
    assert companies.canonical(Company.objects.get(pk=apex.pk)) == apex
    assert (fact_of(apex, "industry"), fact_of(acme, "industry")) == ("Payments", None)


def test_a_row_that_the_other_has_is_told_to_stay(acme: Company, apex: Company, user: Any) -> None:
    for company in (acme, apex):
        correcting.pin(company, "industry", company.name, reason="I know", by=user)

    tried = identities.merge(apex, into=acme, is_trial=True)

    [line] = [line for line in tried.lines if line.what == "corrections"]
    assert (line.moves, line.stays) == (0, 1)


def test_a_company_without_a_domain_takes_that_of_the_one_it_absorbs(apex: Company) -> None:
    unknown = companies.resolve("Zyx Unheard Of")

    identities.merge(apex, into=unknown)

    unknown.refresh_from_db()
    assert unknown.domain == "apexpayments.com"
    assert companies.find("apexpayments.com") == companies.Found(unknown, "domain")


def test_a_merge_and_its_undoing_are_each_in_the_log_and_a_trial_is_not(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme, is_trial=True)
    identities.merge(apex, into=acme)
    identities.split(Company.objects.get(pk=apex.pk))

    told = Entry.objects.filter(model="enrichment.Company", action__in=("merge", "split")).order_by("pk")
    assert [(entry.action, entry.object_id, entry.counts) for entry in told] == [
        ("merge", str(apex.pk), {"names and domains": 2}),
        ("split", str(apex.pk), {"names and domains": 2}),
    ]


def test_one_company_is_not_merged_with_itself(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)

    with pytest.raises(identities.SameCompany):
        identities.merge(acme, into=Company.objects.get(pk=apex.pk))


def test_who_was_erased_at_either_is_in_nothing_that_came_over(acme: Company, apex: Company) -> None:
    told(acme, "decision_makers", person("Jane Doe"))
    erasing.erase(known.at(acme)[0])
    told(apex, "decision_makers", person("Jane Doe"), source=SOURCES[1])

    identities.merge(apex, into=acme)

    assert known.at(acme) == []
    assert not Observation.objects.filter(value__name="Jane Doe").exists()


def test_who_opted_out_of_the_one_that_is_absorbed_is_not_collected_for_the_other(acme: Company, apex: Company) -> None:
    optouts.add(Marks(names=("Jane Doe",), companies=("apexpayments.com",)), why=OptOut.Why.ASKED)

    identities.merge(apex, into=acme)

    assert optouts.blocked([acme.pk]).has_name("Jane Doe")


# --- Taking apart -----------------------------------------------------------------------------------------------------


def test_who_was_erased_while_they_were_one_stays_erased_at_both(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    told(acme, "decision_makers", person("Jane Doe"))
    erasing.erase(known.at(acme)[0])

    identities.split(Company.objects.get(pk=apex.pk))

    assert [optouts.blocked([each.pk]).has_name("Jane Doe") for each in (acme, apex)] == [True, True]


def test_an_erasure_under_way_looks_through_both(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    Erasure.objects.create(company=acme, identifiers="{}", began=database_now())

    identities.split(Company.objects.get(pk=apex.pk))

    assert set(Erasure.objects.filter(finished=None).values_list("company", flat=True)) == {acme.pk, apex.pk}


def test_what_was_asked_for_the_one_that_was_left_stays_with_it(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    told(acme, "industry", "Banking")

    identities.split(Company.objects.get(pk=apex.pk))

    assert (fact_of(acme, "industry"), fact_of(apex, "industry")) == ("Banking", None)


def test_an_answer_that_was_under_way_at_the_merge_goes_to_whom_it_was_asked_for(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    told(apex, "industry", "Payments")
    told(acme, "industry", "Banking", hours=-1)
    assert fact_of(acme, "industry") == "Payments"

    identities.split(Company.objects.get(pk=apex.pk))

    assert (fact_of(acme, "industry"), fact_of(apex, "industry")) == ("Banking", "Payments")


def test_requests_go_back_unless_their_run_ended_meanwhile(acme: Company, apex: Company, user: Any) -> None:
    before, meanwhile, going = (factories.request(user, factories.run(apex, finished=None)) for _ in range(3))
    WorkflowRun.objects.filter(pk=before.run_id).update(finished=database_now() - timedelta(hours=1))
    identities.merge(apex, into=acme)
    WorkflowRun.objects.filter(pk=meanwhile.run_id).update(finished=database_now() + timedelta(seconds=1))

    identities.split(Company.objects.get(pk=apex.pk))

    of = dict(ResearchRequest.objects.values_list("pk", "company"))
    assert of == {before.pk: apex.pk, meanwhile.pk: acme.pk, going.pk: apex.pk}
    assert dict(WorkflowRun.objects.values_list("pk", "company")) == {
        row.run_id: of[row.pk] for row in (before, meanwhile, going)
    }


def test_a_name_alone_is_provisional_again(acme: Company) -> None:
    unknown = companies.resolve("Zyx Unheard Of")
    identities.merge(unknown, into=acme)

    identities.split(Company.objects.get(pk=unknown.pk))

    assert Company.objects.get(pk=unknown.pk).provisional_key == unknown.provisional_key
    assert companies.resolve("Zyx Unheard Of") == unknown


def test_whoever_took_a_domain_gives_it_back(apex: Company) -> None:
    unknown = companies.resolve("Zyx Unheard Of")
    identities.merge(apex, into=unknown)

    identities.split(Company.objects.get(pk=apex.pk))

    unknown.refresh_from_db()
    assert (unknown.domain, unknown.is_provisional) == (None, True)
    assert companies.find("apexpayments.com") == companies.Found(apex, "domain")


def test_merges_are_undone_in_any_order(acme: Company, apex: Company) -> None:
    okta = companies.resolve("Okta", domain="okta.com")
    for company, value in ((apex, "Payments"), (acme, "Banking"), (okta, "Identity")):
        told(company, "industry", value)
    identities.merge(apex, into=acme)
    identities.merge(acme, into=okta)

    identities.split(Company.objects.get(pk=apex.pk))
    identities.split(Company.objects.get(pk=acme.pk))

    assert [fact_of(each, "industry") for each in (apex, acme, okta)] == ["Payments", "Banking", "Identity"]


def test_a_company_that_is_part_of_none_cannot_be_taken_apart(acme: Company) -> None:
    with pytest.raises(companies.NotMerged):
        identities.split(acme)


def test_a_trial_of_taking_apart_says_what_would_go_back(acme: Company, apex: Company) -> None:
    told(apex, "industry", "Payments")
    identities.merge(apex, into=acme)

    tried = identities.split(Company.objects.get(pk=apex.pk), is_trial=True)

    assert {line.what: line.moves for line in tried.lines} == {
        "names and domains": 2, "responses and kept answers": 1, "observations": 1, "evidence": 1,
    }  # fmt: skip
    assert Company.objects.get(pk=apex.pk).merged_into == acme


# --- What is written meanwhile ----------------------------------------------------------------------------------------


def test_what_was_being_written_during_the_merge_follows(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    late = told(apex, "industry", "Payments")
    for rows in (CacheEntry.objects.filter(pk=late.pk), Observation.objects.all(), Evidence.objects.all()):
        rows.update(company=apex)

    identities.follow()

    assert fact_of(acme, "industry") == "Payments"


def test_nothing_follows_a_merge_that_was_undone(acme: Company, apex: Company) -> None:
    identities.merge(apex, into=acme)
    identities.split(Company.objects.get(pk=apex.pk))
    told(apex, "industry", "Payments")

    assert identities.follow() == 0
    assert fact_of(apex, "industry") == "Payments"


# --- Any sequence -----------------------------------------------------------------------------------------------------

VALUES = {"industry": ["Payments", "Banking", "Retail"], "headquarters": ["Austin, TX", "Berlin", "Lyon"]}
says = st.tuples(
    st.just("told"),
    st.sampled_from(["acme", "apex"]),
    st.sampled_from(sorted(VALUES)),
    st.integers(0, 2),
    st.sampled_from(SOURCES),
    st.integers(0, 5),
)


def learns(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.tuples(st.just("name"), st.sampled_from(["acme", "apex"]), st.sampled_from(names))


def pins(dataset: str) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just("pin"), st.sampled_from(["acme", "apex"]), st.just(dataset), st.integers(0, 2))


# A name that both have stays the one's that had it first, and a person's last word on a dataset is the last.
before_it = st.lists(says | learns("Acme Pay", "Apex", "Zenith") | pins("industry"), max_size=6)
in_between = st.lists(says | learns("Acme One", "Vertex") | pins("headquarters"), max_size=6)


def do(act: tuple[Any, ...], who: dict[str, Company], *, is_merged: bool) -> None:
    """One thing that happens. What is done to whom is gone happens to whom is left, but for answers: they tell whom."""
    kind, name, *rest = act
    if kind == "told":
        dataset, value, source, hours = rest
        told(who[name], dataset, VALUES[dataset][value], source=source, hours=hours)
        return
    company = Company.objects.get(pk=who["acme" if is_merged else name].pk)
    if kind == "name":
        companies.learn_alias(company, rest[0])
    else:
        correcting.pin(company, rest[0], VALUES[rest[0]][rest[1]], reason="", by=None)


def state(who: dict[str, Company]) -> dict[str, Any]:
    """All that is known of the two, in values."""
    found = {}
    for name, company in who.items():
        said = Observation.objects.filter(company=company).values_list("source", "dataset", "value")
        held = Fact.objects.filter(company=company).order_by("dataset", "origin")
        found[name] = {
            "company": Company.objects.filter(pk=company.pk).values_list("domain", "merged_into", "provisional_key")[0],
            "facts": [
                (fact.dataset, fact.value, fact.sources, fact.corrected, [claim["value"] for claim in fact.claims])
                for fact in held
            ],
            "names": sorted(CompanyAlias.objects.filter(company=company).values_list("kind", "key")),
            "said": sorted(map(str, said)),
            "read": sorted(Evidence.objects.filter(company=company).values_list("title", flat=True)),
            "kept": sorted(CacheEntry.objects.filter(company=company).values_list("key", flat=True)),
            "pinned": sorted(
                map(str, Correction.objects.filter(company=company, withdrawn=None).values_list("dataset", "value"))
            ),
        }
    return found


def run(before: list[Any], meanwhile: list[Any], who: dict[str, Company], *, merged: bool) -> dict[str, Any]:
    with transaction.atomic():
        for act in before:
            do(act, who, is_merged=False)
        if merged:
            identities.merge(who["apex"], into=who["acme"])
        for act in meanwhile:
            do(act, who, is_merged=True)
        if merged:
            identities.split(Company.objects.get(pk=who["apex"].pk))
        found = state(who)
        transaction.set_rollback(True)
    return found


def test_taken_apart_they_are_as_if_they_had_never_been_merged(acme: Company, apex: Company, trials: Any) -> None:
    who = {"acme": acme, "apex": apex}

    @settings(
        max_examples=trials(short=8, full=400), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(before=before_it, meanwhile=in_between)
    def probe(before: list[Any], meanwhile: list[Any]) -> None:
        assert run(before, meanwhile, who, merged=True) == run(before, meanwhile, who, merged=False)

    probe()
