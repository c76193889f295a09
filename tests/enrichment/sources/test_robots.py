import pytest

from enrichment.sources.robots import robots_from

FILE = """
# comment
User-agent: *
Disallow: /private/
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 2

User-agent: Other
User-agent: SalesIntel
Disallow: /
Allow: /$
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/", False),
        ("/private/open", True),
        ("/a.pdf", False),
        ("/a.pdf?x", True),
        ("/public", True),
    ],
)
def test_the_longest_rule_decides(path: str, allowed: bool):
    assert robots_from(FILE, agent="nobody").allow(path) is allowed


def test_our_own_group_goes_before_everybodys():
    ours = robots_from(FILE, agent="salesintel")

    assert (ours.allow("/"), ours.allow("/public"), ours.delay) == (True, False, None)
    assert robots_from(FILE, agent="nobody").delay == 2.0


@pytest.mark.parametrize(
    "text", ["", "\x00\ufffd", "Disallow: /", "User-agent: *", "User-agent: *\nDisallow:", "<html>no</html>"]
)
def test_a_file_without_rules_for_us_forbids_nothing(text: str):
    assert robots_from(text, agent="salesintel").allow("/anything")


def test_many_stars_take_no_time():
    robots = robots_from("User-agent: *\nDisallow: /" + "*a" * 900 + "$", agent="x")

    assert robots.allow("/" + "a" * 1_500 + "b")
