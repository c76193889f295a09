"""How fast 10,000 interactions are measured, 50,000 contacts taken in, and similar ones found among 100,000."""

import random
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time

from django.db import connection

from personas.metrics import measure
from personas.models import Contact, Interaction, Thread
from personas.reading import history_of, terms_at
from salesintel.accounts.models import User
from tests.benchmarks import importing, similar_profiles
from tests.seeding import rolled_back

Figure = tuple[str, str, str]  # what, measured, target

COUNT = 10_000
ROUNDS = 7
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def run() -> list[Figure]:
    """Measure on the configured, migrated database; whatever is loaded is rolled back."""
    with rolled_back():
        contact = planted(COUNT, random.Random(9))
        rounds = [timed(contact) for _ in range(ROUNDS)]
    read, wall, cpu = (min(times) * 1000 for times in zip(*rounds, strict=True))
    label = f"all metrics of {COUNT:,} interactions, {connection.vendor}"
    spent = f"{read:.0f} · {wall:.0f} · {cpu:.0f} ms"
    return [
        (f"{label}: reading · altogether · of it CPU", spent, "– · ≤ 300 ms · –"),
        *importing.figures(),
        *similar_profiles.run(),
    ]


def timed(contact: Contact) -> tuple[float, float, float]:
    """Seconds of reading, of reading and measuring, and of the processor's for both."""
    begun, busy = perf_counter(), process_time()
    history = history_of(contact)
    read = perf_counter() - begun
    measure(history, terms_at(NOW))
    return read, perf_counter() - begun, process_time() - busy


def planted(count: int, chance: random.Random) -> Contact:
    """A contact with threads of mails, answers, opens and clicks, calls and meetings over three years."""
    owner = User.objects.create_user("bench-personas", time_zone="Europe/Berlin")
    contact = Contact.objects.create(owner=owner, name="Dana Whitfield")
    threads = Thread.objects.bulk_create(Thread(owner=owner, key=f"{n:064}") for n in range(count // 8))
    rows: list[Interaction] = []
    for number, thread in enumerate(threads):
        when = NOW - timedelta(minutes=chance.uniform(3_000, 1_500_000))
        key = f"m{number}"
        happened = [
            ("email_sent", "out", 0.0, {"message_key": key}),
            ("email_opened", "", chance.expovariate(1 / 5), {"answers_key": key}),
            ("email_opened", "", chance.expovariate(1 / 9), {"answers_key": key}),
            ("email_clicked", "", chance.expovariate(1 / 9), {"answers_key": key}),
            ("email_replied", "in", chance.expovariate(1 / 20), {"answers_key": key, "mood": chance.uniform(-1, 1)}),
            ("email_sent", "out", 40.0, {}),
            ("call", "out", 60.0, {"outcome": chance.choice(["connected", "no_answer"])}),
            ("meeting", "", 90.0, {"outcome": chance.choice(["held", "cancelled"])}),
        ]
        rows += [
            Interaction(
                owner=owner, contact=contact, thread=thread, type=type_, direction=direction,
                occurred_at=when + timedelta(hours=hours), **fields,
            )
            for type_, direction, hours, fields in happened
        ]  # fmt: skip
    Interaction.objects.bulk_create(rows, batch_size=500)
    return contact
