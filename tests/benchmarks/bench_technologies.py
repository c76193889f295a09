"""How long it takes to see the technologies of one large page and of one job's text."""

import statistics
import time
from collections.abc import Callable

from enrichment.technologies import LONGEST_TEXT, Page, in_page, in_text, known

Figure = tuple[str, str, str]  # what, measured, target

ROUNDS = 20
LINE = '<div class="card"><a href="/products/fifteen">Fifteen ways</a><p>Written for people who plan.</p></div>\n'
POST = "You build services in Python and Go on AWS, with PostgreSQL, Kafka and React; you write what you learn down. "


def run() -> list[Figure]:
    page = Page(
        html=LINE * (500_000 // len(LINE)),
        scripts=tuple(f"https://cdn.example/assets/{number}/bundle-{number}.min.js?v=1" for number in range(400)),
        metas={"generator": "Homegrown 3"},
        headers={"server": "edge", "set-cookie": ", ".join(f"cookie_{number}=1; Path=/" for number in range(40))},
    )
    post = POST * (6_000 // len(POST))
    longest = POST * (LONGEST_TEXT // len(POST))
    return [
        (f"Technologies of a page of 500 kB, against {len(known())}", median(lambda: in_page(page)), "< 50 ms"),
        ("Technologies of a job's text of 6,000 characters", median(lambda: in_text(post)), "< 5 ms"),
        (f"Technologies of a job's text of {LONGEST_TEXT:,} characters", median(lambda: in_text(longest)), "< 50 ms"),
    ]


def median(search: Callable[[], object]) -> str:
    search()  # the rules are read once
    return f"{statistics.median(seconds(search) for _ in range(ROUNDS)) * 1000:.1f} ms"


def seconds(search: Callable[[], object]) -> float:
    begun = time.perf_counter()
    search()
    return time.perf_counter() - begun
