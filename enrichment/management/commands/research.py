"""`manage.py research "Acme Corp" --vendor Okta --role AE`: one run in the terminal, live."""

import json
import threading
import time
from argparse import ArgumentParser
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from enrichment import terminal
from enrichment.companies import AmbiguousCompany, IdentityError
from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.workflow import answers
from enrichment.workflow.driver import drive
from enrichment.workflow.requests import Ask, RequestError, Seller, cancel, request_research
from salesintel.accounts.models import User

LOOK_EVERY = 0.1
WORKER_WITHIN = 1.5  # seconds in which a running worker would have taken the run


def add_ask_arguments(parser: ArgumentParser) -> None:
    """What `research` and `plan` both take."""
    parser.add_argument("company", help="Name, domain or URL.")
    parser.add_argument("--domain", help="Its domain, where the name is ambiguous.")
    parser.add_argument("--vendor", help="The company you sell for.")
    parser.add_argument("--role", default="", help="AE, SE, CSM or BDR.")
    parser.add_argument("--segment", default="", help="Say Mid-Market.")
    parser.add_argument("--region", default="", help="Say EMEA.")
    parser.add_argument("--max-cost", help="USD that it may cost at most.")
    parser.add_argument("--json", action="store_true", help="Print the API's answer alone.")


def ask_from(options: dict[str, Any], consumer: str, **more: Any) -> Ask:
    """The ask that the arguments spell."""
    try:
        cap = Decimal(options["max_cost"]) if options["max_cost"] is not None else None
    except InvalidOperation as error:
        raise CommandError(f"--max-cost {options['max_cost']} is not an amount of USD.", returncode=2) from error
    seller = Seller(role=options["role"], segment=options["segment"], region=options["region"])
    return Ask(
        consumer=consumer,
        company=options["company"],
        company_domain=options["domain"],
        vendor=options["vendor"],
        seller=seller,
        max_cost=cap,
        **more,
    )


def ambiguous(error: AmbiguousCompany) -> CommandError:
    """Which companies it could be, and how to say which."""
    lines = [f"{error} Say which with --domain:"]
    lines += [f"  --domain {c.company.domain or '-':<28} {c.company.name} ({c.why})" for c in error.candidates]
    return CommandError("\n".join(lines))


class Command(BaseCommand):
    """Research one company and print the brief."""

    help = "Research a company: live progress, then the brief with its sources and its cost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_ask_arguments(parser)
        parser.add_argument("--consumer", default="customer_intelligence", help="Who needs it; see the admin.")
        parser.add_argument("--refresh", action="store_true", help="Use nothing that was fetched before.")
        parser.add_argument("--max-age", type=float, help="Seconds that data may be old.")
        parser.add_argument("--user", help="Whose request it is; the first administrator where left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        age = timedelta(seconds=options["max_age"]) if options["max_age"] is not None else None
        ask = ask_from(options, options["consumer"], refresh=options["refresh"], max_age=age)
        try:
            request = request_research(ask, user=user)
        except AmbiguousCompany as error:
            raise ambiguous(error) from error
        except (RequestError, IdentityError) as error:
            raise CommandError(str(error)) from error
        if request.run_id and not request.from_cache:
            self._follow(request)
        self._print(ResearchRequest.objects.get(pk=request.pk), as_json=options["json"])

    def _user(self, name: str | None) -> User:
        if name is None:
            found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        else:
            found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise CommandError("There is no such user. Start `make run` once, or make one: manage.py createsuperuser")
        return found

    def _follow(self, request: ResearchRequest) -> None:
        """Tell events as they come; where no worker is running, drive the run here."""
        progress = _Progress(self, request)
        progress.start()
        try:
            until = time.monotonic() + WORKER_WITHIN
            while time.monotonic() < until and _is_waiting(request):
                time.sleep(LOOK_EVERY)
            while not progress.is_over:
                if _is_waiting(request):
                    drive()
                time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            cancel(request)
            raise CommandError("Stopped: what was collected is kept, and nothing more is bought.") from None
        finally:
            progress.over.set()
            progress.join()

    def _print(self, request: ResearchRequest, *, as_json: bool) -> None:
        if request.status != ResearchRequest.Status.ANSWERED:
            raise CommandError(answers.error_of(request))
        answer = answers.envelope(request)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else terminal.brief(answer))


def _is_waiting(request: ResearchRequest) -> bool:
    """Whether the run waits for a driver."""
    run = WorkflowRun.objects.filter(requests=request.pk).first()
    return run is not None and run.is_active and run.status != WorkflowRun.Status.RUNNING


class _Progress(threading.Thread):
    """Writes the run's events to standard error as they come."""

    def __init__(self, command: BaseCommand, request: ResearchRequest) -> None:
        super().__init__(daemon=True)
        self._command, self._request, self._seq = command, request, 0
        self.over = threading.Event()

    @property
    def is_over(self) -> bool:
        return not ResearchRequest.objects.attached().filter(pk=self._request.pk).exists()

    def run(self) -> None:
        while not self.over.wait(LOOK_EVERY):
            self._tell()
        self._tell()
        connection.close()

    def _tell(self) -> None:
        for event in answers.events(self._request, after=self._seq):
            self._seq = event["seq"]
            self._command.stderr.write(_line(event["type"], event["data"]))


def _line(kind: str, data: dict[str, Any]) -> str:
    match kind:
        case "planned":
            asked = ", ".join(data["sources"]) or "nothing"
            return f"  plan      ask {asked}; about {data['expectedCost']} USD and {data['seconds']:.1f} s"
        case "source_update":
            return f"  {data['status']:<9} {data['source']}: {data['cost']} USD{_detail(data)}"
        case "partial_results":
            return f"  found     {', '.join(data['datasets'])}"
        case "finished":
            return f"  {data['status']:<9} {data['cost']} USD{_detail(data)}"
        case _:
            return f"  {kind:<9} {data.get('source', '')} {data.get('detail', '')}".rstrip()


def _detail(data: dict[str, Any]) -> str:
    words = data.get("detail") or data.get("error")
    return f" ({words})" if words else ""
