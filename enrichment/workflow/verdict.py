"""What an experiment found, as figures and as one plain sentence. Pure.

When may one say so? An experiment has the number of companies that it takes, set before anybody could see who is ahead,
and it ends when it has them, or at the time that was set. Only then its variants are compared, once. Whoever looks
twenty times and stops when it looks good finds a difference between equals in one of four experiments (P. Armitage and
others, Journal of the Royal Statistical Society A 132, 1969): therefore nothing is compared while it runs, and one that
was stopped proves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from enrichment.workflow.intervals import Difference, Mean, difference, mean_of, share_interval

LEAST = 10  # companies of each variant, below which an interval is a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run came to; cost in USD, quality and coverage 0 to 1."""

    company: int
    cost: float
    quality: float
    coverage: float
    is_complete: bool
    seconds: float
    stars: float | None = None  # the mean of its readers', 1 to 5; None where nobody rated it


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A variant with the results of its runs; `wanted` is the number of companies that it takes, None: not known."""

    label: str
    is_control: bool
    results: Sequence[Result]
    wanted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean over runs and its 95 % interval; None where there are too few companies for one."""

    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of the table. Estimates by `MEASURES`; none without runs."""

    label: str
    is_control: bool
    runs: int
    companies: int
    rated: int  # runs whose report has stars
    wanted: int | None
    estimates: Mapping[str, Estimate]
    differences: Mapping[str, Difference]  # from the control; of no variant while it runs, never of the control


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How results are to be judged."""

    is_over: bool
    was_stopped: bool
    why: str
    cost_step: float
    quality_step: float
    same_yardstick: bool  # else reports of the variants are compared by coverage, which no variant can move
    level: float  # of the differences

    @property
    def worth(self) -> str:
        """What says how good reports are."""
        return "quality" if self.same_yardstick else "coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    sides: tuple[Found, ...]  # the control first
    verdict: str
    is_final: bool  # whether the variants were compared
    worth: str  # quality or coverage


MEASURES = ("cost", "quality", "coverage", "complete", "seconds", "stars")
DECIMALS = {"cost": 4, "quality": 3, "coverage": 3, "complete": 3, "seconds": 1, "stars": 2}
HIGHEST = {"cost": inf, "seconds": inf, "stars": 5.0}  # of a mean; 1 of all others


def outcome(sides: Sequence[Side], frame: Frame) -> Outcome:
    """The table and the verdict."""
    ordered = sorted(sides, key=lambda side: (not side.is_control, side.label))
    means = {side.label: _means(side) for side in ordered}
    few = min((means[side.label]["cost"].companies for side in ordered), default=0)
    is_final = frame.is_over and not frame.was_stopped and few >= LEAST
    found = tuple(_found(side, means, frame if is_final else None) for side in ordered)
    return Outcome(sides=found, verdict=_verdict(found, frame, is_final=is_final), is_final=is_final, worth=frame.worth)


def _means(side: Side) -> dict[str, Mean]:
    values = {
        "cost": [(each.company, each.cost) for each in side.results],
        "quality": [(each.company, each.quality) for each in side.results],
        "coverage": [(each.company, each.coverage) for each in side.results],
        "complete": [(each.company, float(each.is_complete)) for each in side.results],
        "seconds": [(each.company, each.seconds) for each in side.results],
        "stars": [(each.company, each.stars) for each in side.results if each.stars is not None],
    }
    return {name: mean_of(values[name]) for name in MEASURES}


def _found(side: Side, means: Mapping[str, Mapping[str, Mean]], judged: Frame | None) -> Found:
    own = means[side.label]
    control = next((means[label] for label in means), own)  # the control stands first
    compared = judged is not None and not side.is_control
    return Found(
        label=side.label,
        is_control=side.is_control,
        runs=own["cost"].runs,
        companies=own["cost"].companies,
        rated=own["stars"].runs,
        wanted=side.wanted,
        estimates={name: _estimate(name, mean) for name, mean in own.items() if mean.runs},
        differences={
            name: difference(own[name], control[name], level=judged.level)
            for name in MEASURES
            if min(own[name].companies, control[name].companies) >= LEAST  # few rate what they read
        }
        if compared and judged is not None
        else {},
    )


def _estimate(name: str, mean: Mean) -> Estimate:
    if name == "complete":  # of companies, not of runs, since only those are independent
        low, high = share_interval(mean.value, mean.companies)
    else:
        low, high = mean.interval()
    if low == -inf:
        return Estimate(mean=mean.value, low=None, high=None)
    return Estimate(mean=mean.value, low=max(low, 0.0), high=min(high, HIGHEST.get(name, 1.0)))


# --- In words ---------------------------------------------------------------------------------------------------------


def _verdict(found: Sequence[Found], frame: Frame, *, is_final: bool) -> str:
    enough = f"Not enough data{'' if frame.is_over else ' yet'} ({_so_far(found)})"
    if frame.was_stopped:
        return f"{enough}: it was stopped. {frame.why}".strip()
    if not is_final:
        return f"{enough}."
    short = any(side.wanted is None or side.companies < side.wanted for side in found)
    words = " ".join(_compared(side, frame) for side in found if not side.is_control)
    if not short:
        return words
    return f"{words} It ended with less data than it takes ({_so_far(found)}): small differences can have been missed."


def _so_far(found: Sequence[Found]) -> str:
    have = sum(side.companies for side in found)
    if any(side.wanted is None for side in found):
        return f"{have} companies; how many it takes is known after 30"
    return f"{have} of {sum(side.wanted or 0 for side in found)} companies"


def _compared(side: Found, frame: Frame) -> str:
    cost, worth = side.differences["cost"], side.differences[frame.worth]
    if _is_open(cost, frame.cost_step) and _is_open(worth, frame.quality_step):
        words = f"{side.label}: no difference seen (cost {_span(cost, 4)} USD a run, {frame.worth} {_span(worth, 3)})."
        return f"{words} {_stars(side)}".strip()
    words = f"{side.label} {_cost(cost, frame.cost_step)}, {_worth(frame.worth, worth, frame.quality_step)}."
    return f"{words} {_stars(side)}".strip()


def _stars(side: Found) -> str:
    """What readers make of it, where they see a difference."""
    by = side.differences.get("stars")
    if by is None or not by.is_seen:
        return ""
    low, high = sorted((abs(by.low), abs(by.high)))
    return f"Readers give it {abs(by.value):.1f} stars {'more' if by.value > 0 else 'fewer'} ({low:.1f} to {high:.1f})."


def _is_open(by: Difference, step: float) -> bool:
    """Whether there may be a difference that matters, or none."""
    return not by.is_seen and not by.is_within(step)


def _cost(by: Difference, step: float) -> str:
    low, high = sorted((abs(by.low), abs(by.high)))
    if by.is_within(step):
        return f"costs the same within {_usd(high)} USD a run"
    if by.is_seen:
        word = "cheaper" if by.value < 0 else "dearer"
        return f"is {word} by {_usd(abs(by.value))} USD a run ({_usd(low)} to {_usd(high)})"
    return f"shows no difference in cost ({_span(by, 4)} USD a run)"


def _worth(name: str, by: Difference, step: float) -> str:
    low, high = sorted((abs(by.low), abs(by.high)))
    if by.is_within(step):
        return f"{name} the same within {high:.3f}"
    if by.is_seen:
        return f"{name} {'better' if by.value > 0 else 'worse'} by {abs(by.value):.3f} ({low:.3f} to {high:.3f})"
    return f"no difference in {name} seen ({_span(by, 3)})"


def _usd(amount: float) -> str:
    """At least two decimals, at most four: 0.04, 0.0375."""
    whole, _, part = f"{amount:.4f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _span(by: Difference, decimals: int) -> str:
    """The interval with signs: −0.012 to 0.004; no minus before nothing."""
    return f"{_signed(by.low, decimals)} to {_signed(by.high, decimals)}"


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):.{decimals}f}"
    return f"−{text}" if value < 0 and float(text) else text
