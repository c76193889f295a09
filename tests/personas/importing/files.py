"""Files as tests send them."""

import csv
import io
from collections.abc import Iterable, Sequence

from personas.importing import steering, tasks
from personas.importing.intake import Upload
from personas.importing.working import work
from personas.models import Import
from salesintel.accounts.models import User


def table(*rows: Sequence[object]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def sent(user: User, raw: bytes, kind: str = "contacts", **more: str) -> Import:
    return steering.upload(Upload(raw=raw, name="people.csv", kind=kind, **more), user=user)


def run(row: Import) -> Import:
    """Started, and worked off here."""
    steering.start(row)
    return finished(row)


def finished(row: Import) -> Import:
    while work(row.pk, seconds=60):
        pass
    return Import.objects.select_related("owner").get(pk=row.pk)


def mail(number: int, sender: str, to: str, *, answers: Iterable[str] = (), body: str = "Hello.", **more: str) -> str:
    """A mail whose Message-ID is <number@test>."""
    head = {
        "From": sender, "To": to, "Subject": f"Mail {number}", "Message-ID": f"<{number}@test>",
        "Date": f"Wed, 04 Mar 2026 09:{number % 60:02}:00 +0000",
        "References": " ".join(f"<{each}>" for each in answers),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    return "\n".join([*lines, "", body, ""])


def box(*mails: str) -> bytes:
    return "\n".join(f"From x Wed Mar  4 09:00:00 2026\n{each}" for each in mails).encode()


__all__ = ["box", "finished", "mail", "run", "sent", "table", "tasks"]
