"""Watches: checked once a slot, compared with what was known, told to whom it concerns."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from enrichment import facts, rules
from enrichment.automation.watches import checks, keeping
from enrichment.automation.watches.keeping import InvalidWatch, NotNow, WatchAsk, WatchedAlready, keep_an_eye
from enrichment.companies import absorb
from enrichment.models import (
    Announcement,
    CacheEntry,
    Company,
    Observation,
    ResearchRequest,
    Watch,
    WatchChange,
    WatchCheck,
)
from enrichment.people import known
from enrichment.workflow import chapters
from enrichment.workflow.erasing import erase
from salesintel.accounts.models import User
from tests import factories
from tests.driving import drive_on
from tests.enrichment.automation.conftest import Office

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def acme(rules: None) -> Company:
    return factories.company("Acme Corp", "acmecorp.com")


@pytest.fixture
def watch(acme: Company, user: User) -> Watch:
    answered(acme, "snov_contacts", decision_makers=[person("Ann Lee"), person("Bo Diaz")])
    return keep_an_eye(WatchAsk(company="acmecorp.com", consumer="customer_intelligence", role="AE"), user=user)


def person(name: str, title: str = "CTO") -> dict[str, str]:
    return {"name": name, "title": title}


def answered(company: Company, source: str, **datasets: list[Any]) -> None:
    """The source answers with these values, in place of what it said before."""
    CacheEntry.objects.filter(company=company, source=source).delete()
    held = factories.entry(company, source=source)
    for dataset, values in datasets.items():
        for value in values:
            factories.observation(company, dataset, entry=held, value=value)
    remerged(company)


def remerged(company: Company) -> None:
    today = rules.current().rules
    facts.remerge(company.pk, today.datasets, origin="sandbox", rules=today, at=timezone.now())


def checked(watch: Watch, *, status: str = "answered") -> WatchCheck:
    """A check whose research ended so."""
    check = checks.check_now(watch)
    checks.ask(check)
    report = factories.report(factories.run(watch.company)) if status == "answered" else None
    ResearchRequest.objects.filter(watch_checks=check).update(status=status, report=report)
    check.refresh_from_db()
    checks.finish(check)
    check.refresh_from_db()
    return check


def told(watch: Watch) -> list[tuple[str, str]]:
    return sorted(WatchChange.objects.filter(watch=watch).values_list("kind", "what"))


# --- What changed -----------------------------------------------------------------------------------------------------


def test_changes_are_kept_with_both_values_their_evidence_and_a_score(watch: Watch, acme: Company) -> None:
    answered(acme, "snov_contacts", decision_makers=[person("Bo Diaz"), person("Cy Ngo", "CFO")])

    check = checked(watch)

    assert told(watch) == [("person_came", "Cy Ngo, CFO"), ("person_left", "Ann Lee, CTO")]
    came = WatchChange.objects.get(kind="person_came")
    assert (came.old, came.new) == (None, person("Cy Ngo", "CFO"))
    assert 0 < came.score <= 1
    assert (check.status, check.changes) == ("checked", 2)


def test_a_look_that_finds_nothing_new_says_nothing(watch: Watch) -> None:
    assert checked(watch).changes == 0
    assert not Announcement.objects.filter(type="watch.changed").exists()


def test_a_source_that_failed_takes_nobody_away(watch: Watch) -> None:
    Observation.objects.all().delete()  # nothing of it is held any more, and it was not asked anew
    remerged(watch.company)

    checked(watch)

    assert told(watch) == []


def test_who_comes_back_after_a_silence_of_their_source_is_no_news(watch: Watch, acme: Company) -> None:
    Observation.objects.all().delete()
    remerged(acme)
    checked(watch)
    answered(acme, "snov_contacts", decision_makers=[person("Ann Lee"), person("Bo Diaz")])

    checked(watch)

    assert told(watch) == []


def test_a_check_that_failed_changes_nothing_and_says_why(watch: Watch, acme: Company) -> None:
    answered(acme, "snov_contacts", decision_makers=[person("Cy Ngo")])

    check = checked(watch, status="failed")

    assert (check.status, bool(check.reason), told(watch)) == ("failed", True, [])


def test_whoever_watches_is_told_once(watch: Watch, acme: Company) -> None:
    answered(acme, "snov_contacts", decision_makers=[person("Bo Diaz")])

    check = checked(watch)
    checks.finish(check)

    [row] = Announcement.objects.filter(type="watch.changed")
    assert row.owner_id == watch.user_id
    assert (row.data["changes"], row.data["datasets"]) == (1, ["decision_makers"])
    assert "Ann" not in str(row.data)


def test_an_erased_person_is_in_no_change_and_in_nothing_that_is_remembered(watch: Watch, acme: Company) -> None:
    answered(acme, "snov_contacts", decision_makers=[person("Ann Lee", "CEO"), person("Bo Diaz")])
    checked(watch)
    assert told(watch) == [("title_changed", "Ann Lee: CTO → CEO")]
    [ann] = [each for each in known.at(acme) if each.name == "Ann Lee"]

    erase(ann)

    watch.refresh_from_db()
    assert told(watch) == []
    assert "Ann Lee" not in str(watch.seen)
    checked(watch)
    assert told(watch) == []


def test_a_watch_goes_over_to_the_company_that_its_own_turned_out_to_be(watch: Watch, acme: Company) -> None:
    left = factories.company("Acme Holding", "acme-holding.com")

    absorb(acme, into=left, learned_from="person")

    watch.refresh_from_db()
    assert watch.company == left


# --- When -------------------------------------------------------------------------------------------------------------


def due(watch: Watch) -> Watch:
    Watch.objects.filter(pk=watch.pk).update(next_at=timezone.now() - timedelta(days=20))
    return Watch.objects.get(pk=watch.pk)


def test_a_slot_is_checked_once_and_what_was_missed_is_not_made_up_for(watch: Watch) -> None:
    row = due(watch)

    assert [checks.begin(row) is not None for _ in range(3)] == [True, False, False]
    row.refresh_from_db()
    assert row.next_at > timezone.now()
    assert WatchCheck.objects.count() == 1


def test_a_tick_begins_asks_and_asks_no_second_time(watch: Watch) -> None:
    due(watch)

    checks.Watcher().tick()
    WatchCheck.objects.update(request=None)  # it died before it wrote that down
    checks.Watcher().tick()

    assert ResearchRequest.objects.count() == 1
    assert WatchCheck.objects.get().request is not None


def test_a_paused_watch_is_not_due(watch: Watch) -> None:
    keeping.change(due(watch), {"paused": True})

    checks.Watcher().tick()

    assert not WatchCheck.objects.exists()


def test_a_watch_that_goes_on_makes_up_for_nothing(watch: Watch) -> None:
    keeping.change(due(watch), {"paused": True})

    keeping.change(watch, {"paused": False})

    watch.refresh_from_db()
    assert watch.next_at > timezone.now()


def test_a_second_look_waits_for_the_first(watch: Watch) -> None:
    checks.check_now(watch)

    with pytest.raises(NotNow):
        checks.check_now(watch)


def test_a_slot_that_comes_while_a_check_is_under_way_is_left_out_in_words(watch: Watch) -> None:
    checks.check_now(watch)

    check = checks.begin(due(watch))

    assert check is not None
    assert (check.status, "still under way" in check.reason) == ("skipped", True)


# --- Money ------------------------------------------------------------------------------------------------------------


def test_a_check_asks_free_sources_alone_unless_it_is_told_otherwise(watch: Watch) -> None:
    now = timezone.now()
    assert checks.cap_of(watch, now) == 0

    row = keeping.change(watch, {"free_only": False, "max_cost": Decimal("0.5"), "monthly_cost": Decimal("0.6")})
    assert checks.cap_of(row, now) == Decimal("0.5")

    WatchCheck.objects.create(watch=row, slot=now, began=now, cost=Decimal("0.4"))
    assert checks.cap_of(row, now) == Decimal("0.2")
    WatchCheck.objects.create(watch=row, slot=now + HOUR, began=now, cost=Decimal("0.4"))
    assert checks.cap_of(row, now + HOUR) == 0


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_whole_check_costs_nothing_and_finds_nothing_at_its_first_look(plant: Office) -> None:
    watch = keep_an_eye(WatchAsk(company="acmecorp.com", consumer="profile"), user=plant.user)
    due(watch)

    checks.Watcher().tick()
    drive_on()
    checks.Watcher().tick()

    check = WatchCheck.objects.get()
    watch.refresh_from_db()
    assert (check.status, check.cost, check.changes) == ("checked", 0, 0), check.reason
    assert watch.seen
    assert watch.last_checked is not None
    assert [row.data["watchId"] for row in Announcement.objects.all()] == [str(watch.pk)]


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_in_the_sandbox_time_passes_and_the_next_check_tells_what_changed(plant: Office) -> None:
    ask = WatchAsk(company="acmecorp.com", consumer="customer_intelligence", free_only=False, max_cost=Decimal(5))
    watch = keep_an_eye(ask, user=plant.user)
    whole_check(watch)
    assert told(watch) == []

    assert chapters.turn() == chapters.Chapter(2, 4)
    whole_check(watch)
    chapters.turn()
    whole_check(watch)

    kinds = {kind for kind, _ in told(watch)}
    texts = " ".join(text for _, text in told(watch))
    assert {"signal", "added", "person_came", "person_left"} <= kinds
    assert "Acme Corp opens a Lisbon office" in texts
    assert "Datadog" in texts
    assert "Tobias Lindqvist" in texts


def whole_check(watch: Watch) -> None:
    """Begun, researched and compared, as watchdog and worker do."""
    check = checks.check_now(watch)
    checks.ask(check)
    drive_on()
    check.refresh_from_db()
    checks.go_on(check)
    check.refresh_from_db()
    assert check.status == "checked", check.reason


def test_where_providers_are_real_time_passes_by_itself(watch: Watch, settings: Any) -> None:
    settings.SANDBOX_URL = ""

    with pytest.raises(chapters.NoChapter):
        chapters.turn()


# --- What is refused --------------------------------------------------------------------------------------------------


def test_the_same_watch_twice_is_the_first_one(watch: Watch, user: User) -> None:
    with pytest.raises(WatchedAlready) as refused:
        keep_an_eye(WatchAsk(company="Acme Corp", consumer="customer_intelligence", role="AE"), user=user)

    assert refused.value.watch == watch


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"every": "hourly"}, "every"),
        ({"every": "cron", "cron": "* * * * *"}, "cron"),
        ({"time_zone": "Nowhere"}, "timeZone"),
        ({"consumer": "nothing"}, "consumer"),
        ({"role": "CEO"}, "role"),
        ({"company": "8.8.8.8"}, "company"),
    ],
)
def test_an_impossible_value_is_named(rules: None, user: User, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidWatch) as refused:
        keep_an_eye(WatchAsk(**{"company": "acmecorp.com", **more}), user=user)

    assert refused.value.errors.keys() == {field}
