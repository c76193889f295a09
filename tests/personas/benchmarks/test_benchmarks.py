"""What is usual for a contact, and where it stands among the others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from personas.benchmarks import benchmarks_for, standings
from personas.benchmarks.industries import industry_of, size_of
from personas.benchmarks.keeping import Measurer, keep_figures, spread, stale
from personas.benchmarks.own import AnotherOfTheKind, NoRange, add, own_benchmarks
from personas.benchmarks.seed import rows, seed
from personas.history import Hours
from personas.metrics import Measured
from personas.models import Benchmark, Contact, ContactFigures, Distribution, Grant, Interaction, OwnBenchmark
from personas.zones import UTC as ZONE
from salesintel.accounts.models import User

HOURS = Hours(zone=ZONE)  # 9 to 18
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ENGAGEMENT = "emailEngagementRate"


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Computer Software", "technology"),
        ("COMPUTER_SOFTWARE", "technology"),
        ("Information Technology & Services", "technology"),
        ("Hospital & Health Care", "healthcare"),
        ("Financial Services", "finance"),
        ("Beekeeping", "beekeeping"),
        ("", ""),
        ("İ" * 60, ("i " * 30).strip()),
    ],
)
def test_an_industry_is_known_by_what_a_crm_calls_it(said: str, known: str) -> None:
    assert industry_of(said) == known


def test_sizes_are_those_of_the_documents() -> None:
    assert [size_of(count) for count in (None, 1, 50, 51, 200, 201)] == ["", *["small"] * 2, *["medium"] * 2, "large"]


class TestSeed:
    def test_the_documents_ranges_are_loaded_once(self, db: None) -> None:
        assert seed()["benchmarks"] == len(list(rows()))
        assert not seed()

        found = {row.metric: (row.low, row.high) for row in Benchmark.objects.filter(origin="persona-builder")}
        assert found == {
            ENGAGEMENT: (0.22, 0.36),
            "averageResponseTimeClockHours": (24, 48),
            "dealCycleDays": (45, 180),
        }
        assert len({row.industry for row in Benchmark.objects.all()} - {""}) >= 8

    def test_every_range_lies_within_the_documents(self) -> None:
        documented = {ENGAGEMENT: (0.22, 0.36), "averageResponseTimeClockHours": (24, 48), "dealCycleDays": (45, 180)}
        ranges = [(key, values) for key, values in rows() if key[2] in documented]

        outside = [
            key
            for key, (low, typical, high, _) in ranges
            if not documented[key[2]][0] <= low <= typical <= high <= documented[key[2]][1]
        ]
        assert outside == []

    def test_what_an_admin_edited_or_deleted_is_left_alone(self, db: None) -> None:
        seed()
        edited, deleted = Benchmark.objects.filter(metric=ENGAGEMENT)[:2]
        edited.low = 0.01
        edited.save()
        deleted.delete()

        assert not seed()
        edited.refresh_from_db()
        assert edited.low == 0.01


class TestFinding:
    @pytest.fixture(autouse=True)
    def general(self, db: None) -> None:
        for industry, size, typical in (("", "", 0.1), ("technology", "", 0.2), ("technology", "small", 0.3)):
            Benchmark.objects.create(
                industry=industry, size=size, metric=ENGAGEMENT, low=0, typical=typical, high=1, origin="test"
            )

    @pytest.mark.parametrize(
        ("industry", "employees", "typical"),
        [("Software", 20, 0.3), ("Software", 300, 0.2), ("Software", None, 0.2), ("Bees", 20, 0.1), ("", None, 0.1)],
    )
    def test_the_nearest_is_taken(self, contact: Contact, industry: str, employees: int | None, typical: float) -> None:
        contact.industry, contact.employees = industry, employees

        assert benchmarks_for(contact, contact.owner, HOURS)[ENGAGEMENT].typical == typical

    def test_ones_own_comes_before_the_general_and_is_nobody_elses(self, contact: Contact, stranger: User) -> None:
        contact.industry = "Software"
        mine = {"metric": ENGAGEMENT, "low": 0.4, "typical": 0.5, "high": 0.6, "source": "our last year"}
        add(contact.owner, mine)
        Grant.objects.create(owner=contact.owner, grantee=stranger)

        usual = benchmarks_for(contact, contact.owner, HOURS)[ENGAGEMENT]
        assert (usual.typical, usual.source, usual.is_own) == (0.5, "our last year", True)
        assert benchmarks_for(contact, stranger, HOURS)[ENGAGEMENT].typical == 0.2
        assert not own_benchmarks(stranger).exists()

    def test_days_by_the_clock_are_working_days_in_working_hours(self, contact: Contact) -> None:
        Benchmark.objects.create(metric="averageResponseTimeClockHours", low=24, typical=36, high=48, origin="test")

        usual = benchmarks_for(contact, contact.owner, HOURS)

        assert (usual["averageResponseTimeHours"].low, usual["medianResponseTimeHours"].high) == (9, 18)
        assert usual["medianResponseTimeClockHours"].high == 48

    def test_a_range_has_its_ends_in_order(self, rep: User) -> None:
        with pytest.raises(NoRange):
            add(rep, {"metric": ENGAGEMENT, "low": 0.4, "typical": 0.3, "high": 0.6})
        with pytest.raises(IntegrityError):
            OwnBenchmark.objects.create(owner=rep, metric=ENGAGEMENT, low=1, typical=0, high=0)

    def test_there_is_one_of_a_kind(self, rep: User) -> None:
        fields = {"metric": ENGAGEMENT, "low": 0.1, "typical": 0.3, "high": 0.6, "industry": "Software"}
        first = add(rep, fields)

        with pytest.raises(AnotherOfTheKind) as refused:
            add(rep, fields | {"industry": "SaaS"})
        assert refused.value.row == first


def figures(owner: User, engagement: float | None) -> ContactFigures:
    contact = Contact.objects.create(owner=owner, name="One of many")
    return ContactFigures.objects.create(owner=owner, contact=contact, measured=NOW, engagement=engagement)


def measured(value: float | None) -> dict[str, Measured]:
    from personas.benchmarks.standing import COLUMNS

    nothing = Measured(value=None, n=0, unit="share", enough=False)
    return dict.fromkeys(COLUMNS, nothing) | {ENGAGEMENT: Measured(value=value, n=9, unit="share")}


class TestStanding:
    def test_a_percentile_is_the_share_of_the_others_below(self, contact: Contact, stranger: User) -> None:
        for value in (0.1, 0.2, 0.3, 0.3, 0.9, None):
            figures(contact.owner, value)
        figures(stranger, 0.0)
        ContactFigures.objects.create(owner=contact.owner, contact=contact, measured=NOW, engagement=0.0)

        found = standings(contact, contact.owner, measured(0.3))[ENGAGEMENT]

        assert (found.percentile, found.sample) == (60, 5)
        assert found.percentile_here is None

    def test_among_too_few_nobody_stands_anywhere(self, contact: Contact) -> None:
        for value in (0.1, 0.2, 0.3, 0.4):
            figures(contact.owner, value)

        assert standings(contact, contact.owner, measured(0.3))[ENGAGEMENT].percentile is None

    def test_who_sees_one_contact_learns_nothing_of_the_others(self, contact: Contact, stranger: User) -> None:
        for _ in range(9):
            figures(contact.owner, 0.1)
        Grant.objects.create(owner=contact.owner, grantee=stranger, contact=contact)

        found = standings(contact, stranger, measured(0.3))[ENGAGEMENT]

        assert (found.percentile, found.sample) == (None, 0)

    @pytest.mark.parametrize(("people", "is_told"), [(9, False), (10, True)])
    def test_an_installations_spread_is_of_ten_people_and_more(
        self, contact: Contact, people: int, is_told: bool
    ) -> None:
        for number in range(people):
            owner = User.objects.create_user(f"p{number}", f"p{number}@example.com")
            figures(owner, number / 10)
            figures(owner, number / 10 + 0.05)

        assert spread(NOW) == is_told

        found = standings(contact, contact.owner, measured(0.46))[ENGAGEMENT]
        assert (found.percentile_here is not None) == is_told
        assert found.sample_here == (20 if is_told else None)
        assert not is_told or found.percentile_here == pytest.approx(50, abs=5)

    def test_a_spread_that_lost_its_people_goes(self, db: None) -> None:
        Distribution.objects.create(metric=ENGAGEMENT, people=10, contacts=20, quantiles=[0.1] * 19, made=NOW)

        spread(NOW)

        assert not Distribution.objects.exists()


class TestKeeping:
    def test_figures_are_kept_and_kept_anew(self, contact: Contact) -> None:
        assert stale(timezone.now()) == [contact]
        keep_figures(contact, at=timezone.now())
        Interaction.objects.create(owner=contact.owner, contact=contact, type="call", occurred_at=timezone.now())
        assert stale(timezone.now()) == []  # it is of today

        assert stale(timezone.now() + timedelta(days=2)) == [contact]
        keep_figures(contact, at=timezone.now() + timedelta(days=1))

        assert ContactFigures.objects.get().quality == pytest.approx(1.4)

    def test_what_did_not_change_is_measured_once_a_week(self, contact: Contact) -> None:
        keep_figures(contact, at=timezone.now())

        assert stale(timezone.now() + timedelta(days=6)) == []
        assert stale(timezone.now() + timedelta(days=8)) == [contact]

    def test_a_tick_measures_those_that_wait(self, contact: Contact) -> None:
        measurer = Measurer()

        measurer.tick()

        assert ContactFigures.objects.get().contact == contact

    def test_a_contact_that_went_has_none(self, contact: Contact) -> None:
        Contact.objects.filter(pk=contact.pk).delete()

        keep_figures(contact, at=timezone.now())

        assert not ContactFigures.objects.exists()


def test_the_queries_do_not_grow_with_the_contacts(contact: Contact, django_assert_num_queries: Any) -> None:
    for _ in range(12):
        figures(contact.owner, 0.2)

    with django_assert_num_queries(4):
        benchmarks_for(contact, contact.owner, HOURS)
        standings(contact, contact.owner, measured(0.3))
