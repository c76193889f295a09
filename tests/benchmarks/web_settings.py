"""Settings of the web process that is measured: the product's, and one bare view beside it."""

from salesintel.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.web_urls"
