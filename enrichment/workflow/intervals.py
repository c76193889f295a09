"""How sure a mean is: intervals, differences, and how many companies it takes to see a difference. Pure.

Lots are drawn by company, so companies are what is independent, and not the runs on them: ten runs on one company say
hardly more of a variant than one. A mean over runs is therefore the ratio of two sums over companies.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, fsum, inf, pi, sqrt, tan
from statistics import NormalDist

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """A mean over runs. `variance` is that of the mean itself; infinite below two companies."""

    value: float
    variance: float
    companies: int
    runs: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Where the true mean is, in `level` of all such samples: Student's t with companies − 1 degrees of freedom."""
        if self.companies < 2:
            return -inf, inf
        half = student_t(level, self.companies - 1) * sqrt(self.variance)
        return self.value - half, self.value + half


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One mean minus another, and where the true difference is."""

    value: float
    low: float
    high: float

    @property
    def is_seen(self) -> bool:
        """Whether none at all is out of the interval."""
        return self.low > 0 or self.high < 0

    def is_within(self, step: float) -> bool:
        """Whether it is smaller than `step` for sure: then both are the same for every practical purpose."""
        return -step <= self.low and self.high <= step


def mean_of(values: Iterable[tuple[Hashable, float]]) -> Mean:
    """The mean over runs, given as (company, value).

    With y the sum of a company's values, n their number, K companies, N runs, m = Σ y / N:

    variance = K / (K − 1) · Σ (y − m · n)² / N²

    which for one run per company is s² / N. Source: the ratio estimator, W. G. Cochran, Sampling Techniques, 3rd ed.
    1977, chapter 6; for experiments A. Deng, U. Knoblich, J. Lu, Applying the Delta Method in Metric Analytics, 2018.
    """
    sums: dict[Hashable, tuple[float, int]] = {}
    for company, value in values:
        total, count = sums.get(company, (0.0, 0))
        sums[company] = (total + value, count + 1)
    companies, runs = len(sums), sum(count for _, count in sums.values())
    if not companies:
        return Mean(value=0.0, variance=inf, companies=0, runs=0)
    mean = fsum(total for total, _ in sums.values()) / runs
    squares = fsum((total - mean * count) ** 2 for total, count in sums.values())
    variance = companies / (companies - 1) * squares / runs**2 if companies > 1 else inf
    return Mean(value=mean, variance=variance, companies=companies, runs=runs)


def difference(of: Mean, control: Mean, *, level: float = 0.95) -> Difference:
    """How much greater the one mean is, with Welch's interval for means of unequal variance.

    Degrees of freedom by Welch and Satterthwaite: (a + b)² / (a² / (K₁ − 1) + b² / (K₂ − 1)) with a, b the variances of
    the means. Source: B. L. Welch, Biometrika 34, 1947.
    """
    value = of.value - control.value
    if min(of.companies, control.companies) < 2:
        return Difference(value=value, low=-inf, high=inf)
    a, b = of.variance, control.variance
    if a + b == 0:
        return Difference(value=value, low=value, high=value)
    freedom = (a + b) ** 2 / (a**2 / (of.companies - 1) + b**2 / (control.companies - 1))
    half = student_t(level, freedom) * sqrt(a + b)
    return Difference(value=value, low=value - half, high=value + half)


def share_interval(share: float, count: int, *, level: float = 0.95) -> tuple[float, float]:
    """Where a true share in [0, 1] is that was seen in `count` independent cases; 0 of 10 gives (0, 0.28).

    Source: E. B. Wilson, Journal of the American Statistical Association 22, 1927: sensible at 0, at 1 and for few.
    """
    if not count:
        return 0.0, 1.0
    z = NORMAL.inv_cdf((1 + level) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def student_t(level: float, freedom: float) -> float:
    """Student's t that `level` of the distribution lies within, both sides; `freedom` may be a fraction, from 1 on.

    Exact for 1 and 2 degrees; above, the expansion of M. Abramowitz and I. A. Stegun, Handbook of Mathematical
    Functions, 26.7.5, to the fourth term: 2.7756 instead of 2.7764 for 4 degrees at 0.95, and at 0.99 within 1 %.
    """
    p = (1 + level) / 2
    if freedom < 2:
        return tan(pi * (p - 0.5))  # the wider one, below two
    if freedom == 2:
        return (2 * p - 1) / sqrt(2 * p * (1 - p))
    z = NORMAL.inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + fsum(term / freedom**power for power, term in enumerate(terms, start=1))


def needed(deviation: float, step: float, shares: Sequence[float], *, level: float = 0.95, power: float = 0.8) -> int:
    """How many companies it takes in all to see a difference of `step` from the control.

    `shares` of the companies, the control's first; `deviation` that of one company's mean. With w and w₀ the shares of
    the smallest variant and of the control among those that take part:

    N = (z₁ + z₂)² · (deviation / step)² · (1 / w + 1 / w₀)

    for z₁ the normal quantile of `level` (both sides) and z₂ that of `power`. Halves, deviation 0.1, step 0.02: 785.
    Source: J. M. Lachin, Controlled Clinical Trials 2, 1981.
    """
    total = sum(shares)
    control, least = shares[0] / total, min(shares[1:]) / total
    z = NORMAL.inv_cdf((1 + level) / 2) + NORMAL.inv_cdf(power)
    return ceil(z**2 * (deviation / step) ** 2 * (1 / least + 1 / control))
