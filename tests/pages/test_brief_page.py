"""The brief: what it says, what bears it, what is missing, for whom it was written."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from enrichment.models import ResearchRequest, SalesRole, SourceCall
from tests import factories

pytestmark = pytest.mark.once


@pytest.fixture
def brief(page, answered):
    return page(reverse("brief", args=[answered.pk]))


def test_every_part_of_the_documents_example_is_there(brief):
    parts = (
        "Who they are", "Why now", "Whom to talk to", "How we fit", "What to say", "What they will object",
        "What they use today", "Technology", "Data quality", "Gaps", "Cost", "Sources",
    )  # fmt: skip

    assert [part for part in parts if f">{part}</h2>" not in brief.text_] == []


def test_every_part_has_its_line_in_the_contents_and_each_leads_to_its_heading(brief):
    headings = re.findall(r'<h2 id="([a-z]+-title)">([^<]+)</h2>', brief.text_.partition("<dialog")[0])

    lines = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', brief.text_)

    assert lines == [heading for heading in headings if heading[0] != "rating-title"]
    assert len(lines) > 10


@pytest.mark.parametrize(
    "text",
    [
        "Acme Corp secures payment interfaces", "Acme Corp raises $50M to open offices in Europe", "Alicia Tran",
        "Open post", "Workforce Identity Cloud", "How do you manage access across Slack and AWS today?",
        "Azure AD", "Okta works beside Azure AD.", "Kubernetes", "high urgency", "Purchase intent",
        "Fill it for up to $0.30", "86 %", "1 statement left out", "$0.27",
    ],
)  # fmt: skip
def test_what_was_written_is_shown(text, brief):
    assert text in brief.text_


def test_a_statement_opens_its_evidence_with_or_without_scripts(brief):
    assert 'href="#source-1" data-evidence="source-1"' in brief.text_
    assert 'id="source-1"' in brief.text_


def test_a_source_opens_elsewhere_without_telling_from_where(brief):
    assert 'href="https://acmecorp.com/about" rel="noopener noreferrer nofollow" target="_blank"' in brief.text_


def test_scraped_and_written_text_is_text_and_never_a_link_that_runs(page, rep):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    body = json.loads(json.dumps(factories.BODY).replace("Acme Corp", hostile.replace('"', "")))
    evidence = {"e1": factories.item(title=hostile, url="javascript:alert(1)", publisher=hostile, text=hostile)}
    asked = factories.answered(rep, report_values={"body": body, "evidence": evidence})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "<script>alert" not in text
    assert "<img" not in text
    assert "javascript:" not in text


def test_a_brief_made_of_sandbox_data_says_so_even_on_a_live_system(page, answered, settings):
    settings.SANDBOX_URL = ""

    text = page(reverse("brief", args=[answered.pk])).text_

    assert "it came from the local sandbox" in text
    assert "sandbox: invented" in text


def test_live_data_is_not_called_invented(page, rep, settings):
    settings.SANDBOX_URL = ""
    asked = factories.answered(rep, report_values={"origin": "live"})

    assert "invented" not in page(reverse("brief", args=[asked.pk])).text_


def test_a_request_without_a_brief_leads_to_its_run(page, rep):
    asked = factories.request(rep)

    answer = page(reverse("brief", args=[asked.pk]))

    assert answer["Location"] == reverse("run", args=[asked.pk])


def test_switching_the_role_asks_the_same_for_the_other_role(page, answered):
    answer = page.post(reverse("again", args=[answered.pk]), role="SE", nonce="n1")

    asked = ResearchRequest.objects.latest("created")
    assert answer["Location"] == reverse("run", args=[asked.pk])
    assert (asked.company, asked.vendor, asked.seller) == (
        answered.company, answered.vendor, {**answered.seller, "role": "SE"},
    )  # fmt: skip


def test_an_unknown_role_starts_nothing_and_says_why(page, answered):
    answer = page.post(reverse("again", args=[answered.pk]), role="CEO")

    assert answer.status_code == 400
    assert "is no role" in answer.text_
    assert ResearchRequest.objects.count() == 1


def test_refreshing_does_not_count_what_is_held(page, answered):
    page.post(reverse("again", args=[answered.pk]), refresh="on", nonce="n1")

    assert ResearchRequest.objects.latest("created").not_before is not None


def test_a_refresh_is_quoted_before_it_is_bought(page, answered, sandbox):
    answer = page(reverse("refresh-quote", args=[answered.pk]))

    assert [price.label for price in answer.context["prices"]] == ["If all goes well", "Expected", "At most"]
    assert SourceCall.objects.filter(run=answered.run).count() == SourceCall.objects.count()


def test_the_file_is_the_apis_own_answer(page, answered):
    answer = page(reverse("brief-file", args=[answered.pk]))

    assert answer["Content-Disposition"] == 'attachment; filename="brief-acme-corp.json"'
    assert json.loads(answer.content)["data"]["analysis"]["customer"] == factories.BODY["customer"]


def test_a_brief_of_another_consumer_is_readable(page, rep):
    body = {"companyName": "Okta", "products": ["Workforce Identity Cloud"], "valuePropositions": ["One sign-on"]}
    asked = factories.answered(rep, report_values={"body": body, "consumer": "vendor_context"})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "Workforce Identity Cloud" in text
    assert "One sign-on" in text


def test_an_empty_brief_says_what_was_not_found(page, rep):
    asked = factories.answered(rep, report_values={"body": {"customer": {}}, "evidence": {}, "statements": {}})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "Nothing recent was found." in text
    assert "No person was found who is named in a source." in text


def test_technology_that_was_not_seen_is_called_invisible_and_not_absent(page, rep):
    stack = {"infrastructure": ["AWS"], "security": [], "observations": []}

    body = {"customer": {"name": "Acme"}, "tech_stack": stack}
    asked = factories.answered(rep, report_values={"body": body, "evidence": {}, "statements": {}})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "Not visible from here: Security, Backend, Frontend, Analytics, Collaboration." in text
    assert "That is not to say that none is used." in text
    assert "does not use" not in text


def test_an_overfull_brief_shows_the_first_and_keeps_the_rest_at_hand(page, rep):
    body = {**factories.BODY, "target_contacts": [{"name": f"Person {n}", "title": "VP"} for n in range(60)]}
    asked = factories.answered(rep, report_values={"body": body})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "All 60 people" in text
    assert "Person 59" in text


def test_the_page_costs_the_same_however_long_the_brief_is(page, warm, rep, django_assert_max_num_queries):
    body = {**factories.BODY, "news_signals": factories.BODY["news_signals"] * 20}
    asked = factories.answered(rep, report_values={"body": body})
    warm(reverse("brief", args=[asked.pk]))

    with django_assert_max_num_queries(10):
        page(reverse("brief", args=[asked.pk]))


def test_a_brief_that_is_being_renewed_says_so_and_looks_again(page, answered):
    ResearchRequest.objects.update(status="attached")

    text = page(reverse("brief", args=[answered.pk])).text_

    assert "is being renewed" in text
    assert f'hx-get="{reverse("renewal", args=[answered.pk])}?shown={answered.report_id}" hx-trigger="every 2s"' in text


def test_when_the_renewal_is_there_it_is_offered(page, answered):
    part = page(f"{reverse('renewal', args=[answered.pk])}?shown={uuid4()}").text_

    assert "A fresh brief is ready" in part
    assert "hx-get" not in part


def test_a_renewal_that_brought_nothing_better_says_so(page, answered):
    assert "this one is kept" in page(f"{reverse('renewal', args=[answered.pk])}?shown={answered.report_id}").text_


def test_a_brief_says_which_engine_failed_before_the_one_that_wrote_it(page, rep):
    asked = factories.answered(rep, report_values={"failures": ["anthropic: it <refused>"]})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "builtin, because others failed: anthropic: it &lt;refused&gt;" in text


@pytest.mark.parametrize(
    ("role", "first", "last"),
    [
        ("AE", "Why now", "Technology"),
        ("SE", "Technology", "What they will object"),
        ("CSM", "Whom to talk to", "Technology"),
    ],
)
def test_the_parts_stand_in_the_order_of_the_reps_role(page, rep, role, first, last):
    asked = factories.answered(rep, seller={"role": role})

    text = page(reverse("brief", args=[asked.pk])).text_

    parts = [
        "Why now",
        "Whom to talk to",
        "How we fit",
        "What to say",
        "What they will object",
        "What they use today",
        "Technology",
    ]
    order = sorted(parts, key=lambda part: text.index(f">{part}</h2>"))
    assert (order[0], order[-1]) == (first, last)


def test_an_order_that_an_admin_changes_holds_for_briefs_that_are_there_already(page, rep):
    asked = factories.answered(rep, seller={"role": "SE"})
    role = SalesRole.objects.get(slug="SE")
    role.section_order = ["say"]
    role.save()

    text = page(reverse("brief", args=[asked.pk])).text_

    assert text.index(">What to say</h2>") < text.index(">Why now</h2>") < text.index(">Technology</h2>")
