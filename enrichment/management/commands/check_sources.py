"""`manage.py check_sources [PROVIDER …]`: one cheap real call to each provider, free of charge."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrichment.models import Provider
from enrichment.workflow.checking import Check, check
from salesintel.commands import LeanCommand


class Command(LeanCommand):
    help = (
        "Ask each provider that is switched on for our account there; exit code 1 where one does not do."
        " One without a key does, unless it is named here or a source that is switched on needs it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("providers", nargs="*", metavar="PROVIDER", help="slugs (default: all that are enabled)")
        parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _providers(options["providers"])
        checks = []
        for row in rows:
            checks.append(check(row))
            if not options["json"]:
                self.stdout.write(_line(checks[-1], max(len(each.label) for each in rows)))
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(each) for each in checks], indent=2, ensure_ascii=False))
        bad = [each.label for each in checks if not (each.is_good if options["providers"] else each.is_no_trouble)]
        if bad:
            raise CommandError(f"{len(bad)} of {len(checks)} will not do: {', '.join(bad)}.")


def _providers(slugs: list[str]) -> list[Provider]:
    known = {row.slug: row for row in Provider.objects.all()}
    unknown = [slug for slug in slugs if slug not in known]
    if unknown:
        words = f"“{unknown[0]}” is no provider; choose from {', '.join(sorted(known))}."
        raise CommandError(words, returncode=2)
    return [known[slug] for slug in slugs] or [row for row in known.values() if row.enabled]


def _line(found: Check, width: int) -> str:
    took = f" ({found.seconds:.1f} s)" if found.seconds else ""
    return f"{found.label:{width}}  {found.result:9}  {found.words}{took}"


def _as_json(found: Check) -> dict[str, Any]:
    return {
        "provider": found.provider,
        "result": found.result,
        "words": found.words,
        "left": None if found.left is None else f"{found.left:f}",
        "unit": found.unit,
        "seconds": round(found.seconds, 3),
    }
