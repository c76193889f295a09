"""`manage.py next_chapter`: time passes in the sandbox."""

from typing import Any

from django.core.management.base import CommandError

from enrichment.workflow.chapters import NoChapter, turn
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = "Let time pass in the sandbox: headlines, people and technologies change, so that watches have what to tell."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chapter = turn()
        except NoChapter as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The sandbox is in chapter {chapter.number} of {chapter.last}.")
