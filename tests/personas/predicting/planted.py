"""People and deals in the tables whose ways are known: some answer at once, some never; big or small ones close."""

from datetime import datetime, timedelta

import numpy as np

from personas.models import Contact, Deal, DealContact, Interaction
from salesintel.accounts.models import User


def mails(rep: User, now: datetime, *, people: int = 24, each: int = 8, noise: bool = False) -> list[Contact]:
    """`each` mails in the last half year to each; every second person answers 9 of 10, the others 1 of 10.

    With `noise` everybody answers every second one, whoever they are.
    """
    chance = np.random.default_rng(8)
    contacts = Contact.objects.bulk_create(Contact(owner=rep, name=f"Person {n}") for n in range(people))
    rows = []
    for number, contact in enumerate(contacts):
        likely = 0.5 if noise else (0.9, 0.1)[number % 2]
        for mail in range(each):
            when, key = now - timedelta(days=190 - 22 * mail, minutes=number), f"{number}-{mail}"
            rows.append(_mail(contact, "email_sent", when, direction="out", message_key=key))
            if chance.random() < likely:
                answer = when + timedelta(hours=5)
                rows.append(_mail(contact, "email_replied", answer, direction="in", answers_key=key))
    Interaction.objects.bulk_create(rows)
    return contacts


def _mail(contact: Contact, type_: str, when: datetime, **fields: str) -> Interaction:
    return Interaction(owner_id=contact.owner_id, contact=contact, type=type_, occurred_at=when, **fields)


def open_deal(contact: Contact, now: datetime, *, days: int = 20) -> Deal:
    deal = Deal.objects.create(owner=contact.owner, name="Renewal", opened_at=now - timedelta(days=days))
    DealContact.objects.create(owner=contact.owner, deal=deal, contact=contact)
    return deal


def closed_deals(contacts: list[Contact], now: datetime, *, each: int = 12) -> None:
    """Deals of the last two years, each 40 days long: those of the first half of the people are won, 9 of 10."""
    chance = np.random.default_rng(9)
    deals = []
    for number in range(each * len(contacts)):
        opened = now - timedelta(days=700) + timedelta(days=640 * number / (each * len(contacts)))
        is_theirs = number % len(contacts) < len(contacts) / 2
        status = "won" if chance.random() < (0.9 if is_theirs else 0.1) else "lost"
        owner = contacts[0].owner
        deals.append(
            Deal(owner=owner, name="Sale", status=status, opened_at=opened, closed_at=opened + timedelta(days=40))
        )
    Deal.objects.bulk_create(deals)
    DealContact.objects.bulk_create(
        DealContact(owner=deal.owner, deal=deal, contact=contacts[number % len(contacts)])
        for number, deal in enumerate(deals)
    )
