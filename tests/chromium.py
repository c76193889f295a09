"""The browser that page tests drive."""

import shutil

ABSENT = "there is no Chromium here; on Debian: apt-get install chromium"


def path() -> str | None:
    """Where it is; None where there is none. Playwright takes it as `executable_path`."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
