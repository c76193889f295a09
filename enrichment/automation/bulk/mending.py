"""Lines that were refused are mended in their place: told which company they mean, or left out. Buys nothing."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from enrichment.automation.bulk import pricing
from enrichment.automation.bulk.model import InvalidBulk, NotNow
from enrichment.automation.bulk.reading import plain
from enrichment.automation.bulk.telling import REFUSED
from enrichment.models import Bulk, BulkLine
from salesintel import audit

State = BulkLine.State


def mend(line: BulkLine, *, name: str = "", domain: str = "") -> BulkLine:
    """The line means this company: a name, a domain, or the `#number` of a candidate in the place of a domain.

    It is looked at and priced as a line that was sent so, and waits its turn; where the list is over, for a retry. It
    may be refused again, in words. Raises `InvalidBulk`, `NotNow`.
    """
    name, domain = plain(name), plain(domain)
    if not (name or domain):
        raise InvalidBulk({"domain": ["Give the company's domain or name, or #number of a candidate."]})
    _must_be_refused(line)
    line.name, line.domain, line.reason, line.key, line.company = name or line.name, domain, "", "", None
    pricing.Desk(line.bulk, timezone.now()).price([line])  # before the row is locked: writers need not wait for it
    return _changed(line, lambda row: _take_over(row, line))


def _take_over(row: BulkLine, priced: BulkLine) -> None:
    for name in ("name", "domain", *pricing.COLUMNS):
        setattr(row, name, getattr(priced, name))


def drop(line: BulkLine) -> BulkLine:
    """Leave the line out: it is not started, and not among the problems any more. Raises `NotNow`."""
    _must_be_refused(line)

    def left_out(row: BulkLine) -> None:
        row.state, row.reason, row.key = State.DROPPED, "You left it out.", ""

    return _changed(line, left_out)


@transaction.atomic
def _changed(line: BulkLine, change: Callable[[BulkLine], None]) -> BulkLine:
    """The line as it stands after the change, and its place in the order. Raises `NotNow`."""
    bulk = Bulk.objects.select_for_update(no_key=True).get(pk=line.bulk_id)
    row = bulk.lines.select_for_update(of=("self",), no_key=True).get(pk=line.pk)
    row.bulk = bulk
    _must_be_refused(row)
    change(row)
    row.save(update_fields=["name", "domain", *pricing.COLUMNS])
    audit.record("leave out" if row.state == State.DROPPED else "mend", row)
    if row.state == State.READY and bulk.status != Bulk.Status.QUOTING:
        pricing.rank(bulk)
    return row


def _must_be_refused(line: BulkLine) -> None:
    if line.bulk.status == Bulk.Status.CANCELLED:
        raise NotNow("The list was cancelled; send these companies anew.")
    if line.state not in REFUSED:
        label = State(line.state).label
        raise NotNow(f"Line {line.line} is “{label}”: only lines that were refused can be mended or left out.")
