"""Company sizes in the bands that providers report."""

CONTACT_BANDS = (10, 50, 200, 500, 1000, 5000, 10_000)
DATABASE_BANDS = (10, 50, 100, 250, 500, 1000, 5000, 10_000)


def band(employees: int, tops: tuple[int, ...]) -> str:
    """`260` -> `251-500`; above the last top `10001+`."""
    low = 1
    for top in tops:
        if employees <= top:
            return f"{low}-{top}"
        low = top + 1
    return f"{low}+"


def contact_band(employees: int) -> str:
    """As the contact provider bands: 11-50, 51-200, 201-500 …"""
    return "Self" if employees == 1 else band(employees, CONTACT_BANDS)


def database_band(employees: int) -> str:
    """As the company database bands: 11-50, 51-100, 101-250, 251-500 …"""
    return band(employees, DATABASE_BANDS)
