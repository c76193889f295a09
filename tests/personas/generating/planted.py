"""A contact whose habits are known, because they were made: who answers when, and says what."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from personas.models import Contact, Interaction
from personas.texts import mood, own_words, word_count

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday, ten o'clock in Berlin
SAYS = (
    "The price is too high for us, honestly.",
    "Thanks, that helps a lot. We do this by hand today, and it takes three days.",
    "I have to ask procurement before I can say more.",
    "Good. The auditors come back in May, so compliance matters most.",
    "Still, your price is too high for us.",
)


def conversation(contact: Contact, *, answers: int, hours: float = 2) -> None:
    """`answers` mails of ours, one a week on Mondays at ten in Berlin, each answered after `hours`."""
    rows = []
    for week in range(answers):
        sent = FIRST + timedelta(weeks=week)
        key, said = uuid4().hex, SAYS[week % len(SAYS)]
        shared = {"owner_id": contact.owner_id, "contact": contact}
        rows.append(
            Interaction(type="email_sent", direction="out", occurred_at=sent, message_key=key, words=90, **shared)
        )
        rows.append(
            Interaction(
                type="email_replied",
                direction="in",
                occurred_at=sent + timedelta(hours=hours),
                answers_key=key,
                message_key=uuid4().hex,
                body=said,
                words=word_count(own_words(said)),
                mood=mood(said),
                **shared,
            )
        )
    Interaction.objects.bulk_create(rows)
