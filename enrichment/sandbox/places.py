"""States and provinces in full, as providers of company data write them; the world has their codes."""

REGIONS = {
    "BC": "British Columbia",
    "CA": "California",
    "CO": "Colorado",
    "FL": "Florida",
    "GA": "Georgia",
    "IL": "Illinois",
    "MA": "Massachusetts",
    "MN": "Minnesota",
    "NC": "North Carolina",
    "NSW": "New South Wales",
    "NY": "New York",
    "OH": "Ohio",
    "ON": "Ontario",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "QC": "Quebec",
    "TX": "Texas",
    "UT": "Utah",
    "VIC": "Victoria",
    "WA": "Washington",
}


def region_in_full(code: str) -> str:
    """`MA` -> `Massachusetts`; what is no code stays."""
    return REGIONS.get(code, code)
