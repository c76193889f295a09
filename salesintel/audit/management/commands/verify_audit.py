"""`manage.py verify_audit`: whether the audit log is as it was written."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError

from salesintel.audit import chain
from salesintel.audit.verifying import UNSIGNED, Verdict, digest_of, verify
from salesintel.commands import LeanCommand


def anchor(text: str) -> tuple[int, str]:
    """A digest that was noted before: NUMBER:DIGEST."""
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text)
    if found is None:
        raise ArgumentTypeError(f"{text[:100]!r} is not NUMBER:DIGEST, as this command prints it")
    return int(found[1]), found[2]


class Command(LeanCommand):
    help = "Verify the audit log: find entries and seals that were changed, removed, moved or added afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", metavar="NUMBER:DIGEST", type=anchor, action="append", default=[],
            help="a digest that was noted earlier, from this command or a worker's log; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--sign", action="store_true",
            help="where all keys were lost that signed it: sign what is otherwise whole, and as --expect says, anew",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign"]:
            self._sign(options["expect"])
        verdict = verify()
        faults = [finding.words for finding in verdict.findings]
        faults += [words for number, digest in options["expect"] if (words := _unexpected(verdict, number, digest))]
        for words in faults:
            self.stderr.write(words)
        if faults:
            raise CommandError(f"The audit log is not as it was written: {len(faults)} findings, above.")
        self.stdout.write(_told(verdict))

    def _sign(self, expected: list[tuple[int, str]]) -> None:
        """Sign anew, and say so in the log, if nothing but the signature is wrong."""
        verdict = verify()
        others = [finding.words for finding in verdict.findings if finding.words != UNSIGNED]
        others += [words for number, digest in expected if (words := _unexpected(verdict, number, digest))]
        if not expected:
            raise CommandError("Nothing is signed anew without a digest that was noted elsewhere: add --expect.")
        if others or not verdict.findings:
            raise CommandError("Nothing is signed anew: " + ("; ".join(others) or "it is signed already") + ".")
        chain.sign_anew()


def _unexpected(verdict: Verdict, number: int, digest: str) -> str:
    if number < verdict.begins - 1:
        return f"seal {number} was noted, but went with what was too old: the chain now begins at {verdict.begins}"
    return "" if digest_of(number) == digest else f"seal {number} does not have the digest that was noted"


def _told(verdict: Verdict) -> str:
    waiting = f" {verdict.waiting} newer entries are not sealed yet." if verdict.waiting else ""
    if verdict.ends < verdict.begins:
        return f"The audit log has no sealed entries.{waiting}"
    return (
        f"The audit log is whole: seals {verdict.begins} to {verdict.ends}.{waiting}\n"
        f"Note it elsewhere: {verdict.ends}:{verdict.digest}"
    )
