from pathlib import Path

import pytest

SMALL = """
[datasets]
industry = { label = "Industry", group = "Identity", threshold = 0.8, half_life = "30d", origin = "ours" }
domain = { label = "Domain", group = "Identity", threshold = 0.8, half_life = "30d", origin = "ours" }

[providers]
serpapi = { label = "SerpApi", credentials = ["api_key"], concurrency = 8, in_doubt = "call_again", origin = "ours" }

[sources]
serp_news = { label = "News", provider = "serpapi", cost = "0.02", ttl = "2h", latency = "1s", group = "news", needs = ["domain"], origin = "ours" }
serp_jobs = { label = "Jobs", provider = "serpapi", cost = "0.02", ttl = "2h", latency = "1s", group = "jobs", origin = "ours" }

[matrix]
industry = [["serp_news", 1, 0.9, 0.8, "low", "simple", "ours"]]

[consumers.profile]
label = "Profile"
max_cost = "0.25"
required = ["industry"]
origin = "ours"

[roles.SE]
long_name = "sales-engineer"
label = "Sales engineer"
focus = "fit"
talking_points = []
recommendations = []
extra = ["domain"]
origin = "ours"

[[redundancies]]
consumer = "profile"
skip = "serp_jobs"
because_of = ["serp_news"]
mode = "all"
origin = "ours"

[[signals]]
name = "Growing"
signals = ["funding"]
urgency = "high"
action = "Call."
origin = "ours"

[cache]
SOME_ANALYSIS = { ttl = "24h", origin = "ours" }

[engines]
builtin = { kind = "builtin", priority = 9, price_in = "0", price_out = "0", price_cached = "0", origin = "ours" }
"""  # noqa: E501 - one rule a line, as in the real file


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file of rules with one or two of each kind."""
    file = tmp_path / "rules.toml"
    file.write_text(SMALL)
    return file
