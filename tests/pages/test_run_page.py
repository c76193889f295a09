"""The page of a run: how far it is, what it found, what is missing, what it costs."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.once


@pytest.fixture
def under_way(rep):
    """A request whose run has asked two sources, one of which has answered."""
    work = factories.run()
    factories.step(work, "cache_check", hit=False, held=[])
    factories.step(work, "plan", plan=factories.plan_of("serp_news", "snov_contacts", "company_website"))
    wave = factories.step(work, "collect", wave=1, sources=["serp_news", "snov_contacts"], outcomes=[])
    type(wave).objects.filter(pk=wave.pk).update(status="running", finished=None)
    factories.event(work, "planned", sources=["serp_news", "snov_contacts", "company_website"], reused=[])
    factories.call(work, "serp_news", "serpapi", cost="0.02")
    factories.call(work, "snov_contacts", "snov", status="intent", cost="0", answered=None)
    factories.event(work, "source_update", source="serp_news", status="ok", cost="0.02")
    factories.event(work, "partial_results", source="serp_news", datasets=["recent_activities"])
    factories.fact(work.company, "industry", "Financial technology")
    return factories.request(rep, work, spent="0.02")


def live(page, asked):
    return page(reverse("live", args=[asked.pk]))


def test_sources_show_how_they_do(page, under_way):
    lines = live(page, under_way).context["progress"].sources

    assert [(line.label, line.state.label) for line in lines] == [
        ("Google News", "answered"), ("Snov contacts", "asking"), ("Company's own site", "next"),
    ]  # fmt: skip
    assert (lines[0].cost, lines[0].gave, lines[1].cost) == ("$0.02", "Recent activities", "")


def test_what_is_known_is_readable_and_what_is_missing_is_named(page, under_way):
    progress = live(page, under_way).context["progress"]

    assert [(finding.label, finding.texts) for finding in progress.found] == [("Industry", ["Financial technology"])]
    assert "Technology stack" in progress.missing
    assert "Industry" not in progress.missing


def test_findings_are_read_before_the_last_source_has_answered(page, under_way):
    found = {"kind": "news", "text": "Acme <b>raises</b> $50M", "signal": "funding", "date": "2026-11-17"}
    link = {"evidence": ["e1"], "url": "https://techcrunch.sandbox.example/acme"}
    factories.event(
        under_way.run, "partial_results", source="serp_news", datasets=["recent_news"], findings=[{**found, **link}]
    )

    text = live(page, under_way).text_

    assert "Acme &lt;b&gt;raises&lt;/b&gt; $50M" in text
    assert "Funding, 2026-11-17 · Google News" in text
    assert 'href="https://techcrunch.sandbox.example/acme"' in text


def test_cost_and_cap_are_the_requests_own(page, under_way):
    progress = live(page, under_way).context["progress"]

    assert (progress.cost, progress.cap, progress.expected) == ("$0.02", "$2.50", "$0.27")


def test_the_page_renews_itself_while_the_run_is_under_way(page, under_way):
    assert f'hx-get="{reverse("live", args=[under_way.pk])}" hx-trigger="news, every 5s"' in live(page, under_way).text_


def test_the_page_stops_renewing_itself_when_the_brief_is_there(page, answered):
    text = page(reverse("run", args=[answered.pk])).text_

    assert "every 5s" not in text
    assert f'href="{reverse("brief", args=[answered.pk])}"' in text


def test_without_scripts_the_page_is_read_and_loaded_again(page, under_way):
    text = page(reverse("run", args=[under_way.pk])).text_

    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text
    assert "Financial technology" in text


def test_cancelling_stops_the_request_and_says_so(page, under_way):
    answer = page.post(reverse("cancel", args=[under_way.pk]))

    text = page(answer["Location"]).text_
    under_way.refresh_from_db()
    assert under_way.status == "cancelled"
    assert "It was cancelled." in text
    assert "every 5s" not in text


def test_a_run_that_failed_says_why(page, rep):
    work = factories.run(status="failed", error="The step “analyse” was started 3 times and never ended.")
    asked = factories.request(rep, work, status="failed")

    assert "was started 3 times and never ended" in page(reverse("run", args=[asked.pk])).text_


def test_a_request_answered_from_the_cache_has_a_page_too(page, rep, answered):
    cached = factories.request(
        rep, answered.run, run=None, report=answered.report, from_cache=True, status="answered", saved="0.27"
    )

    progress = page(reverse("run", args=[cached.pk])).context["progress"]

    assert (progress.is_ready, progress.cost, progress.saved) == (True, "$0.00", "$0.27")
    assert progress.state.label == "ready, from cache"


def test_the_timeline_tells_time_money_and_state_of_every_span(page, answered):
    rows = page(reverse("run", args=[answered.pk])).context["progress"].timeline.rows

    told = {row.label: (row.took, row.cost, row.state.label) for row in rows}
    assert told["Snov contacts"] == ("1.6 s", "$0.10", "answered")
    assert told["Bright Data company database"] == ("2.0 s", "", "failed")


def test_hostile_words_of_a_provider_are_text(page, rep):
    work = factories.run()
    factories.step(work, "collect", wave=1, outcomes=[])
    factories.call(work, "serp_news", "serpapi", status="failed", error="<script>alert(1)</script>")
    factories.fact(work.company, "industry", "<img src=x onerror=alert(1)>")
    factories.event(work, "warning", detail="<script>alert(2)</script>")

    text = page(reverse("run", args=[factories.request(rep, work).pk])).text_

    assert "<script>alert" not in text
    assert "<img" not in text


def test_the_page_costs_the_same_however_much_was_asked_and_found(page, warm, under_way, django_assert_max_num_queries):
    warm(reverse("live", args=[under_way.pk]))
    for place in range(10):
        factories.call(under_way.run, f"source_{place}", "serpapi")
        factories.event(under_way.run, "source_update", source=f"source_{place}", status="ok")

    with django_assert_max_num_queries(16):
        live(page, under_way)
