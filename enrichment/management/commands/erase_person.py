"""`manage.py erase_person ID`: forget somebody, and never collect them again; `--export` only shows what is held."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder

from enrichment.people import known
from enrichment.people.optouts import Marks
from enrichment.workflow import erasing
from enrichment.workflow.holding import exported
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = "Erase a person by the API's id, list the people at a company, or export everything held about one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("id", nargs="?", metavar="ID", help="the person, as the API and --at give it")
        whom.add_argument("--at", metavar="COMPANY", help="list the ids of the people known there; erases nobody")
        parser.add_argument(
            "--export",
            action="store_true",
            help="print everything held as JSON, with --at about each person known there; erases nobody",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["at"]:
            self._tell(options["at"], in_full=options["export"])
            return
        person = known.find(options["id"])
        if person is None:
            raise CommandError("We know nobody by this id.")
        if options["export"]:
            self._print(exported(person))
            return
        done = erasing.erase(person)
        for table, count in sorted(done.counts.items()):
            self.stdout.write(f"{count:>7}  {table}")
        if done.finished is None:
            self.stdout.write("Runs that began before go on: the watchdog looks again when they have ended.")

    def _tell(self, company: str, *, in_full: bool) -> None:
        found = known.companies_of(Marks(companies=(company,)))
        if not found:
            raise CommandError(f"We know no company {company!r}.")
        people = [person for one in found for person in known.at(one)]
        if in_full:
            self._print(
                [
                    {"id": each.id, "name": each.name, "company": str(each.company), "held": exported(each)}
                    for each in people
                ]
            )
            return
        for person in people:
            self.stdout.write(f"{person.id}  {person.name}, {person.company}")

    def _print(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
