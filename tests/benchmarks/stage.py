"""What benchmarks of the whole product stand on: rules, the demo's companies, a rep with a key, a sandbox of its own.

The sandbox is another process, as in production providers are: what it computes is not counted as ours.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.management import call_command
from django.db.models import F

from enrichment import rules
from enrichment.companies import Listing, register_all
from enrichment.models import Provider, RequestLimit, ResearchRequest
from enrichment.sandbox import world
from enrichment.workflow.requests import Ask, Seller, request_research
from salesintel.accounts.models import ApiKey, User
from salesintel.processes import any_free_port
from tests.conftest import database_url

ROOT = Path(settings.BASE_DIR)
START_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The providers: `manage.py sandbox` on a port of its own, every answer after the same number of seconds.

    Where `latency` is None they take as long as each does by nature, 0.3 to 1.5 s.
    """

    url: str
    latency: float | None

    def calls(self) -> list[dict[str, Any]]:
        """What was asked so far, oldest first."""
        found: list[dict[str, Any]] = self._control("GET", "calls")["calls"]
        return found

    def reset(self) -> None:
        """Forget what was asked; the next job, task or token has the same name as the first one had."""
        self._control("POST", "reset")
        if self.latency is not None:
            self._control("POST", "latency", {"seconds": self.latency, "host": "*"})

    def _control(self, method: str, path: str, content: Any = None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        with urlopen(Request(f"{self.url}/_control/{path}", data=body, method=method), timeout=10) as reply:
            return json.load(reply)


@dataclass(frozen=True, slots=True)
class Stage:
    """A product ready to be asked."""

    sandbox: Sandbox
    user: User
    key: str

    def ask(self, prospect: world.DemoCompany, vendor: world.DemoCompany) -> ResearchRequest:
        """Ask for a brief as the documents' rep does; whoever drives runs does the rest."""
        ask = Ask(
            consumer="customer_intelligence",
            company=prospect.name,
            company_domain=prospect.domain,
            vendor=vendor.name,
            vendor_domain=vendor.domain,
            seller=Seller(name="Taylor", role="AE", segment="Mid-Market", region="EMEA"),
        )
        return request_research(ask, user=self.user)


@contextmanager
def staged(*, latency: float | None) -> Iterator[Stage]:
    """The configured database with rules and companies, and a sandbox whose answers take `latency` seconds.

    None: as long as each provider takes by nature.

    Providers allow a hundred times their rate, for a month of one rep's asking takes a minute here, and callers may ask
    without end. Ends with every table empty.
    """
    rules.seed()
    Provider.objects.exclude(requests_per_minute=None).update(requests_per_minute=F("requests_per_minute") * 100)
    RequestLimit.objects.update(requests=1_000_000)
    register_all(
        Listing(name=c.name, domain=c.domain, tickers=(c.ticker,) if c.ticker else (), aliases=tuple(c.aliases))
        for c in world.companies()
    )
    user = User.objects.create_user("rep", "rep@example.com", "correct horse", role="AE", vendor="Okta")
    _, key = ApiKey.issue(user=user, name="benchmarks", scopes=["read", "enrich"])
    port, before = any_free_port(), settings.SANDBOX_URL
    settings.SANDBOX_URL = f"http://127.0.0.1:{port}"
    try:
        with program("manage.py", "sandbox", "--port", str(port)):
            until_answers(f"{settings.SANDBOX_URL}/_control/health")
            sandbox = Sandbox(settings.SANDBOX_URL, latency)
            sandbox.reset()
            yield Stage(sandbox, user, key)
    finally:
        settings.SANDBOX_URL = before
        call_command("flush", interactive=False, verbosity=0)


def pairs(count: int) -> list[tuple[world.DemoCompany, world.DemoCompany]]:
    """`count` prospects, each with a vendor of its own: no company is in two of them, so nothing is cached."""
    known = world.companies()
    if 2 * count > len(known):
        raise ValueError(f"The world has {len(known)} companies, too few for {count} pairs.")
    return list(zip(known[:count], known[count : 2 * count], strict=True))


# --- Programs ---------------------------------------------------------------------------------------------------------


def environment(settings_module: str = "salesintel.settings") -> dict[str, str]:
    """The environment of a program of ours that works on this benchmark's database and sandbox."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings_module,
        "DATABASE_URL": database_url(),
        "SALESINTEL_SANDBOX_URL": settings.SANDBOX_URL,
    }


@contextmanager
def program(*arguments: str, settings_module: str = "salesintel.settings") -> "Iterator[subprocess.Popen[bytes]]":
    """`python ARGUMENTS` for as long as the context lasts; its whole process group ends with it."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(settings_module),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def output_of(*arguments: str) -> Any:
    """What `python ARGUMENTS` prints, read as JSON. Raises `CalledProcessError`."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def until_answers(url: str, *, headers: dict[str, str] | None = None) -> None:
    """Wait until `url` answers. Raises `TimeoutError`."""
    until = time.monotonic() + START_WITHIN
    while True:
        try:
            with urlopen(Request(url, headers=headers or {}), timeout=5):
                return
        except OSError as error:  # nobody listens yet, or it answers that it is not ready
            if time.monotonic() > until:
                raise TimeoutError(f"{url} did not answer within {START_WITHIN:g} s.") from error
        time.sleep(0.05)


# --- Figures ----------------------------------------------------------------------------------------------------------


def p95(seconds: list[float]) -> float:
    """The time within which 95 of 100 ended, in seconds."""
    return sorted(seconds)[max(round(0.95 * len(seconds)) - 1, 0)]
