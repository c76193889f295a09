"""A consumer that an admin made in the admin: asked for at once by program, by command and on the page."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from enrichment.models import DataConsumer, Dataset, ResearchRequest
from enrichment.sandbox.server import SandboxServer
from salesintel.accounts.models import User
from tests import seeding
from tests.admin.test_rules_admin import Fields
from tests.driving import drive_on

DATASETS = ("company_name", "company_domain", "industry", "employee_count", "recent_news", "key_contacts")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def renewal_check(transactional_db: None, sandbox: SandboxServer) -> str:
    """The slug of a consumer that an admin made by its form, six requirements below it."""
    seeding.rules()
    seeding.demo_companies()
    client = Client()
    client.force_login(User.objects.create_superuser("chief", "chief@example.com", "correct horse"))
    add = reverse("admin:enrichment_dataconsumer_add")
    data = {name: v for name, v in Fields(client.get(add).content.decode()).data.items() if not name.startswith("_")}
    data |= {"slug": ["renewal_check"], "label": ["Renewal check"], "max_cost": ["1"], "max_wait": ["0:15:00"]}
    data |= {"requirements-TOTAL_FORMS": ["6"]}
    for place, slug in enumerate(DATASETS):
        row = {"dataset": str(Dataset.objects.get(slug=slug).pk), "weight": "1", "threshold": "", "required": "on"}
        data |= {f"requirements-{place}-{name}": [value] for name, value in row.items()}
    client.post(add, data)
    assert DataConsumer.objects.get(slug="renewal_check").requirements.count() == 6
    return "renewal_check"


def answered() -> ResearchRequest:
    """The one request, when its run is done."""
    for _ in range(5):
        drive_on()
        if (asked := ResearchRequest.objects.get()).status != "attached":
            break
    assert asked.report is not None, asked.status
    return asked


def test_a_program_asks_for_it(renewal_check: str, api_client: APIClient) -> None:
    begun = api_client.post("/api/v1/runs", {"company": "acmecorp.com", "consumer": renewal_check}, format="json")

    answered()

    told = api_client.get(f"/api/v1/analysis/status/{begun.json()['requestId']}").json()
    assert begun.status_code == 202
    assert told["status"] == "completed"
    assert "employee_count" in json.dumps(told["data"])


def test_a_person_asks_for_it_on_the_page(renewal_check: str, client: Client, user: User) -> None:
    client.force_login(user)
    home = client.get(reverse("home")).content.decode()

    begun = client.post(reverse("start"), {"company": "acmecorp.com", "consumer": renewal_check})

    asked = answered()
    page = client.get(reverse("brief", args=[asked.pk]))
    assert "Renewal check" in home
    assert begun["Location"] == reverse("run", args=[asked.pk])
    assert (asked.consumer, page.status_code) == (renewal_check, 200)
    assert "Acme" in page.content.decode()


def test_a_command_explains_its_plan(renewal_check: str) -> None:
    out = StringIO()

    call_command("plan", "acmecorp.com", "--consumer", renewal_check, "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert told["consumer"] == renewal_check
    assert {row["dataset"] for row in told["plan"]["expectations"]} == set(DATASETS)


def test_a_page_explains_its_plan_and_lets_another_consumer_be_chosen(
    renewal_check: str, client: Client, user: User
) -> None:
    client.force_login(user)

    shown = client.get(reverse("plan"), {"company": "acmecorp.com", "vendor": "Okta", "consumer": renewal_check})
    page, plan = shown.content.decode(), shown.context["plan"]

    assert plan.consumer == "Renewal check"
    assert {need.label for need in plan.picture.needs} == {
        row.label for row in Dataset.objects.filter(slug__in=DATASETS)
    }
    assert '<option value="renewal_check" selected>' in page
    assert '<option value="customer_intelligence">' in page


def test_a_program_explains_its_plan(renewal_check: str, api_client: APIClient) -> None:
    told = api_client.post("/api/v1/plans", {"company": "acmecorp.com", "consumer": renewal_check}, format="json")

    assert {row["dataset"] for row in told.json()["plan"]["expectations"]} == set(DATASETS)


def test_the_vendor_is_needed_for_a_brief_alone(renewal_check: str, client: Client, user: User) -> None:
    client.force_login(user)

    page = client.post(reverse("start"), {"company": "acmecorp.com", "vendor": ""})

    assert page.status_code == 400
    assert "This field is required." in page.content.decode()
