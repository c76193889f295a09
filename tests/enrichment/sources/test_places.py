"""One spelling of a company's seat, whoever tells of it."""

import pytest

from enrichment.sources.places import seat


@pytest.mark.parametrize(
    ("city", "region", "country", "written"),
    [
        ("Boston", "Massachusetts", "United States", "Boston, MA"),
        ("Boston", "MA", "US", "Boston, MA"),
        ("Vancouver", "British Columbia", "", "Vancouver, BC"),
        ("Tbilisi", "Georgia", "Georgia Republic", "Tbilisi, Georgia Republic"),
        ("Berlin", "Berlin", "Germany", "Berlin, Germany"),
        ("London", "England", "", "London, England"),
        ("Singapore", "", "", "Singapore"),
        ("", "Texas", "United States", ""),
    ],
)
def test_a_seat_names_the_state_where_there_are_states_and_else_the_country(
    city: str, region: str, country: str, written: str
) -> None:
    assert seat(city, region, country) == written
