"""`manage.py openapi`: writes the API's description to docs/openapi.yaml; `--check` says whether it is there."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import CommandError

from salesintel.commands import LeanCommand


class Command(LeanCommand):
    """Writes the OpenAPI document that is committed, and the names that it promises."""

    help = "Write docs/openapi.yaml from the code; --check fails where the two differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if the document has changed.")

    def handle(self, *args: Any, **options: Any) -> None:
        from salesintel import document  # loads every view

        if lost := sorted(document.lost()):
            raise CommandError(
                f"Programs may rely on {', '.join(lost[:5])}{' and more' if len(lost) > 5 else ''}, which the API does"
                " not have any more. Give it back, or begin a new major version in salesintel/openapi.py."
            )
        text = document.as_yaml()
        same = document.COMMITTED.exists() and document.COMMITTED.read_text() == text
        if options["check"]:
            if not same:
                raise CommandError(
                    "The API is not as docs/openapi.yaml says. If that is meant: make openapi, look at the difference,"
                    " and give what callers notice a line in CHANGELOG.md."
                )
            return
        document.COMMITTED.write_text(text)
        document.promise()
        self.stdout.write("docs/openapi.yaml and docs/openapi-fields.txt are as the code is.")
