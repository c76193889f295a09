"""Settings of the tests: the product's own, in a data folder and a database that belong to this run alone.

The first process of a run makes the folder and takes it away again; the workers of pytest-xdist and whatever programs
the tests start inherit its address, and with it the secrets kept there.
"""

import atexit
import os
import shutil
import tempfile

if "SALESINTEL_TEST_RUN" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="salesintel-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
    os.environ["SALESINTEL_DATA_DIR"] = _folder
    os.environ["SALESINTEL_TEST_RUN"] = str(os.getpid())

# What a developer has set for the product is not the tests' business: no real key, no production, no other sandbox.
for _name in (
    "ANTHROPIC_API_KEY",
    "APOLLO_API_KEY",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_REGION",
    "BEDROCK_REGION",
    "BRIGHT_DATA_TOKEN",
    "BUILTWITH_API_KEY",
    "BUILTWITH_API_VERSION",
    "CLEARBIT_API_KEY",
    "CRUNCHBASE_API_KEY",
    "CRUNCHBASE_API_PATH",
    "DEBUG",
    "GOOGLE_KG_API_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "SALESINTEL_ENV",
    "SALESINTEL_PUBLIC_SOURCES",
    "SALESINTEL_SANDBOX_URL",
    "SERPAPI_KEY",
    "SNOV_API_KEY",
):
    os.environ.pop(_name, None)
    os.environ.pop(f"{_name}_FILE", None)

from salesintel.settings import *  # noqa: F403 - everything but what follows is what the product runs with
from salesintel.settings import DATA_DIR, DATABASES, INSTALLED_APPS

# SQLite on disk, as the product has it: threads and other processes see the same database, which :memory: denies them.
# PostgreSQL: a name of our own, so that several runs share one server.
_on_sqlite = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
DATABASES["default"]["TEST"] = {
    "NAME": str(DATA_DIR / "test.sqlite3") if _on_sqlite else f"test_salesintel_{os.environ['SALESINTEL_TEST_RUN']}"
}

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "tests",
]  # whose `flush` spares PostgreSQL a TRUNCATE of every table after every test

# WhiteNoise warns of a missing folder, and here a warning is an error.
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)

# The real hasher takes a tenth of a second per password, by design.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Every client of every test builds the middleware; WhiteNoise would look at eight thousand files each time.
WHITENOISE_AUTOREFRESH = True
