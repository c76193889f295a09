"""Keeps every contact's figures, and the installation's distributions, a piece at a time beside the workers."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef

from enrichment.models.clock import database_now
from personas.benchmarks.standing import COLUMNS, FEWEST, STEPS
from personas.metrics import measure
from personas.models import Contact, ContactFigures, Distribution, Interaction, PersonaPolicy
from personas.reading import history_of, terms_at

FEWEST_PEOPLE = 10  # whose contacts an installation's distribution is made of, at least: nobody is to be made out
BATCH = 20  # contacts of a tick
LONGEST = 2.0  # seconds of a tick
EVERY = timedelta(minutes=1)
AGES = timedelta(days=7)  # after which figures are stale, as they tell of what is recent
SETTLES = timedelta(days=1)  # for which figures hold, whatever came in


def keep_figures(contact: Contact, *, at: datetime, policy: PersonaPolicy | None = None) -> None:
    """Measure a contact and keep its figures. A contact that is deleted meanwhile has none."""
    found = measure(history_of(contact, policy=policy), terms_at(at, policy=policy)).figures
    values = {column: found[name].value for name, column in COLUMNS.items()}
    with transaction.atomic():
        if Contact.objects.select_for_update(no_key=True, of=("self",)).filter(pk=contact.pk).exists():
            ContactFigures.objects.update_or_create(
                contact=contact, defaults={"owner_id": contact.owner_id, "measured": at, **values}
            )


def stale(at: datetime, limit: int = BATCH) -> list[Contact]:
    """Contacts to measure now: those never measured, then those with news since yesterday, then the oldest figures."""
    contacts = Contact.objects.select_related("owner")
    found = list(contacts.filter(figures=None)[:limit])
    news = Interaction.objects.filter(contact=OuterRef("pk"), created__gt=OuterRef("figures__measured"))
    settled = contacts.filter(figures__measured__lt=at - SETTLES).order_by("figures__measured")
    if len(found) < limit:
        found += list(settled.filter(figures__measured__lt=at - AGES)[: limit - len(found)])
    if len(found) < limit:
        fresh = settled.filter(figures__measured__gte=at - AGES)
        found += list(fresh.filter(Exists(news))[: limit - len(found)])
    return found


def spread(at: datetime) -> int:
    """Make the installation's distributions anew; of what fewer than ten people have, there is none. How many."""
    made = 0
    for metric, column in COLUMNS.items():
        rows = ContactFigures.objects.filter(**{f"{column}__isnull": False})
        counts = rows.order_by().aggregate(people=Count("owner", distinct=True), contacts=Count("pk"))
        if counts["people"] < FEWEST_PEOPLE or counts["contacts"] < FEWEST:
            Distribution.objects.filter(metric=metric).delete()
            continue
        values = np.fromiter(rows.order_by().values_list(F(column), flat=True).iterator(), dtype=float)
        quantiles = [round(float(each), 6) for each in np.percentile(values, STEPS)]
        Distribution.objects.update_or_create(metric=metric, defaults={**counts, "quantiles": quantiles, "made": at})
        made += 1
    return made


@dataclass(slots=True)
class Measurer:
    """Measures stale contacts once a minute, and the distributions once a day."""

    due: float = field(default_factory=time.monotonic)
    spread_due: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Measure a batch if it is time; on with it at the next tick while there are more."""
        begun = time.monotonic()
        if begun < self.due:
            return
        at, policy = database_now(), PersonaPolicy.now()
        waiting = stale(at)
        for contact in waiting:
            keep_figures(contact, at=at, policy=policy)
            if time.monotonic() - begun > LONGEST:
                break
        if len(waiting) == BATCH:
            return
        if begun >= self.spread_due:
            spread(at)
            self.spread_due = begun + SETTLES.total_seconds()
        self.due = begun + EVERY.total_seconds()
