"""Figures in words. Pure."""

UNITS = {
    "hours": " h",
    "working hours": " working h",
    "days": " days",
    "per week": " a week",
    "per mail": " a mail",
    "points": " points",
    "words": " words",
}


def told(value: float, unit: str) -> str:
    """A value with its unit: “57%”, “2.4 working h”, “1,204 days”."""
    if unit == "share":
        return f"{round(value * 100) + 0:.0f}%"
    return plain(value) + UNITS.get(unit, "")


def ranged(low: float, high: float, unit: str) -> str:
    """An interval, with its unit once: “57% to 90%”, “1.1 to 1.8 a week”."""
    if unit == "share":
        return f"{told(low, unit)} to {told(high, unit)}"
    return f"{plain(low)} to {told(high, unit)}"


def plain(value: float) -> str:
    """A number with as many places as it is worth reading."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.2g}" if abs(value) < 1 else f"{value:,.1f}"
