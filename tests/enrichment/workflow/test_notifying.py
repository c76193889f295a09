"""How runs end is announced: to each who asked, about their own request, once."""

import pytest

from enrichment.models import Announcement, ResearchRequest, UserNotice, WebhookDelivery, WorkflowRun
from enrichment.workflow.finish import fail
from salesintel.accounts.models import User
from tests.driving import drive_on
from tests.enrichment.delivery.conftest import endpoint
from tests.enrichment.workflow.conftest import Desk


def told() -> dict[str, list[str]]:
    """Who was told what of which type, in order."""
    found: dict[str, list[str]] = {}
    for row in Announcement.objects.order_by("at"):
        found.setdefault(row.owner.username if row.owner else "", []).append(row.type)
    return found


def test_everybody_who_asked_is_told_of_their_own_request(desk: Desk) -> None:
    other = User.objects.create_user("other")
    endpoint(other, "https://hooks.example.com/in")
    first = desk.ask("Acme Corp", consumer="profile")
    second = desk.ask("Acme Corp", consumer="profile", user=other)

    drive_on()

    assert first.run_id == second.run_id
    rows = {row.owner.username: row for row in Announcement.objects.select_related("owner")}
    assert {name: row.data["requestId"] for name, row in rows.items()} == {
        "rep": str(first.pk),
        "other": str(second.pk),
    }
    status = WorkflowRun.objects.get(pk=first.run_id).status
    first.refresh_from_db()
    assert rows["rep"].type == f"run.{status}"
    assert rows["rep"].data == {
        "requestId": str(first.pk),
        "consumer": "profile",
        "company": {"id": first.company_id, "name": first.company.name, "domain": first.company.domain},
        "status": "completed",
        "stopReason": first.report.stop_reason,
        "gaps": len(first.report.gaps),
        "totalCost": float(first.spent),
        "cacheSavings": float(first.saved),
        "sandbox": True,
        "statusEndpoint": f"/api/v1/analysis/status/{first.pk}",
    }
    assert rows["other"].data["totalCost"] == 0
    assert first.spent > 0
    assert UserNotice.objects.count() == 2
    assert [row.endpoint.user for row in WebhookDelivery.objects.all()] == [other]


def test_what_was_asked_on_behalf_of_a_request_is_told_with_it(desk: Desk) -> None:
    request = desk.research("Acme Corp")

    assert ResearchRequest.objects.filter(parent=request).exists()
    assert [row.data["requestId"] for row in Announcement.objects.all()] == [str(request.pk)]


def test_an_answer_from_the_cache_is_no_news(desk: Desk) -> None:
    desk.research("Acme Corp", consumer="profile")

    again = desk.research("Acme Corp", consumer="profile")

    assert again.from_cache
    assert Announcement.objects.count() == 1


def test_a_failure_is_told_without_its_words(desk: Desk) -> None:
    request = desk.ask("Acme Corp", consumer="profile")

    fail(request.run, "Jane Doe's key was refused.")

    [row] = Announcement.objects.all()
    assert (row.type, row.data["status"], row.data["stopReason"]) == ("run.failed", "failed", "failed")
    assert "Jane" not in str(row.data)


def test_bulk_work_is_told_to_webhooks_alone(desk: Desk) -> None:
    request = desk.ask("Acme Corp", consumer="profile")
    ResearchRequest.objects.filter(pk=request.pk).update(attempt=1)  # of some list's line

    fail(request.run, "It could not go on.")

    assert told() == {"rep": ["run.failed"]}
    assert not UserNotice.objects.exists()


@pytest.mark.once
def test_the_end_of_another_attempt_is_told_again(desk: Desk) -> None:
    from enrichment.workflow.retries import retry

    request = desk.ask("Acme Corp", consumer="profile")
    fail(request.run, "It could not go on.")
    retry(request)
    drive_on()

    first, second = told()["rep"]
    assert first == "run.failed"
    assert second in {"run.completed", "run.partial"}
