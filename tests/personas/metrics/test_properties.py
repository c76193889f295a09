"""What holds for the figures of any history."""

from datetime import timedelta
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personas.history import DealHistory, History, Hours, Moment, Terms
from personas.metrics import Measured, Metrics, measure
from personas.zones import UTC
from tests.personas.metrics.planted import NOW

TYPES = (
    "email_sent email_opened email_clicked email_replied email_bounced call meeting task note comment file_shared"
    " file_viewed chat"
).split()
OUTCOMES = ("", "held", "cancelled", "no_show", "connected", "no_answer")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to forty things within half a year, in three threads; some in the same second."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(TYPES), st.integers(0, 180 * 24 * 60), st.sampled_from(("", "in", "out")),
                st.integers(0, 3), st.sampled_from(("", "a", "b")), st.sampled_from(OUTCOMES), st.booleans(),
                st.none() | st.floats(-1, 1),
            ),
            max_size=40,
        )
    )  # fmt: skip
    moments = [
        Moment(
            id=UUID(int=number + 1), type=type_, at=NOW - timedelta(minutes=minutes), direction=direction,
            thread=UUID(int=thread) if thread else None, message=name, answers=name if direction == "in" else "",
            outcome=outcome, is_automatic=automatic and minutes % 3 == 0, mood=mood,
        )
        for number, (type_, minutes, direction, thread, name, outcome, automatic, mood) in enumerate(rows)
    ]  # fmt: skip
    lengths = draw(st.lists(st.integers(0, 90), max_size=4))
    deals = tuple(
        DealHistory(
            id=UUID(int=90 + number), status="won" if days % 2 else "lost", opened=NOW - timedelta(days=100),
            closed=NOW - timedelta(days=100 - days), stages=(("talks", NOW - timedelta(days=100)),),
        )
        for number, days in enumerate(lengths)
    )  # fmt: skip
    ordered = tuple(sorted(moments, key=lambda each: (each.at, each.id)))
    return History(contact=UUID(int=0), hours=Hours(zone=UTC), moments=ordered, deals=deals)


def told(metrics: Metrics) -> dict[str, tuple[float | None, ...]]:
    return {name: tuple(_rounded(each)) for name, each in metrics.figures.items()}


def _rounded(each: Measured) -> list[float | None]:
    weighted = each.weighted.value if each.weighted else None
    values = (each.value, each.low, each.high, float(each.n), weighted)
    return [None if value is None else round(value, 6) for value in values]


TERMS = Terms(now=NOW, enough=2)


@FEW
@given(histories())
def test_values_lie_within_their_intervals_and_rates_between_0_and_1(history: History) -> None:
    for name, each in measure(history, TERMS).figures.items():
        assert (each.value is not None) == each.enough, name
        if each.value is None:
            assert (each.low, each.high) == (None, None), name
            continue
        assert each.low is None or each.low <= each.value, name
        assert each.high is None or each.value <= each.high, name
        if each.unit == "share" and not name.endswith("Trend"):
            assert 0 <= each.value <= 1, name
            assert each.weighted is None or 0 <= each.weighted.value <= 1, name


@FEW
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_given_does_not_matter(history: History, chance: Random) -> None:
    mixed = list(history.moments)
    chance.shuffle(mixed)
    other = History(contact=history.contact, hours=history.hours, moments=tuple(mixed), deals=history.deals[::-1])

    assert told(measure(other, TERMS)) == told(measure(history, TERMS))


@FEW
@given(histories(), st.integers(-300, 300))
def test_whole_weeks_earlier_or_later_are_the_same(history: History, weeks: int) -> None:
    span = timedelta(weeks=weeks)
    moved = History(
        contact=history.contact,
        hours=history.hours,
        moments=tuple(shifted(each, span) for each in history.moments),
        deals=tuple(shifted_deal(each, span) for each in history.deals),
    )

    assert told(measure(moved, Terms(now=NOW + span, enough=2))) == told(measure(history, TERMS))


def shifted(moment: Moment, span: timedelta) -> Moment:
    fields = {name: getattr(moment, name) for name in Moment.__slots__}
    return Moment(**fields | {"at": moment.at + span})


def shifted_deal(deal: DealHistory, span: timedelta) -> DealHistory:
    assert deal.closed is not None
    stages = tuple((stage, when + span) for stage, when in deal.stages)
    return DealHistory(
        id=deal.id, status=deal.status, opened=deal.opened + span, closed=deal.closed + span, stages=stages
    )


@FEW
@given(histories())
def test_what_a_machine_does_changes_neither_rates_nor_times(history: History) -> None:
    robots = tuple(
        Moment(id=UUID(int=1000 + number), type="email_replied", at=each.at, thread=each.thread, is_automatic=True)
        for number, each in enumerate(history.moments)
    )
    noisy = History(
        contact=history.contact, hours=history.hours, moments=(*history.moments, *robots), deals=history.deals
    )
    names = [name for name in measure(history, TERMS).figures if "Rate" in name or "Hours" in name or "Week" in name]

    before, after = told(measure(history, TERMS)), told(measure(noisy, TERMS))

    assert {name: before[name] for name in names} == {name: after[name] for name in names}
