"""R19: many processes that write to one database never find it locked."""

from django.db import OperationalError, transaction
from django.db.models import F

from enrichment.models import Company
from tests.reliability import work
from tests.reliability.audit import Verdict
from tests.reliability.house import House

PROCESSES = 8


def write_often(company: int, times: int) -> None:
    """Read, then write, so many times. Exits with 1 where the database was locked."""
    for _ in range(times):
        try:
            with transaction.atomic():
                seen = Company.objects.select_for_update().get(pk=company)
                Company.objects.filter(pk=seen.pk).update(data_epoch=F("data_epoch") + 1)
        except OperationalError as error:
            raise SystemExit(1) from error


def never_locked(house: House, count: int) -> Verdict:
    """Eight processes, `count` transactions each, all on one row."""
    company = Company.objects.create(name="Locked Ltd", domain="locked.example")
    found = []
    try:
        house.crew.together(work.call, write_often, (company.pk, count), count=PROCESSES)
    except AssertionError as codes:
        found.append(f"the processes ended with {codes}")
    company.refresh_from_db()
    lost = PROCESSES * count - company.data_epoch
    if lost:
        found.append(f"{lost} of {PROCESSES * count} writes are lost")
    return Verdict(id="R19", trials=PROCESSES * count, violations=tuple(found), worst=f"{lost} writes lost or locked")
