"""Money, lists and spans as the planner says them."""

from collections.abc import Collection, Iterable

from enrichment.planning.model import Candidate, Charged

NANO = 1_000_000_000


def usd(nano: int) -> str:
    """Nano-USD as a decimal string with at least two decimals: 100_000_000 is "0.10", 2_500_000 is "0.0025"."""
    whole, part = divmod(abs(nano), NANO)
    decimals = f"{part:09d}".rstrip("0").ljust(2, "0")
    return f"{'-' if nano < 0 else ''}{whole}.{decimals}"


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
            return f"{usd(candidate.price)} USD"
        case Charged.HIT:
            return f"{usd(candidate.price)} USD, nothing if it finds nothing"
        case Charged.RECORD:
            return f"{usd(round(candidate.expected_price))} USD expected, {usd(candidate.worst_price)} USD at most"


def would_cost(candidate: Candidate) -> str:
    """The opening of a reason against a call, to be continued with a clause."""
    if not candidate.worst_price:
        return "is free, but"
    return f"would cost {usd(round(candidate.expected_price))} USD and"


def span(seconds: float) -> str:
    """A span in its largest fitting unit: "1.5 s", "12 min", "5 h", "3 days"."""
    for unit, length in (("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{round(seconds, 1):g} s" if seconds < 10 else f"{seconds:.0f} s"


def share(value: float) -> str:
    """A reliability or a threshold to two decimals, cut and not rounded: what is below 0.80 must not read 0.80."""
    return f"{int(value * 100 + 1e-7) / 100:.2f}"
