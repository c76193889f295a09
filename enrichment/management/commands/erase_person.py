"""`manage.py erase_person ID`: forget somebody, and never collect them again; `--export` only shows what is held."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder

from enrichment.people import known
from enrichment.people.optouts import Marks
from enrichment.workflow import erasing
from enrichment.workflow.holding import held
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = "Erase a person by the API's id, list the people at a company, or export everything held about one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("id", nargs="?", metavar="ID", help="the person, as the API and --at give it")
        whom.add_argument("--at", metavar="COMPANY", help="list the ids of the people known there; erases nobody")
        parser.add_argument("--export", action="store_true", help="print everything held as JSON; erases nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["at"]:
            self._list(options["at"])
            return
        person = known.find(options["id"])
        if person is None:
            raise CommandError("We know nobody by this id.")
        if options["export"]:
            self.stdout.write(json.dumps(held(person), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
            return
        done = erasing.erase(person)
        for table, count in sorted(done.counts.items()):
            self.stdout.write(f"{count:>7}  {table}")
        if done.finished is None:
            self.stdout.write("Runs that began before go on: the watchdog looks again when they have ended.")

    def _list(self, company: str) -> None:
        found = known.companies_of(Marks(companies=(company,)))
        if not found:
            raise CommandError(f"We know no company {company!r}.")
        for person in (each for one in found for each in known.at(one)):
            self.stdout.write(f"{person.id}  {person.name}, {person.company}")
