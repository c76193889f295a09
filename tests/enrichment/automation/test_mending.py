"""Lines that were refused are mended where they stand."""

from decimal import Decimal

import pytest

from enrichment.automation.bulk import mending, steering
from enrichment.automation.bulk.dispatch import choose
from enrichment.automation.bulk.model import InvalidBulk, NotNow
from enrichment.models import Bulk, BulkLine, Company
from tests import factories
from tests.enrichment.automation.conftest import Office, again, line, states

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def globex(rules: None) -> Company:
    factories.company("Globex Industries Inc", "globex-industries.com")
    return factories.company("Globex Inc", "globex.com")


@pytest.fixture
def quoted(office: Office, globex: Company) -> Bulk:
    """Ready, ambiguous, no company at all."""
    return office.quoted(("Initech", "initech.com"), "Globex", "8.8.8.8", order="given")


def test_a_candidate_that_is_chosen_makes_its_line_as_any(quoted: Bulk, globex: Company) -> None:
    before = line(quoted, 2)
    assert (before.state, globex.pk in before.candidates) == ("ambiguous", True)

    mended = mending.mend(before, domain=f"#{globex.pk}")

    assert (mended.state, mended.company, mended.name) == ("ready", globex, "Globex")
    assert mended.worst > 0
    assert [each.line for each in quoted.lines.filter(state="ready").order_by("rank")] == [1, 2]


def test_what_is_no_company_either_is_refused_again(quoted: Bulk) -> None:
    mended = mending.mend(line(quoted, 3), name="9.9.9.9")

    assert (mended.state, mended.reason) == ("invalid", "“9.9.9.9” is neither a company's name nor its domain.")


def test_what_is_another_line_already_is_told_so(quoted: Bulk) -> None:
    assert mending.mend(line(quoted, 3), domain="initech.com").reason == "The same company as line 1."


def test_a_line_is_left_out_for_good(quoted: Bulk) -> None:
    mending.drop(line(quoted, 2))
    steering.start(quoted)

    assert [each.line for each in choose(quoted)] == [1]
    assert states(quoted)[1] == "dropped"


def test_a_line_mended_after_the_end_waits_for_a_retry(quoted: Bulk) -> None:
    Bulk.objects.filter(pk=quoted.pk).update(status="completed")
    quoted.lines.filter(line=1).update(state="done")

    mending.mend(line(quoted, 2), domain="globex.com")

    assert choose(quoted) == []
    assert steering.retry(again(quoted), max_cost=Decimal(5)) == 1
    assert [each.line for each in choose(quoted)] == [2]


def test_only_what_was_refused_is_mended(quoted: Bulk) -> None:
    with pytest.raises(NotNow, match="Line 1 is “ready”"):
        mending.mend(line(quoted, 1), name="Acme")
    with pytest.raises(InvalidBulk):
        mending.mend(line(quoted, 2))
    Bulk.objects.update(status="cancelled")
    with pytest.raises(NotNow, match="cancelled"):
        mending.drop(line(quoted, 2))


def test_whoever_mends_second_is_refused(quoted: Bulk) -> None:
    first, second = line(quoted, 2), line(quoted, 2)
    mending.drop(first)

    with pytest.raises(NotNow):
        mending.mend(second, domain="globex.com")

    assert BulkLine.objects.get(pk=first.pk).state == "dropped"
