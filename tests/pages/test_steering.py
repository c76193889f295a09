"""Pausing, resuming and trying again from the page of a run, by mouse, keyboard and without scripts."""

import pytest
from django.urls import reverse

from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow.requests import Ask, cancel, request_research

pytestmark = pytest.mark.once


@pytest.fixture
def asked(rep):
    return request_research(Ask(consumer="profile", company="acmecorp.com"), user=rep)


def shown(page, asked):
    return page(reverse("run", args=[asked.pk])).text_


def ended(asked):
    cancel(asked)
    WorkflowRun.objects.update(status="cancelled")


def test_a_run_under_way_can_be_paused_by_buttons_of_a_plain_form(page, asked):
    text = shown(page, asked)

    assert f'id="pause" formaction="{reverse("pause", args=[asked.pk])}"' in text
    assert 'id="resume"' not in text


def test_a_paused_run_says_so_and_offers_to_go_on(page, asked):
    answer = page.post(reverse("pause", args=[asked.pk]))

    text = page(answer["Location"]).text_
    assert "Paused: nothing is bought for you" in text
    assert 'data-announce="Paused."' in text
    assert 'id="resume"' in text
    assert 'id="pause"' not in text


def test_a_pause_for_an_hour_says_until_when(page, asked):
    page.post(reverse("pause", args=[asked.pk]), minutes="60")

    assert "Paused until " in shown(page, asked)


def test_a_resumed_run_is_in_progress(page, asked):
    page.post(reverse("pause", args=[asked.pk]))

    page.post(reverse("resume", args=[asked.pk]))

    assert "in progress" in shown(page, asked)


def test_what_is_no_longer_possible_is_said_on_the_page(page, asked):
    answer = page.post(reverse("resume", args=[asked.pk]))

    assert answer.status_code == 409
    assert '<p class="note note--error" role="alert">It is not paused.</p>' in answer.text_


def test_a_cancelled_run_can_be_tried_again(page, asked):
    ended(asked)
    assert 'id="retry"' in shown(page, asked)

    page.post(reverse("retry", args=[asked.pk]))

    assert ResearchRequest.objects.get(pk=asked.pk).status == "attached"
    assert 'id="retry"' not in shown(page, asked)


def test_a_brief_without_gaps_is_not_tried_again(page, answered):
    answered.report.gaps = []
    answered.report.save()

    assert 'id="retry"' not in shown(page, answered)
