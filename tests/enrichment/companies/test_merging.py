from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from enrichment.companies import Found, absorb, by_domain, canonical, find, learn_alias, learn_domain, register, resolve
from enrichment.models import (
    CacheEntry,
    Company,
    CompanyMerge,
    Correction,
    Evidence,
    Fact,
    Observation,
    Report,
    ResearchRequest,
    RuleSet,
    WorkflowRun,
)
from salesintel.accounts.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def northwind() -> Company:
    return resolve("Northwind Traders")


def entry_of(company: Company, key: str, *, source: str = "serp_news") -> CacheEntry:
    return CacheEntry.objects.create(
        type="SERP_NEWS_RAW", key=key, company=company, source=source, origin="live", body=b"", digest="",
        fetched_at=NOW, expires_at=NOW,
    )  # fmt: skip


def fact_of(company: Company, dataset: str) -> Fact:
    return Fact.objects.create(
        company=company, dataset=dataset, origin="live", value=1, reliability=0.9, observed_at=NOW, why="only claim"
    )


def run_of(company: Company) -> WorkflowRun:
    rules = RuleSet.objects.get_or_create(digest="none", defaults={"body": {}})[0]
    return WorkflowRun.objects.create(
        consumer="profile", company=company, origin="live", work_key="w", report_key="r", rule_set=rules, wake_at=NOW
    )


# --- Domains ----------------------------------------------------------------------------------------------------------


def test_a_provisional_company_takes_a_domain_that_nobody_has(northwind: Company) -> None:
    known = learn_domain(northwind, "https://www.northwind.example/", learned_from="brightdata_company_db")

    assert known == northwind
    assert by_domain("northwind.example") == northwind
    assert not Company.objects.get().is_provisional


def test_a_provisional_company_is_absorbed_by_the_one_that_has_the_domain(
    northwind: Company, acme_corp: Company
) -> None:
    known = learn_domain(northwind, "acmecorp.com", learned_from="brightdata_company_db")

    assert known == acme_corp
    assert canonical(Company.objects.get(pk=northwind.pk)) == acme_corp
    assert find("Northwind Traders") == Found(acme_corp, "name")


def test_a_company_with_a_domain_keeps_it_whatever_a_source_says(acme_corp: Company) -> None:
    okta = register("Okta", "okta.com")

    known = learn_domain(acme_corp, "okta.com", learned_from="liar")

    assert known == acme_corp
    assert by_domain("okta.com") == okta
    assert CompanyMerge.objects.count() == 0


@pytest.mark.parametrize(
    "domain", ["https://www.linkedin.com/company/northwind", "jo@gmail.com", "10.0.0.1", "co.uk", ""]
)
def test_a_page_among_everybodys_is_no_domain_of_its_own(northwind: Company, domain: str) -> None:
    known = learn_domain(northwind, domain, learned_from="serp_news")

    assert known.is_provisional


def test_the_company_that_is_called_like_a_shared_host_may_have_it() -> None:
    company = learn_domain(resolve("LinkedIn"), "linkedin.com", learned_from="brightdata_company_db")

    assert company.domain == "linkedin.com"


def test_a_name_whose_company_was_absorbed_makes_no_new_one(northwind: Company, acme_corp: Company) -> None:
    learn_domain(northwind, "acmecorp.com", learned_from="brightdata_company_db")

    assert resolve("Northwind Traders") == acme_corp
    assert Company.objects.count() == 2


# --- What hangs on a company ------------------------------------------------------------------------------------------


def test_all_that_hangs_on_the_absorbed_company_goes_over(northwind: Company, acme_corp: Company, user: User) -> None:
    entry = entry_of(northwind, "k")
    run = run_of(northwind)
    of_northwind = [
        run,
        entry,
        ResearchRequest.objects.create(user=user, consumer="profile", company=northwind, run=run),
        Evidence.objects.create(company=northwind, entry=entry, key="k", collected_at=NOW),
        Observation.objects.create(company=northwind, entry=entry, dataset="size", value=1, observed_at=NOW),
        Correction.objects.create(company=northwind, dataset="size", value=1),
        Report.objects.create(company=northwind, body={}, statements={}, quality={}, generated_at=NOW),
        fact_of(northwind, "size"),
    ]

    absorb(northwind, into=acme_corp, learned_from="person")

    for row in of_northwind:
        row.refresh_from_db()
        assert row.company == acme_corp, row


def test_runs_in_which_it_is_the_vendor_go_over_too(northwind: Company, acme_corp: Company) -> None:
    run = run_of(register("Okta", "okta.com"))
    WorkflowRun.objects.update(vendor=northwind)

    absorb(northwind, into=acme_corp, learned_from="person")

    run.refresh_from_db()
    assert run.vendor == acme_corp


def test_a_row_that_the_other_has_already_stays_behind(northwind: Company, acme_corp: Company) -> None:
    kept, left_behind, moved = fact_of(acme_corp, "size"), fact_of(northwind, "size"), fact_of(northwind, "industry")

    absorb(northwind, into=acme_corp, learned_from="person")

    assert set(Fact.objects.filter(company=acme_corp)) == {kept, moved}
    assert list(Fact.objects.filter(company=northwind)) == [left_behind]


def test_a_merge_tells_what_it_moved_and_what_was(northwind: Company, acme_corp: Company) -> None:
    fact = fact_of(northwind, "size")

    absorb(northwind, into=acme_corp, learned_from="person")

    merge = CompanyMerge.objects.get()
    assert (merge.absorbed, merge.into, merge.learned_from) == (northwind, acme_corp, "person")
    assert merge.moved["enrichment.fact.company"] == [str(fact.pk)]
    assert merge.was[str(acme_corp.pk)] == {"domain": "acmecorp.com", "provisional_key": None, "data_epoch": 0}


def test_derived_answers_about_both_go_stale_and_bought_ones_do_not(northwind: Company, acme_corp: Company) -> None:
    bought, derived = entry_of(northwind, "bought"), entry_of(acme_corp, "derived", source="")

    absorb(northwind, into=acme_corp, learned_from="person")

    bought.refresh_from_db()
    derived.refresh_from_db()
    assert bought.stale_since is None
    assert derived.stale_since is not None


def test_an_answer_from_before_either_erasure_is_not_kept(northwind: Company, acme_corp: Company) -> None:
    Company.objects.filter(pk=northwind.pk).update(data_epoch=3)

    absorb(northwind, into=acme_corp, learned_from="person")

    assert set(Company.objects.values_list("data_epoch", flat=True)) == {3}


def test_rows_written_after_a_merge_follow_when_it_is_told_again(northwind: Company, acme_corp: Company) -> None:
    learn_domain(northwind, "acmecorp.com", learned_from="serp_news")
    late = fact_of(northwind, "size")

    learn_domain(Company.objects.get(pk=northwind.pk), "acmecorp.com", learned_from="serp_news")

    late.refresh_from_db()
    assert late.company == acme_corp


def test_merges_follow_one_another_and_never_in_a_circle(northwind: Company, acme_corp: Company) -> None:
    okta = register("Okta", "okta.com")

    absorb(northwind, into=acme_corp, learned_from="person")
    absorb(acme_corp, into=okta, learned_from="person")
    left = absorb(okta, into=northwind, learned_from="person")

    assert left == okta
    assert {canonical(company) for company in Company.objects.all()} == {okta}


def test_a_merge_is_undone_with_the_transaction_that_made_it(northwind: Company, acme_corp: Company) -> None:
    with transaction.atomic():
        learn_domain(northwind, "acmecorp.com", learned_from="serp_news")
        transaction.set_rollback(True)

    assert canonical(Company.objects.get(pk=northwind.pk)) == northwind


@pytest.mark.django_db(transaction=True)
def test_of_many_that_learn_one_domain_at_once_one_is_left() -> None:
    companies = [resolve(name) for name in ("Northwind", "Nordwind Traders", "Westwind", "Southwind")]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(in_its_own_connection(learning_the_same_domain), companies))

    left = {canonical(company) for company in Company.objects.all()}
    assert [company.domain for company in left] == ["wind.example"]


def learning_the_same_domain(company: Company) -> None:
    with transaction.atomic():
        learn_domain(company, "wind.example", learned_from="serp_news")


def in_its_own_connection(work: Callable[[Company], None]) -> Callable[[Company], None]:
    def worked(company: Company) -> None:
        try:
            work(company)
        finally:
            connection.close()

    return worked


# --- Aliases ----------------------------------------------------------------------------------------------------------


def test_a_name_learned_twice_is_kept_once(acme_corp: Company) -> None:
    first = learn_alias(acme_corp, "Acme Holdings", learned_from="company_website")
    again = learn_alias(acme_corp, "ACME HOLDINGS, Inc.", learned_from="serp_news")

    assert first == again
    assert first is not None
    assert first.value == "Acme Holdings"


@pytest.mark.parametrize("value", ["", " \x00", "https://acme.io", "10.0.0.1"])
def test_what_is_no_name_is_not_learned(acme_corp: Company, value: str) -> None:
    assert learn_alias(acme_corp, value) is None
