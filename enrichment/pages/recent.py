"""A person's last requests, as lines of a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrichment.models import CHAT_ANSWER, Company, ResearchRequest
from enrichment.pages.words import State, age, label_of, request_state, usd
from enrichment.workflow.answers import origin_of, spent_by
from salesintel.accounts.models import User

MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request. `page` is the name of the address that shows it: run or brief."""

    id: UUID
    company: str
    vendor: str
    role: str
    consumer: str
    state: State
    age: str
    cost: str
    page: str
    sandbox: bool


def lines(user: User, *, now: datetime, company: Company | None = None) -> list[Line]:
    """The user's own requests, of one company where it is given, newest first; one query.

    Not those of lists and watches, nor what paid for an engine's answer in a conversation.
    """
    rows = ResearchRequest.objects.visible_to(user).filter(parent=None, attempt=None).exclude(consumer=CHAT_ANSWER)
    if company is not None:
        rows = rows.filter(company=company)
    rows = rows.select_related("company", "vendor", "run", "report").defer(
        "run__plan_input",
        "report__body",
        "report__statements",
        "report__evidence",
        "report__withheld",
        "report__conflicts",
    )
    return [_line(row, now) for row in rows[:MOST]]


def _line(row: ResearchRequest, now: datetime) -> Line:
    return Line(
        id=row.pk,
        company=row.company.name,
        vendor=row.vendor.name if row.vendor else "",
        role=str(row.seller.get("role", "")),
        consumer=label_of(row.consumer),
        state=request_state(row),
        age=age(row.created, now),
        cost=usd(spent_by(row)),
        page="brief" if row.report_id and row.status == ResearchRequest.Status.ANSWERED else "run",
        sandbox=origin_of(row) == "sandbox",
    )
