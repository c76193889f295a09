"""Deletes single records. A contact is not deleted but erased: `personas.privacy.erasing`."""

from django.db import transaction

from personas.models import Deal, File, Interaction
from salesintel import audit
from salesintel.walls import acting_for


@acting_for("interaction")
@transaction.atomic
def delete_interaction(*, interaction: Interaction) -> None:
    audit.record("delete", interaction)
    interaction.delete()


@acting_for("deal")
@transaction.atomic
def delete_deal(*, deal: Deal) -> None:
    """With its stages and parties; what happened on the way to it stays, with its contacts."""
    audit.record("delete", deal)
    deal.delete()


@acting_for("file")
@transaction.atomic
def delete_file(*, file: File) -> None:
    audit.record("delete", file)
    file.delete()
