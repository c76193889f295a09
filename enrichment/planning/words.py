"""Money, lists and spans as the planner says them."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from enrichment.planning.model import Candidate, Charged

NANO = 1_000_000_000
CENT = NANO // 100


def usd(nano: int) -> str:
    """Nano-USD as an exact decimal string, for programs: 100_000_000 is "0.10", 118_363_636 is "0.118363636"."""
    whole, part = divmod(abs(nano), NANO)
    decimals = f"{part:09d}".rstrip("0").ljust(2, "0")
    return f"{'-' if nano < 0 else ''}{whole}.{decimals}"


def money(nano: int) -> str:
    """Nano-USD for people, as pages and terminal write it: to the cent, four decimals below one.

    118_363_636 is "0.12 USD", 2_500_000 is "0.0025 USD".
    """
    decimals = 4 if 0 < abs(nano) < CENT else 2
    return f"{Decimal(nano).scaleb(-9):.{decimals}f} USD"


def apart(less: int, more: int) -> tuple[str, str]:
    """Two sums of which one is above the other: as money, or exactly where they would read alike."""
    told = money(less), money(more)
    return told if less == more or told[0] != told[1] else (f"{usd(less)} USD", f"{usd(more)} USD")


def listing(names: Iterable[str]) -> str:
    """Names in the order given: "a", "a and b", "a, b and c"."""
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def verb(names: Collection[str], one: str, many: str) -> str:
    """The form of the verb that fits so many names."""
    return one if len(names) == 1 else many


def price_of(candidate: Candidate) -> str:
    """What a call costs, as it is charged."""
    if not candidate.worst_price:
        return "free"
    match candidate.charged:
        case Charged.CALL:
            return f"{money(candidate.price)}"
        case Charged.HIT:
            return f"{money(candidate.price)}, nothing if it finds nothing"
        case Charged.RECORD:
            return f"{money(round(candidate.expected_price))} expected, {money(candidate.worst_price)} at most"


def would_cost(candidate: Candidate) -> str:
    """The opening of a reason against a call, to be continued with a clause."""
    if not candidate.worst_price:
        return "is free, but"
    return f"would cost {money(round(candidate.expected_price))} and"


def span(seconds: float) -> str:
    """A span in its largest fitting unit: "1.5 s", "12 min", "5 h", "3 days"."""
    for unit, length in (("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{round(seconds, 1):g} s" if seconds < 10 else f"{seconds:.0f} s"


def share(value: float) -> str:
    """A reliability or a threshold to two decimals, cut and not rounded: what is below 0.80 must not read 0.80."""
    return f"{int(value * 100 + 1e-7) / 100:.2f}"
