"""Requests know the line of a list, or the check of a watch, that they were asked for; those of before were told so."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from enrichment.automation.bulk.dispatch import choose, start
from enrichment.automation.watches import checks
from enrichment.automation.watches.keeping import WatchAsk, keep_an_eye
from enrichment.models import BulkLine, ResearchRequest
from salesintel.accounts.models import User
from tests.enrichment.automation.conftest import Office

pytestmark = [pytest.mark.django_db, pytest.mark.once]
migration = import_module("enrichment.migrations.0043_lines_and_checks_of_requests")


@pytest.fixture
def asked(office: Office) -> tuple[ResearchRequest, ResearchRequest]:
    """The requests of a list's one line and of one check."""
    bulk = office.started(("Acme Corp", "acmecorp.com"))
    [line] = choose(bulk)
    start(bulk, BulkLine.objects.select_related("company").get(pk=line.pk))
    check = checks.check_now(keep_an_eye(WatchAsk(company="initech.com"), user=office.user))
    checks.ask(check)
    return ResearchRequest.objects.get(bulk_line=line), ResearchRequest.objects.get(watch_check=check)


def names(request: ResearchRequest) -> tuple[object, ...]:
    request.refresh_from_db()
    return request.bulk_line_id, request.attempt, request.watch_check_id, request.idempotency_key


def test_each_attempt_of_a_line_has_one_request(asked: tuple[ResearchRequest, ResearchRequest]) -> None:
    of_line, of_check = asked
    line = of_line.bulk_line
    assert line is not None

    assert names(of_line) == (line.pk, line.attempt, None, None)
    assert names(of_check) == (None, 1, of_check.watch_check_id, None)
    for same in ({"bulk_line": line, "attempt": line.attempt}, {"watch_check": of_check.watch_check}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResearchRequest.objects.create(user=of_line.user, company=of_line.company, consumer="profile", **same)


def test_keys_become_columns_and_columns_keys_again(asked: tuple[ResearchRequest, ResearchRequest]) -> None:
    before = [names(each) for each in asked]

    migration.key(apps, None)
    line, check = asked[0].bulk_line_id, asked[1].watch_check_id
    assert [names(each)[3] for each in asked] == [f"bulk-{line}-1", f"watch-{check}"]
    ResearchRequest.objects.update(bulk_line=None, attempt=None, watch_check=None)
    BulkLine.objects.update(request=None)  # whoever asked died before it was told
    migration.name(apps, None)

    assert [names(each) for each in asked] == before
    assert BulkLine.objects.get().request == asked[0]


def test_a_callers_key_that_looks_like_ours_stays_theirs(asked: tuple[ResearchRequest, ResearchRequest]) -> None:
    other, line = User.objects.create_user("other"), asked[0].bulk_line_id
    keys = {f"bulk-{line}-7": other, f"bulk-{line + 1}-1": asked[0].user, "bulk-1-x": other, "watch-99": other}
    for key, user in keys.items():
        ResearchRequest.objects.create(
            user=user, company=asked[0].company, consumer="profile", idempotency_key=key, answered=timezone.now()
        )

    migration.name(apps, None)

    assert set(ResearchRequest.objects.exclude(idempotency_key=None).values_list("idempotency_key", flat=True)) == {
        *keys
    }


def test_a_lines_earlier_attempts_stay_its_own(asked: tuple[ResearchRequest, ResearchRequest]) -> None:
    BulkLine.objects.update(request=None, attempt=2)
    line = BulkLine.objects.select_related("company", "bulk__vendor", "bulk__user").get()

    start(line.bulk, line)

    assert sorted(line.asked.values_list("attempt", flat=True)) == [1, 2]
