"""`manage.py up`: everything on one machine: database, rules, demo world, sandbox, workers under a watchdog, web."""

import http.client
import io
import secrets
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from enrichment.models import Origin
from enrichment.rules import live
from salesintel.accounts.models import User
from salesintel.processes import Child, any_free_port, is_free, stop

READY_WITHIN = 60.0
LOOK_EVERY = 0.1
NAME = "admin"


class Command(BaseCommand):
    """Starts all of it, says when it is ready, and stops all of it."""

    help = "Run everything on this machine until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_free(settings.PORT):
            raise CommandError(f"Port {settings.PORT} is taken. Choose another one: PORT=8001 make run")
        self.stopping = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise wants it, though finders serve here
        call_command("migrate", verbosity=0)
        call_command("seed_rules", stdout=io.StringIO())
        if settings.SANDBOX_URL:
            call_command("seed_demo", stdout=io.StringIO())
        password, children = self._password(), self._children()
        for child in children:
            child.start()
        try:
            self._until_ready(children)
            self._greet(password)
            self._keep(children)
        finally:
            stop(children)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _children(self) -> list[Child]:
        """Sandbox, watchdog with its workers, and web, in the order of their start."""
        environment, children = {}, []
        sandbox = urlsplit(settings.SANDBOX_URL)
        if sandbox.hostname in ("127.0.0.1", "localhost"):
            port = sandbox.port if sandbox.port and is_free(sandbox.port) else any_free_port()
            environment["SALESINTEL_SANDBOX_URL"] = f"http://127.0.0.1:{port}"
            children.append(Child.manage("sandbox", "sandbox", "--port", str(port)))
        children.append(Child.manage("watchdog", "watchdog", environment=environment))
        web = [sys.executable, "-m", "uvicorn", "salesintel.asgi:application", "--host", "127.0.0.1"]
        web += ["--port", str(settings.PORT), "--log-level", "warning", "--no-server-header", "--no-proxy-headers"]
        web += ["--ws-max-size", "65536", "--timeout-graceful-shutdown", "15"]
        children.append(Child("web", web, environment))
        return children

    def _password(self) -> str:
        """The password of the first login: made for this data folder, kept there, set only when the user is new."""
        path = Path(settings.DATA_DIR) / "admin_password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(12))
        password = path.read_text().strip()
        user, is_new = User.objects.get_or_create(
            username=NAME,
            defaults={"is_staff": True, "is_superuser": True, "role": "AE", "segment": "Mid-Market", "region": "EMEA"},
        )
        if is_new:
            user.vendor = "Okta" if settings.SANDBOX_URL else ""
            user.set_password(password)
            user.save()
        return password

    def _until_ready(self, children: list[Child]) -> None:
        until = time.monotonic() + READY_WITHIN
        while not self.stopping and not self._answers():
            dead = next((child for child in children if not child.is_running), None)
            if dead is not None:
                raise CommandError(f"The {dead.name} did not start; its message is above.")
            if time.monotonic() > until:
                raise CommandError(f"The web process did not answer within {READY_WITHIN:.0f} s.")
            time.sleep(LOOK_EVERY)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _greet(self, password: str) -> None:
        if self.stopping:
            return
        self.stdout.write(f"Ready: http://127.0.0.1:{settings.PORT}")
        self.stdout.write(f"Log in as {NAME} with the password {password}")
        if live.origin() == Origin.SANDBOX:
            self.stdout.write("Data comes from the sandbox, an invented world, until a provider has a key.")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()

    def _keep(self, children: list[Child]) -> None:
        while not self.stopping:
            time.sleep(LOOK_EVERY)
            for child in children:
                if not child.is_running and not self.stopping:
                    self.stderr.write(f"The {child.name} ended and is started again.")
                    child.restart()
