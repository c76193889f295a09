"""Rates of mails against planted truth: people's looks and machines', what bounced, what is too young."""

from datetime import datetime, timedelta

import pytest

from personas.history import Moment
from personas.metrics import Measured, measure
from tests.personas.metrics.planted import NOW, TERMS, at, history, moment, reply, sent

MONDAY = at("2026-03-02 10:00")


def figures(*moments: Moment) -> dict[str, Measured]:
    return dict(measure(history(*moments), TERMS).figures)


def mail(name: str, days: float = 0) -> Moment:
    return sent(MONDAY + timedelta(days=days), message=name, thread=None)


def event(kind: str, name: str, *, days: float = 0, seconds: float = 3600, **fields: object) -> Moment:
    when = MONDAY + timedelta(days=days, seconds=seconds)
    return moment(f"email_{kind}", when, answers=name, **fields)


def test_rates_are_shares_of_the_delivered_mails() -> None:
    found = figures(
        *(mail(name, days) for days, name in enumerate("abcde")),
        event("opened", "a"),
        event("opened", "a", seconds=9_000),
        event("clicked", "b", days=1),
        reply(MONDAY + timedelta(days=2, hours=1), answers="c", thread=None),
        event("bounced", "e", days=4, seconds=30),
    )

    assert {name: found[name].value for name in found if name.startswith("email")} == {
        "emailsSent": 5,
        "emailEngagementRate": 0.75,
        "emailOpenRate": 0.25,
        "emailClickRate": 0.25,
        "emailReplyRate": 0.25,
        "emailBounceRate": 0.2,
        "emailOpensPerMail": 0.5,
        "emailClicksPerMail": 0.25,
        "emailOpens": 2,
        "emailClicks": 1,
        "emailReplies": 1,
    }


@pytest.mark.parametrize(
    "events",
    [
        [event("opened", "a", seconds=5)],  # sooner than anybody reads
        [event("opened", "a", is_automatic=True)],
        [event("clicked", "a", seconds=100 + part) for part in (0, 0.5, 1)],  # every link at once
        [event("opened", "a"), event("bounced", "a", seconds=7_200)],  # on the way to nobody
    ],
)
def test_what_a_machine_opened_engages_nobody(events: list[Moment]) -> None:
    found = figures(mail("a"), mail("b", days=1), *events)

    assert found["emailEngagementRate"].value == 0


def test_machines_are_counted_apart() -> None:
    found = figures(mail("a"), event("opened", "a", seconds=3), event("opened", "a"))

    assert (found["machineOpens"].value, found["emailOpens"].value) == (1, 1)


def test_a_mail_of_today_has_not_had_its_chance() -> None:
    young = sent(NOW - timedelta(hours=2), message="y", thread=None)

    assert figures(mail("a"), event("opened", "a"), young)["emailEngagementRate"].value == 1


def test_an_event_that_names_another_mail_belongs_to_none() -> None:
    assert figures(mail("a"), event("opened", "z"))["emailEngagementRate"].value == 0


@pytest.mark.parametrize(("days", "rate"), [(13, 1), (15, None)])
def test_an_event_that_names_none_belongs_to_the_latest_of_two_weeks(days: int, rate: float | None) -> None:
    opened = moment("email_opened", MONDAY + timedelta(days=days))

    assert figures(mail("a"), opened)["emailOpenRate"].value == rate


def test_an_automatic_answer_is_no_reply() -> None:
    assert figures(mail("a"), reply(MONDAY + timedelta(hours=1), answers="a", is_automatic=True))[
        "emailReplyRate"
    ].value == 0  # fmt: skip


def test_what_is_newer_weighs_more_beside_the_plain_rate() -> None:
    when = NOW - timedelta(days=180)  # a half-life
    old, new = sent(when, message="o", thread=None), sent(NOW - timedelta(days=1), message="n", thread=None)
    opened = moment("email_opened", NOW - timedelta(hours=3), answers="n")

    found = figures(old, new, opened)["emailOpenRate"]

    assert found.value == 0.5
    assert found.weighted is not None
    assert found.weighted.value == pytest.approx(2 / 3, abs=0.01)
    assert found.weighted.n == pytest.approx(1.8, abs=0.01)


def test_what_has_not_happened_yet_or_never_did_is_not_counted() -> None:
    never = datetime(1970, 1, 1, tzinfo=NOW.tzinfo)

    assert figures(moment("meeting", NOW + timedelta(days=1)), moment("call", never))["totalInteractions"].value == 0


def test_of_mails_that_nobody_tracked_there_is_no_rate_of_opens_and_clicks() -> None:
    found = figures(
        *(mail(name, days) for days, name in enumerate("abcd")),
        reply(MONDAY + timedelta(days=2, hours=1), answers="c", thread=None),
    )

    for name in ("emailOpenRate", "emailClickRate", "emailOpensPerMail", "emailClicksPerMail"):
        assert (found[name].value, found[name].n, found[name].is_tracked, found[name].enough) == (None, 4, False, False)
    assert found["emailReplyRate"].value == 0.25
