"""One of each record that belongs to a person, by the parameter that names it in addresses."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from personas.generating.making import make
from personas.hooks import keeping
from personas.importing import steering
from personas.importing.intake import Upload
from personas.models import Contact, Deal, DealContact, File, Interaction, OwnBenchmark
from salesintel.accounts.models import User

PEOPLE = b"Name,Email\nOla,ola@acmecorp.com\nNobody,no address\n"


def plant(owner: User, *, number: int = 0) -> dict[str, Any]:
    """A contact with a history and two personas, a deal, a file, an import, a range, a hook: parameter → id."""
    address = f"dana{number}@acmecorp.com"
    contact = Contact.objects.create(owner=owner, name="Dana Whitfield", email=address, title="CISO")
    mine, now = {"owner": owner, "contact": contact}, timezone.now()
    mails = Interaction.objects.bulk_create(
        Interaction(
            **mine, type="email_replied", direction="in", occurred_at=now - timedelta(days=n), body="Too dear.", words=2
        )
        for n in range(6)
    )
    make(contact, method="basic")
    persona = make(contact, method="rag")
    assert persona is not None
    deal = Deal.objects.create(owner=owner, name="Renewal", opened_at=now)
    DealContact.objects.create(**mine, deal=deal)
    span = {"industry": f"sector {number}", "metric": "conversionRate", "low": 0.1, "typical": 0.2, "high": 0.3}
    return {
        "contact_id": contact.pk,
        "interaction_id": mails[0].pk,
        "persona_id": persona.pk,
        "file_id": File.objects.create(**mine, name="offer.pdf").pk,
        "deal_id": deal.pk,
        "import_id": steering.upload(Upload(raw=PEOPLE, name="people.csv", kind="contacts"), user=owner).pk,
        "benchmark_id": OwnBenchmark.objects.create(owner=owner, **span).pk,
        "hook_id": keeping.make(owner=owner, system="hubspot", form="standard")[0].pk,
    }
