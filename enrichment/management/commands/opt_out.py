"""`manage.py opt_out --email …`: never collect somebody, and forget them; `--remove` takes them off the list."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrichment.people import optouts
from enrichment.people.optouts import Marks, NoMark
from enrichment.workflow import erasing
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = "Put somebody on the list of whom not to collect, and erase what is known of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", action="append", default=[], help="may be repeated, like all of these")
        parser.add_argument("--profile", action="append", default=[], help="address of a profile, say on LinkedIn")
        parser.add_argument("--name", action="append", default=[], help="counts at --company")
        parser.add_argument("--company", action="append", default=[], help="its domain, or its name")
        parser.add_argument("--remove", action="store_true", help="take these marks off the list")

    def handle(self, *args: Any, **options: Any) -> None:
        marks = {"emails": "email", "profiles": "profile", "names": "name", "companies": "company"}
        person = Marks(**{field: tuple(options[name]) for field, name in marks.items()})
        try:
            if options["remove"]:
                self.stdout.write(f"{optouts.remove(person)} marks taken off the list.")
                return
            done = erasing.opt_out(person)
        except NoMark as error:
            raise CommandError(str(error), returncode=2) from error
        rows = sum(count for each in done for count in each.counts.values())
        self.stdout.write(f"Never collected from now on; {rows} rows held something of theirs.")
