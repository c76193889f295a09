"""Where a company sits, written as people write it. Pure."""

import tomllib
from pathlib import Path

_DATA = tomllib.loads((Path(__file__).parents[1] / "data" / "places.toml").read_text(encoding="utf-8"))
_STATES = {name.casefold(): code for name, code in _DATA["states"].items()}
_CODES = frozenset(_STATES.values())
_WITH_STATES = frozenset(_DATA["countries"]["with_states"])
_COUNTRIES: dict[str, str] = _DATA["codes"]


def country_of(code: str) -> str:
    """The country of an ISO 3166-1 code: "DE" → "Germany"; one that is not listed stays as it is."""
    return _COUNTRIES.get(code.upper(), code)


def seat(city: str, region: str, country: str) -> str:
    """City and state where the country has states, else city and country: "Boston, MA", "Berlin, Germany".

    `region` is a state's name or code; any part may be "". Without a city "".
    """
    if not city:
        return ""
    state = _STATES.get(region.casefold(), region if region in _CODES else "")
    if state and (not country or country.casefold() in _WITH_STATES):
        return f"{city}, {state}"
    return ", ".join(part for part in (city, country or region) if part)


# The states table has those of three countries; where two use one code, the more frequent one counts.
_CANADIAN = frozenset("AB BC MB NB NL NS NT NU ON PE QC SK YT".split())
_AUSTRALIAN = frozenset("ACT NSW QLD SA TAS VIC".split())
_OF_STATES = {
    "CA": _CANADIAN,
    "AU": _AUSTRALIAN,
    "US": _CODES - _CANADIAN - _AUSTRALIAN,
}
_ALSO = {
    "US": ("United States", "United States of America", "USA", "US"),
    "GB": ("United Kingdom", "UK", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "NL": ("Netherlands", "The Netherlands"),
    "KR": ("South Korea", "Korea, Republic of"),
    "CZ": ("Czechia", "Czech Republic"),
}


def endings_of(country: str) -> frozenset[str]:
    """How a seat in that country (an ISO 3166-1 code, or a name) may end: "GB" → "united kingdom", "uk", "england", …

    In lower case; empty for a country that is not known.
    """
    wanted = country.strip().casefold()
    names = {code: (name, *_ALSO.get(code, ()), code) for code, name in {"US": "United States", **_COUNTRIES}.items()}
    code = next((code for code, called in names.items() if wanted in {each.casefold() for each in called}), "")
    if not code:
        return frozenset()
    # A code alone may be a state's: "Portland, DE" is no German town.
    spelt = {name.casefold() for name in names[code] if name not in _CODES}
    return frozenset(spelt | {state.casefold() for state in _OF_STATES.get(code, ())})
