"""The figures of a contact as a page tells them: a label, a value in words, its n and its interval. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from personas.benchmarks import Usual
from personas.metrics import Measured
from personas.wording import ranged, told

# In the order of the page: (group, [(figure, label)]).
GROUPS = (
    (
        "Mails",
        (
            ("emailEngagementRate", "Engagement rate"),
            ("emailOpenRate", "Opened"),
            ("emailClickRate", "Clicked"),
            ("emailReplyRate", "Answered"),
            ("emailBounceRate", "Came back"),
            ("machineOpens", "Opens by machines, left out"),
        ),
    ),
    (
        "Answers",
        (
            ("averageResponseTimeHours", "Response time, average"),
            ("medianResponseTimeHours", "Response time, median"),
            ("p80ResponseTimeHours", "Four of five answer within"),
            ("ourMedianResponseTimeHours", "Our own median"),
        ),
    ),
    (
        "Rhythm",
        (
            ("interactionsPerWeek", "Interactions a week"),
            ("interactionTrend", "Change in four weeks"),
            ("silenceDays", "Silent for"),
            ("usualGapDays", "Usual pause"),
            ("reengagementRate", "Came back after silence"),
            ("mood", "Mood of their words, −1 to 1"),
        ),
    ),
    (
        "Meetings, calls and files",
        (
            ("meetingHeldRate", "Meetings held"),
            ("meetingCancelledRate", "Meetings cancelled"),
            ("callCompletionRate", "Calls that reach them"),
            ("documentViewRate", "Files that they view"),
        ),
    ),
    (
        "Deals",
        (
            ("conversionRate", "Conversion: won of closed"),
            ("dealCycleDays", "Days from opening to closing"),
            ("daysPerStage", "Days at a stage"),
            ("contactsPerDeal", "Contacts on a deal"),
            ("activeColleagues", "Colleagues of theirs whom you know"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the page. `value` is "" where there is not enough for one."""

    name: str
    label: str
    value: str
    n: int
    interval: str
    is_tracked: bool
    usual: str  # what is usual for contacts like this one, and who says so; "" where nobody does


def grouped(figures: Mapping[str, Measured], usual: Mapping[str, Usual]) -> list[tuple[str, list[Figure]]]:
    """The figures by group, with what is usual beside them."""
    return [
        (group, [_figure(name, label, figures[name], usual.get(name)) for name, label in rows if name in figures])
        for group, rows in GROUPS
    ]


def _figure(name: str, label: str, found: Measured, usual: Usual | None) -> Figure:
    interval = ""
    if found.value is not None and found.low is not None and found.high is not None:
        interval = ranged(found.low, found.high, found.unit)
    value = told(found.value, found.unit) if found.value is not None else ""
    return Figure(
        name=name,
        label=label,
        value=value,
        n=found.n,
        interval=interval,
        is_tracked=found.is_tracked,
        usual=_usual(usual, found.unit),
    )


def _usual(usual: Usual | None, unit: str) -> str:
    """“22% to 36% (technology, 51-200; persona-builder)”: of whom, and who says so."""
    if usual is None:
        return ""
    whom = ", ".join(filter(None, (usual.industry or "all industries", usual.size)))
    return f"{ranged(usual.low, usual.high, unit)} ({whom}; {usual.source})"
