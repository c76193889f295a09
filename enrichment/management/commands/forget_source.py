"""`manage.py forget_source SLUG`: delete everything that one source ever said."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrichment.models import CacheEntry, Source
from enrichment.workflow.forgetting import forget_source
from salesintel import audit
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = "Delete everything that one source ever said, and what was written of the people it spoke of."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SLUG", help="the source, say snov_contacts")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["source"]
        if not (Source.objects.filter(slug=slug).exists() or CacheEntry.objects.filter(source=slug).exists()):
            raise CommandError(f"There is no source {slug!r}.", returncode=2)
        forgotten = forget_source(slug)
        audit.record("forget", Source, pk=slug[:64], counts=forgotten)
        for table, count in sorted(forgotten.items()):
            self.stdout.write(f"{count:>7}  {table}")
        if Source.objects.filter(slug=slug, enabled=True).exists():
            self.stdout.write("The source is still switched on: runs may ask it again.")
