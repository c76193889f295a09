"""`manage.py research "Acme Corp" --vendor Okta --role AE`: one run in the terminal, live."""

import json
import shlex
import threading
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from enrichment import terminal
from enrichment.companies import NEW, AmbiguousCompany, IdentityError
from enrichment.egress import Har
from enrichment.models import ResearchRequest, WorkflowRun
from enrichment.rules import live
from enrichment.workflow import answers
from enrichment.workflow.driver import drive
from enrichment.workflow.requests import Ask, RequestError, Seller, cancel, request_research
from salesintel.accounts.models import User
from salesintel.commands import LeanCommand

LOOK_EVERY = 0.1
WORKER_WITHIN = 1.5  # seconds in which a running worker would have taken the run
NOTHING_RECORDED = "Nothing was recorded in {path}: {why}"
SERVED_FROM_CACHE = "the answer was served from the cache. Ask anew with --refresh."
ALL_WAS_HELD = "all that the run needed was held already, so nobody was asked. Ask anew with --refresh."
TAKEN_BY_A_WORKER = "another worker took the run and asked. Stop the workers, then ask anew with --refresh."


def add_ask_arguments(parser: ArgumentParser, *, company: str | None = None) -> None:
    """What `research` and `plan` both take. `company`: "?" where it may be left out."""
    parser.add_argument("company", nargs=company, help="Name, domain or URL.")
    parser.add_argument("--domain", help="Its domain, where the name is ambiguous.")
    parser.add_argument("--vendor", help="The company you sell for.")
    parser.add_argument("--role", default="", help="AE, SE, CSM or BDR.")
    parser.add_argument("--segment", default="", help="Say Mid-Market.")
    parser.add_argument("--region", default="", help="Say EMEA.")
    parser.add_argument("--strategy", help="enhanced, legacy or hybrid; the consumer's own where left out.")
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
        strategy=options["strategy"],
        **more,
    )


def _span(text: str) -> timedelta:
    try:
        return timedelta(seconds=float(text))
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(f"{text!r} is no number of seconds") from error


def ambiguous(error: AmbiguousCompany) -> CommandError:
    """Which companies it could be, and how to say which."""
    lines = [f"{error} Say which with --domain:"]
    lines += [f"  --domain {shlex.quote(c.company.reference):<28} {c.company.name} ({c.why})" for c in error.candidates]
    lines.append(f"  --domain {shlex.quote(NEW):<28} none of them: another company")
    return CommandError("\n".join(lines))


def why_nothing_was_recorded(request: ResearchRequest) -> str:
    """The reason why this process had no exchange with a provider, and what to do about it."""
    if request.from_cache or request.run is None:
        return SERVED_FROM_CACHE
    return TAKEN_BY_A_WORKER if request.run.calls.exists() else ALL_WAS_HELD


class Command(LeanCommand):
    """Research one company and print the brief."""

    help = (
        "Research a company: live progress, then the brief with its sources and its cost."
        " With --record, exit code 1 where nothing was recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_ask_arguments(parser)
        parser.add_argument("--consumer", default="customer_intelligence", help="Who needs it; see the admin.")
        parser.add_argument("--refresh", action="store_true", help="Use nothing that was fetched before.")
        parser.add_argument("--max-age", type=_span, metavar="SECONDS", help="Seconds that data may be old.")
        parser.add_argument("--trace", action="store_true", help="Print the run's trace on standard error at the end.")
        parser.add_argument(
            "--record",
            type=Path,
            metavar="FILE.har",
            help="Write down what providers are asked and answer, without keys; `manage.py sandbox --replay` plays it.",
        )
        parser.add_argument("--user", help="Whose request it is; the first administrator where left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = self._user(options["user"])
        ask = ask_from(options, options["consumer"], refresh=options["refresh"], max_age=options["max_age"])
        try:
            request = request_research(ask, user=user)
        except AmbiguousCompany as error:
            raise ambiguous(error) from error
        except (RequestError, IdentityError) as error:
            raise CommandError(str(error)) from error
        recorded = None
        if options["record"]:
            recorded = self._record(request, options["record"])
        elif request.run_id and not request.from_cache:
            self._follow(request)
        ended = ResearchRequest.objects.get(pk=request.pk)
        if options["trace"]:
            self.stderr.write(terminal.trace(answers.trace(ended)))
        self._print(ended, as_json=options["json"])
        if recorded == 0:
            raise CommandError(NOTHING_RECORDED.format(path=options["record"], why=why_nothing_was_recorded(ended)))

    def _user(self, name: str | None) -> User:
        if name is None:
            found = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        else:
            found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise CommandError("There is no such user. Start `make run` once, or make one: manage.py createsuperuser")
        return found

    def _record(self, request: ResearchRequest, path: Path) -> int:
        """Drive the run here, and write down its exchanges; returns how many there were."""
        try:
            har = Har(path)
        except OSError as error:
            cancel(request)
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        with har:
            if request.run_id and not request.from_cache:
                self._follow(request, record=har)
        self.stderr.write(f"  recorded  {har.count} exchanges in {path}")
        return har.count

    def _follow(self, request: ResearchRequest, record: Har | None = None) -> None:
        """Tell events as they come; where no worker is running, or exchanges are recorded, drive the run here."""
        progress = _Progress(self, request)
        progress.start()
        try:
            until = time.monotonic() + (0 if record else WORKER_WITHIN)
            while time.monotonic() < until and _is_waiting(request):
                time.sleep(LOOK_EVERY)
            while not progress.is_over:
                if _is_waiting(request):
                    drive(record)
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
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(terminal.brief(answer, live.sections().get(_role_of(answer), ())))


def _role_of(answer: dict[str, Any]) -> str:
    return str((answer["data"]["analysis"].get("persona") or {}).get("role") or "")


def _is_waiting(request: ResearchRequest) -> bool:
    """Whether the run waits for a driver."""
    run = WorkflowRun.objects.filter(requests=request.pk).first()
    return run is not None and run.is_active and run.status != WorkflowRun.Status.RUNNING


class _Progress(threading.Thread):
    """Writes the run's events to standard error as they come."""

    def __init__(self, command: LeanCommand, request: ResearchRequest) -> None:
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
            return f"  plan      ask {asked}; about {terminal.usd(data['expectedCost'])} and {data['seconds']:.1f} s"
        case "source_update":
            return f"  {data['status']:<9} {data['source']}: {terminal.usd(data['cost'])}{_detail(data)}"
        case "partial_results":
            return "\n".join([f"  found     {', '.join(data['datasets'])}", *_findings(data)])
        case "finished":
            return f"  {data['status']:<9} {terminal.usd(data['cost'])}{_detail(data)}"
        case _:
            return f"  {kind:<9} {data.get('source', '')} {data.get('detail', '')}".rstrip()


def _findings(data: dict[str, Any]) -> Iterator[str]:
    """What people can read of an answer already, a line each."""
    for found in data.get("findings", ()):
        known = ", ".join(filter(None, (found.get(name, "") for name in ("signal", "group", "role", "date"))))
        yield f"            {found['kind']}: {found['text']}{f' ({known})' if known else ''}"
    if data.get("more"):
        yield f"            and {data['more']} more"


def _detail(data: dict[str, Any]) -> str:
    words = data.get("detail") or data.get("error")
    return f" ({words})" if words else ""
