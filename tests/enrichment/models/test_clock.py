from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from enrichment.models import Company, Fill
from enrichment.models.clock import DatabaseNow, database_now
from tests.enrichment import market

pytestmark = pytest.mark.django_db


def test_the_databases_time_is_aware_and_about_ours() -> None:
    moment = database_now()

    assert moment.utcoffset() == timedelta(0)
    assert abs(moment.astimezone(UTC) - timezone.now()) < timedelta(seconds=5)


def test_a_lease_ends_by_the_databases_time() -> None:
    Fill.objects.create(key="ended", lease_until=database_now() - timedelta(seconds=1))
    Fill.objects.create(key="runs", lease_until=database_now() + timedelta(seconds=60))

    ended = Fill.objects.filter(lease_until__lt=DatabaseNow())

    assert [row.key for row in ended] == ["ended"]


def test_a_span_from_now_is_reckoned_in_the_database() -> None:
    made = market.company()

    Company.objects.filter(pk=made.pk).update(created=DatabaseNow() + timedelta(hours=1))

    made.refresh_from_db()
    assert timedelta(minutes=59) < made.created - database_now() < timedelta(minutes=61)


@pytest.mark.postgres
def test_time_goes_on_inside_a_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        first = database_now()
        cursor.execute("SELECT pg_sleep(0.02)")
        second = database_now()

    assert second - first >= timedelta(milliseconds=20)
