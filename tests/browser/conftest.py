"""The product in Chromium: a live server, a driver that works while a test lasts, and pages at the sizes people use."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from salesintel.accounts.models import User
from tests import chromium, seeding
from tests.serving import served

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own loop runs in this thread, and Django takes that for asynchronous code (here it is none).
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium.path(), args=["--no-sandbox", "--disable-gpu"]
        )  # root in a container has no sandbox
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def product(transactional_db, sandbox) -> Iterator[str]:
    """The address of the whole product: rules, the demo companies, the sandbox and a rep."""
    seeding.rules()
    seeding.demo_companies()
    User.objects.create_user(
        "rep", "rep@example.com", "correct horse", role="AE", segment="Mid-Market", region="EMEA", vendor="Okta"
    )
    with served() as url:
        yield url


@pytest.fixture
def worker(product, product_env, sandbox) -> Iterator[None]:
    """A worker process, as the product runs it, on this test's database; it ends with the test."""
    environment = {**product_env, "SALESINTEL_SANDBOX_URL": sandbox.url}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # its workers are its children: the group ends as a whole
    )
    yield
    os.killpg(process.pid, signal.SIGKILL)  # nothing of it is needed any more; asked nicely it takes 20 seconds
    process.wait()


@pytest.fixture
def open_page(browser, product):
    """`open_page("phone", scheme="dark")`: a page of a new visitor; whatever it complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(size: str = "desktop", *, scheme: str = "light", scripts: bool = True, url: str = product) -> Page:
        context = browser.new_context(
            viewport=SIZES[size], color_scheme=scheme, base_url=url, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(said: ConsoleMessage) -> bool:
    """An error of the page's own: a status that the server chose, or a server that is gone, is none.

    Nor is a request that ends because its page is left for another.
    """
    others = (
        "Failed to load resource",
        "WebSocket connection to",
        "htmx:sendAbort",
        "htmx:sendError",
        "htmx:afterRequest",
    )
    return said.type == "error" and not said.text.startswith(others)


def log_in(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=username]", "rep")
    page.fill("[name=password]", "correct horse")
    page.get_by_role("button", name="Log in").click()
    page.locator("#ask").wait_for()


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
