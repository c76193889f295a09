"""`manage.py runs`: what is under way; `manage.py runs pause|resume|retry|cancel ID`: as the page and the API do it."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils import timezone

from enrichment.models import ResearchRequest
from enrichment.workflow import answers
from enrichment.workflow.pauses import NotNow, pause, resume
from enrichment.workflow.requests import cancel
from enrichment.workflow.retries import FROM, retry
from salesintel.accounts.models import User
from salesintel.commands import LeanCommand

ACTIONS = ("list", "pause", "resume", "retry", "cancel")
DONE = {"pause": "Paused.", "resume": "It goes on.", "retry": "Another attempt is under way.", "cancel": "Cancelled."}


class Command(LeanCommand):
    """List requests under way, or do something to one."""

    help = "List what is under way, with its state and cost; pause, resume, try again or cancel one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=ACTIONS, default="list")
        parser.add_argument("id", nargs="?", type=UUID, help="The request's id, for all but the list.")
        parser.add_argument("--user", help="List only the requests of this user.")
        parser.add_argument("--json", action="store_true", help="Print the list as the API tells each.")
        parser.add_argument("--until", help="Pause until then: ISO 8601 with its zone, 2026-11-21T18:00:00+01:00.")
        parser.add_argument("--from-step", choices=FROM, help="Try again from this step; else from where it stopped.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list(options["user"], as_json=options["json"])
            return
        if options["id"] is None:
            raise CommandError(f"Say which: manage.py runs {options['action']} ID", returncode=2)
        self._do(options)

    def _list(self, user: str | None, *, as_json: bool) -> None:
        rows = ResearchRequest.objects.attached().filter(parent=None).select_related("run", "company", "vendor")
        if user is not None:
            if not User.objects.filter(username=user).exists():
                raise CommandError(f"There is no user {user!r}.")
            rows = rows.filter(user__username=user)
        told = [answers.run_state(row) for row in rows]
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for state in told:
            self.stdout.write(_line(state))
        if not told:
            self.stdout.write("Nothing is under way.")

    def _do(self, options: dict[str, Any]) -> None:
        asked = ResearchRequest.objects.filter(pk=options["id"]).first()
        if asked is None:
            raise CommandError(f"There is no request {options['id']}.")
        try:
            _action(asked, options)()
        except NotNow as error:
            raise CommandError(str(error)) from error
        self.stdout.write(DONE[options["action"]])


def _action(asked: ResearchRequest, options: dict[str, Any]) -> Callable[[], None]:
    match options["action"]:
        case "pause":
            return partial(pause, asked, until=_moment(options["until"]))
        case "resume":
            return partial(resume, asked)
        case "retry":
            return partial(retry, asked, step=options["from_step"])
        case _:
            return partial(cancel, asked)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--until {text} is no moment; say 2026-11-21T18:00:00+01:00.", returncode=2) from error
    if moment.tzinfo is None:
        raise CommandError(f"--until {text} has no zone; add Z or, say, +01:00.", returncode=2)
    if moment <= timezone.now():
        raise CommandError(f"--until {text} is over.", returncode=2)
    return moment


def _line(state: dict[str, Any]) -> str:
    paused = f"paused until {state['pausedUntil']}" if state["pausedUntil"] else "paused"
    status = paused if state["paused"] else f"{state['status']} {state['progress']} %"
    cap = "no limit" if state["cap"] is None else f"of {state['cap']:g}"
    what = f"{state['consumer']} of {state['company']['name']}"
    return f"{state['requestId']}  {status:<14} {state['cost']:.4g} USD ({cap})  {what}"
