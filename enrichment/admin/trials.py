"""An experiment's outcome for the page: rows in words, and its intervals as a picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from enrichment.models import Experiment
from enrichment.workflow.intervals import Difference
from enrichment.workflow.verdict import Estimate, Found, Outcome

TITLES = {
    "cost": "Cost a run (USD)",
    "quality": "Quality",
    "coverage": "Coverage",
    "complete": "Complete",
    "seconds": "Wait (s)",
    "stars": "Stars",
}
DRAWN = ("cost", "quality", "coverage", "stars")
LEFT, WIDTH, ROW, TOP = 84, 176, 24, 28  # of a picture, in its own units


@dataclass(frozen=True, slots=True)
class Cell:
    value: str
    interval: str
    difference: str  # from the control, where they were compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    label: str
    is_control: bool
    runs: int
    companies: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A variant's mean and interval, as places in the picture."""

    label: str
    y: int
    middle: float
    low: float
    high: float
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One measure: a line per variant on one scale."""

    title: str
    marks: list[Mark]
    first: str  # what the scale begins and ends with
    last: str
    height: int
    left: int = LEFT
    right: int = LEFT + WIDTH
    width: int = LEFT + WIDTH + 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    verdict: str
    is_final: bool
    is_running: bool
    worth: str
    titles: list[str]
    lines: list[Line]
    pictures: list[Picture]


def page_of(experiment: Experiment, outcome: Outcome) -> Page:
    pictures = [_picture(name, outcome.sides) for name in DRAWN]
    return Page(
        verdict=outcome.verdict,
        is_final=outcome.is_final,
        is_running=experiment.status == Experiment.Status.RUNNING,
        worth=outcome.worth,
        titles=list(TITLES.values()),
        lines=[_line(side) for side in outcome.sides],
        pictures=[picture for picture in pictures if picture is not None],
    )


def _line(side: Found) -> Line:
    return Line(
        label=side.label,
        is_control=side.is_control,
        runs=side.runs,
        companies=f"{side.companies}" if side.wanted is None else f"{side.companies} of {side.wanted}",
        cells=[_cell(name, side.estimates.get(name), side.differences.get(name)) for name in TITLES],
    )


def _cell(name: str, estimate: Estimate | None, difference: Difference | None) -> Cell:
    if estimate is None:
        return Cell("–", "", "")
    low, high = estimate.low, estimate.high
    interval = "" if low is None or high is None else f"{told(name, low)} to {told(name, high)}"
    return Cell(told(name, estimate.mean), interval, _difference(name, difference) if difference else "")


def _difference(name: str, by: Difference) -> str:
    return f"{signed(name, by.value)} ({signed(name, by.low)} to {signed(name, by.high)})"


def told(name: str, value: float) -> str:
    match name:
        case "cost":
            return f"{value:.4f}"
        case "seconds":
            return f"{value:.1f}"
        case "stars":
            return f"{value:.1f}"
        case "complete":
            return f"{value:.0%}"
    return f"{value:.3f}"


def signed(name: str, value: float) -> str:
    text = told(name, abs(value))
    is_nothing = not any(digit in text for digit in "123456789")
    return text if is_nothing else f"{'+' if value > 0 else '−'}{text}"


def _picture(name: str, sides: Sequence[Found]) -> Picture | None:
    """None where there is no interval to draw."""
    drawn = [
        (side.label, each.mean, each.low, each.high)
        for side in sides
        if (each := side.estimates.get(name)) is not None and each.low is not None and each.high is not None
    ]
    if not drawn:
        return None
    first, last = min(low for _, _, low, _ in drawn), max(high for _, _, _, high in drawn)
    if last - first < 1e-9:
        first, last = max(first - 0.01, 0.0), last + 0.01

    def place(value: float) -> float:
        return round(LEFT + (value - first) / (last - first) * WIDTH, 1)

    marks = [
        Mark(
            label=label[:12],
            y=TOP + ROW * number,
            middle=place(mean),
            low=place(low),
            high=place(high),
            told=f"{label}: {told(name, mean)}, {told(name, low)} to {told(name, high)}",
        )
        for number, (label, mean, low, high) in enumerate(drawn)
    ]
    height = TOP + ROW * len(marks)
    return Picture(title=TITLES[name], marks=marks, first=told(name, first), last=told(name, last), height=height)
