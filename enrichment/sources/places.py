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
