"""Stars on a brief, the use of its sections, and the gap that is filled by a button."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enrichment.models import Rating, ResearchRequest, SectionUse
from enrichment.workflow.rating import count_use, rate
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def uses() -> dict[tuple[str, str], int]:
    return {(row.section, row.action): row.count for row in SectionUse.objects.all()}


@pytest.fixture
def address(answered):
    return reverse("rating", args=[answered.pk])


def test_stars_and_a_reason_are_kept_and_shown_again(page, answered, address):
    page.post(address, stars="4", reason="  Good opener. ")

    assert Rating.objects.values_list("stars", "reason").get() == (4, "Good opener.")
    assert "You gave 4 of 5 stars." in page(reverse("brief", args=[answered.pk])).text_


def test_a_rating_is_changed_in_place(page, address):
    page.post(address, stars="4")
    page.post(address, stars="2", reason="Stale.")

    assert Rating.objects.values_list("stars", "reason").get() == (2, "Stale.")


def test_what_is_taken_back_can_be_had_again(page, address):
    page.post(address, stars="4", reason="Good opener.")

    part = page.client.post(address, {"take_back": "1", "stars": "4"}, headers=HTMX).content.decode()

    assert not Rating.objects.exists()
    assert "Undo" in part
    assert '<input type="hidden" name="reason" value="Good opener.">' in part


@pytest.mark.parametrize("stars", ["0", "6", "", "five"])
def test_other_than_one_to_five_stars_is_refused_in_words(page, address, stars):
    part = page.client.post(address, {"stars": stars}, headers=HTMX).content.decode()

    assert not Rating.objects.exists()
    assert 'role="alert"' in part


def test_a_colleague_neither_sees_nor_changes_my_rating(page, other, address, answered):
    page.post(address, stars="4", reason="My secret thought")
    theirs = Client()
    theirs.force_login(other)

    assert theirs.post(address, {"stars": "1"}).status_code == 404
    assert Rating.objects.get().stars == 4


def test_a_rating_wants_a_token(rep, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rep)

    assert client.post(address, {"stars": "4"}).status_code == 403


def test_a_reason_is_text_and_nothing_that_runs(page, answered, address):
    page.post(address, stars="4", reason="</textarea><script>alert(1)</script>")

    assert "<script>alert" not in page(reverse("brief", args=[answered.pk])).text_


def test_a_reading_and_what_is_used_in_it_are_counted_without_a_name(page, answered):
    page(reverse("brief", args=[answered.pk]))
    page.post(reverse("used", args=[answered.pk]), section="now", action="evidence")
    page.post(reverse("used", args=[answered.pk]), section="now", action="evidence")

    assert uses() == {("brief", "shown"): 1, ("now", "evidence"): 2}
    assert not {"user", "report", "request"} & {field.name for field in SectionUse._meta.get_fields()}


@pytest.mark.parametrize("sign", ["DNT", "Sec-GPC"])
def test_who_asks_not_to_be_tracked_is_not_counted(page, answered, sign):
    page.client.get(reverse("brief", args=[answered.pk]), headers={sign: "1"})
    page.client.post(reverse("used", args=[answered.pk]), {"section": "now", "action": "copied"}, headers={sign: "1"})

    assert uses() == {}


@pytest.mark.parametrize(
    ("section", "action"), [("nowhere", "evidence"), ("now", "shown"), ("now", "looked"), ("", "")]
)
def test_made_up_sections_and_actions_count_nothing(page, answered, section, action):
    assert page.post(reverse("used", args=[answered.pk]), section=section, action=action).status_code == 204
    assert uses() == {}


def test_the_costs_page_tells_stars_by_prompt_and_the_use_of_sections(page, rep, answered, grant):
    answered.report.prompt = "v3"
    answered.report.save(update_fields=["prompt"])
    rate(answered, rep, stars=5)
    for action in ("shown", "shown", "exported"):
        count_use(answered.report, "brief", action, at=timezone.now())
    count_use(answered.report, "now", "evidence", at=timezone.now())
    grant(rep, "see_costs")

    text = page("/costs/").text_

    assert "Version 3" in text
    assert "5.0 of 5" in text
    assert "1 (50 %)" in text


@pytest.fixture
def grant():
    from django.contrib.auth.models import Permission

    def give(user, codename):
        user.user_permissions.add(Permission.objects.get(codename=codename))

    return give


def test_more_ratings_are_not_more_queries(warm, rep, answered, grant, django_assert_max_num_queries):
    grant(rep, "see_costs")
    for number in range(12):
        more = factories.answered(rep, report_values={"role": f"R{number}", "engine": f"e{number}"})
        rate(more, rep, stars=3)
        count_use(more.report, "now", "evidence", at=timezone.now())
    warm("/costs/")

    with django_assert_max_num_queries(19):
        warm("/costs/")


# --- Gaps -------------------------------------------------------------------------------------------------------------


def test_a_gap_says_what_filling_it_costs_before_anything_is_bought(page, answered):
    part = page(reverse("fill", args=[answered.pk, "purchase_intent"])).text_

    assert "Fill Purchase intent" in part
    assert ResearchRequest.objects.count() == 1


def test_a_gap_is_filled_by_a_run_that_must_find_it(page, answered):
    page.post(reverse("fill", args=[answered.pk, "purchase_intent"]), nonce="n")

    started = ResearchRequest.objects.exclude(pk=answered.pk).get()
    assert started.require == ["purchase_intent"]
    assert (started.company, started.vendor) == (answered.company, answered.vendor)


def test_a_limit_that_kept_a_gap_open_is_raised_by_the_price_of_the_gap(page, answered):
    answered.cap = Decimal("0.05")
    answered.save()

    assert "never pass $0.35" in page(reverse("fill", args=[answered.pk, "purchase_intent"])).text_

    page.post(reverse("fill", args=[answered.pk, "purchase_intent"]), nonce="n")

    assert ResearchRequest.objects.exclude(pk=answered.pk).get().cap == Decimal("0.35")


def test_pressing_twice_fills_once(page, answered):
    for _ in range(2):
        page.post(reverse("fill", args=[answered.pk, "purchase_intent"]), nonce="n")

    assert ResearchRequest.objects.exclude(pk=answered.pk).count() == 1


def test_what_is_no_gap_is_not_filled(page, answered):
    assert page(reverse("fill", args=[answered.pk, "industry"])).status_code == 404
    assert page.post(reverse("fill", args=[answered.pk, "industry"])).status_code == 404


# --- Quality ----------------------------------------------------------------------------------------------------------


def test_the_brief_names_what_drags_its_quality_down(page, rep):
    part = {"dataset": "tech_stack", "weight": 2.0, "found": False, "reliability": 0.0, "freshness": 0.0, "lost": 0.12}
    asked = factories.answered(rep, report_values={"quality": {**factories.QUALITY, "parts": [part]}})

    text = page(reverse("brief", args=[asked.pk])).text_

    assert "What drags it down" in text
    assert "Technology stack</strong>" in text
    assert "not found; takes 12 % off" in text
