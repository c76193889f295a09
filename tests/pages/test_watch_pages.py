"""Watches as a rep makes and reads them, and the mail of what changed."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from enrichment.automation.watches import digest
from enrichment.automation.watches.digest import DigestMailer
from enrichment.models import Digest, Watch, WatchChange, WatchCheck
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def watch(page, rep) -> Watch:
    company = factories.company("Acme Corp", "acmecorp.com")
    answer = page.post("/watches/add/", company=company.name, company_domain=company.reference)
    assert answer.status_code == 302, answer.text_
    return Watch.objects.get()


def changed(watch: Watch, what: str = "Cy Ngo, CFO", **values) -> WatchChange:
    now = timezone.now()
    check = WatchCheck.objects.create(watch=watch, slot=now, began=now, status="checked", changes=1)
    values = {"kind": "person_came", "dataset": "decision_makers", "score": 0.8, "at": now, "origin": "live"} | values
    return WatchChange.objects.create(watch=watch, check_of=check, company=watch.company, what=what, **values)


def test_without_watches_the_page_says_what_to_do(page):
    assert "You watch nobody yet." in page("/watches/").text_


def test_a_company_is_watched_from_its_page_for_nothing(page, rep):
    company = factories.company("Acme Corp", "acmecorp.com")
    assert "Watch it" in page(f"/companies/{company.pk}/").text_

    page.post("/watches/add/", company=company.name, company_domain=company.reference)

    watch = Watch.objects.get()
    assert (watch.user, watch.company, watch.free_only, watch.every, watch.role) == (rep, company, True, "weekly", "AE")


def test_who_watches_it_already_is_led_there(page, watch):
    answer = page.post("/watches/add/", company="Acme Corp", company_domain="acmecorp.com")

    assert answer.url == f"/watches/{watch.pk}/"
    assert Watch.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"company": "8.8.8.8"}, "IP address"),
        ({"every": "hourly"}, "Select a valid choice"),
        ({"paid": "on"}, "Say what paid checks may cost in a month."),
    ],
)
def test_what_cannot_be_watched_is_said_beside_its_field(page, more, words):
    answer = page.post("/watches/add/", **({"company": "acmecorp.com"} | more))

    assert (answer.status_code, words in answer.text_) == (400, True), answer.text_


def test_changes_are_shown_ranked_with_their_sources_and_are_read_then(page, watch):
    cited = {"old": [], "new": [{"source": "s", "title": "Profile", "url": "https://x.example/cy", "date": ""}]}
    changed(watch, "In passing", score=0.2, kind="news")
    changed(watch, evidence=cited)
    assert "2 new" in page("/watches/").text_

    text = page(f"/watches/{watch.pk}/").text_

    assert text.index("Cy Ngo, CFO") < text.index("In passing")
    assert 'href="https://x.example/cy"' in text
    assert "matters much" in text
    assert " new</span>" not in page("/watches/").text_


def test_hostile_words_and_links_stay_words(page, watch):
    cited = {"old": [], "new": [{"source": "s", "title": HOSTILE, "url": "javascript:alert(1)", "date": ""}]}
    changed(watch, HOSTILE, evidence=cited)

    text = page(f"/watches/{watch.pk}/").text_

    assert HOSTILE not in text
    assert "javascript:" not in text


def test_a_watch_is_checked_paused_resumed_and_ended(page, watch):
    where = f"/watches/{watch.pk}/"
    page.post(f"{where}steer/", step="check")
    assert "Being checked" in page(where).text_
    page.post(f"{where}steer/", step="check")
    assert "A check is under way" in page(where).text_

    page.post(f"{where}steer/", step="pause")
    assert Watch.objects.get().paused
    page.post(f"{where}steer/", step="resume")
    page.post(f"{where}steer/", step="daily")
    assert (Watch.objects.get().paused, Watch.objects.get().every) == (False, "daily")

    page.post(f"{where}steer/", step="end")
    assert not Watch.objects.exists()


def test_anothers_watch_is_not_there(page, other, watch):
    Watch.objects.update(user=other)

    assert page(f"/watches/{watch.pk}/").status_code == 404
    assert page.post(f"/watches/{watch.pk}/steer/", step="end").status_code == 404
    assert Watch.objects.exists()


def test_pages_of_many_watches_and_changes_ask_as_often_as_of_few(
    warm, page, rep, watch, django_assert_max_num_queries
):
    for n in range(30):
        changed(watch, f"Change {n}")
        Watch.objects.create(user=rep, company=watch.company, consumer="profile", next_at=timezone.now())
    warm("/watches/")

    with django_assert_max_num_queries(9):
        warm("/watches/")
    with django_assert_max_num_queries(10):
        warm(f"/watches/{watch.pk}/")


# --- By mail ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def subscribed(page, rep, watch) -> Digest:
    page.post("/watches/digest/", every="daily")
    Digest.objects.update(next_at=timezone.now() - timedelta(minutes=1), last_at=timezone.now() - timedelta(days=1))
    return Digest.objects.get()


def test_nobody_is_mailed_who_did_not_ask_for_it(watch):
    changed(watch)

    assert DigestMailer().tick() == 0
    assert mail.outbox == []


def test_what_changed_is_mailed_once_what_matters_most_first(subscribed, watch):
    changed(watch, "In passing", score=0.1, kind="news")
    changed(watch)

    assert [DigestMailer().tick(), DigestMailer().tick()] == [1, 0]

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["rep@example.com"], "2 changes at Acme Corp")
    assert sent.body.index("somebody came: Cy Ngo, CFO") < sent.body.index("news: In passing")
    subscribed.refresh_from_db()
    assert subscribed.next_at > timezone.now()


def test_nothing_is_sent_when_nothing_changed(subscribed):
    assert DigestMailer().tick() == 0
    assert mail.outbox == []


def test_one_click_ends_the_mails_and_opening_the_address_does_not(client, subscribed, watch, rep):
    changed(watch)
    DigestMailer().tick()
    [sent] = mail.outbox
    where = re.search(r"https?://[^/]+(/digest/stop/[^\s>]+)", sent.extra_headers["List-Unsubscribe"])[1]
    assert where in sent.body

    client.get(where)
    assert Digest.objects.get().every == "daily"

    assert client.post(where, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (Digest.objects.get().every, Digest.objects.get().next_at) == ("never", None)


def test_a_forged_address_ends_nobodys_mails(client, subscribed, rep):
    forged = digest.unsubscribe_url(rep).rstrip("/")[:-3] + "xyz"

    assert client.post(re.sub(r"^https?://[^/]+", "", forged) + "/").status_code == 404
    assert Digest.objects.get().every == "daily"


def test_a_company_whose_name_has_line_ends_breaks_no_mail(subscribed, watch):
    watch.company.name = "Acme\r\nBcc: all@example.com"
    watch.company.save()
    changed(watch)

    assert DigestMailer().tick() == 1
    assert "\n" not in mail.outbox[0].subject
