from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.sources.dates import day, moment

AT = datetime(2026, 10, 3, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-09-28T01:53:04Z", datetime(2026, 9, 28, 1, 53, 4, tzinfo=UTC)),
        ("2026-09-28", datetime(2026, 9, 28, tzinfo=UTC)),
        ("2026-10-01T12:00:00-04:00", datetime(2026, 10, 1, 16, tzinfo=UTC)),
        ("09/28/2026, 01:53 AM, +0000 UTC", datetime(2026, 9, 28, 1, 53, tzinfo=UTC)),
        ("09/28/2026, 01:53 AM, +0200 EET", datetime(2026, 9, 27, 23, 53, tzinfo=UTC)),
        ("2026-01-03 14:32:40 UTC", datetime(2026, 1, 3, 14, 32, 40, tzinfo=UTC)),
        ("Thu, 01 Oct 2026 12:00:00 GMT", datetime(2026, 10, 1, 12, tzinfo=UTC)),
        ("Sep 28, 2026", datetime(2026, 9, 28, tzinfo=UTC)),
        ("4 days ago", datetime(2026, 9, 29, 15, tzinfo=UTC)),
        ("an hour ago", datetime(2026, 10, 3, 14, tzinfo=UTC)),
        ("yesterday", datetime(2026, 10, 2, 15, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        ("0001-01-01", None),
        ("2031-01-01", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("99999999 years ago", None),
    ],
)
def test_moments_as_providers_write_them(text: str, meant: datetime | None):
    assert moment(text, fetched_at=AT) == meant


@given(st.text(max_size=80))
def test_no_text_is_an_error(text: str):
    found = moment(text, fetched_at=AT)

    assert found is None or found.tzinfo is UTC


def test_a_day_is_told_in_utc():
    assert day(datetime.fromisoformat("2026-10-01T23:30:00-04:00")) == "2026-10-02"
    assert day(None) is None
