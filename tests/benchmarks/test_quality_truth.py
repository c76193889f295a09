"""The judge knows right from wrong, and the ranks are Spearman's."""

import pytest

from enrichment.sandbox.world import load
from tests.benchmarks.quality_truth import Judge, rank_correlation

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def acme() -> Judge:
    world = load()
    company = world.by_domain("acmecorp.com")
    assert company is not None
    return Judge(company, world)


@pytest.mark.parametrize(
    ("dataset", "right", "wrong"),
    [
        ("company_name", "ACME Corp", "Acme Industries"),
        ("headquarters", "San Francisco", "Atlantis, Mu"),
        ("employee_count", {"low": 251, "high": 500}, {"low": 1001, "high": 5000}),
        ("tech_stack", {"name": "Kubernetes"}, {"name": "Marketo"}),
        ("decision_makers", {"name": "Alicia Tran"}, {"name": "Victor Petrosyan"}),
    ],
)
def test_a_fact_is_right_as_the_world_has_it(acme: Judge, dataset: str, right: object, wrong: object) -> None:
    assert (acme.share_right(dataset, right), acme.share_right(dataset, wrong)) == (1.0, 0.0)


def test_a_list_is_right_by_the_share_of_its_items(acme: Judge) -> None:
    assert acme.share_right("tech_stack", [{"name": "Kubernetes"}, {"name": "Marketo"}]) == 0.5


def test_what_a_seller_makes_up_beside_the_world_is_not_judged(acme: Judge) -> None:
    made_up = {"headline": "Head-count grew by 6% within twelve months"}

    assert acme.share_right("growth_signals", [made_up]) is None


def test_what_the_world_holds_nothing_of_is_not_judged() -> None:
    world = load()
    quiet = next(company for company in world if not company.topics)

    assert Judge(quiet, world).share_right("purchase_intent", [{"topic": "Identity"}]) is None


def test_the_rank_correlation_is_spearmans() -> None:
    assert rank_correlation([(1, 2), (2, 4), (3, 9)]) == pytest.approx(1.0)
    assert rank_correlation([(1, 9), (2, 4), (3, 2)]) == pytest.approx(-1.0)
    assert rank_correlation([(1, 1), (1, 2), (2, 3)]) == pytest.approx(0.866, abs=1e-3)
