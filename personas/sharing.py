"""Lets a colleague see records, or change them: one contact's, or all of them."""

from django.db import transaction

from personas.models import Contact, Grant
from salesintel.accounts.models import User


class NoColleague(ValueError):
    """There is nobody of that name to share with."""


@transaction.atomic
def share(*, owner: User, username: str, contact: Contact | None, may_edit: bool) -> Grant:
    """Let somebody see `contact` with its records, or all that `owner` has and will have; again it changes the right.

    Raises `NoColleague`. The audit log has each of them.
    """
    grantee = User.objects.filter(username=username, is_active=True).exclude(pk=owner.pk).first()
    if grantee is None:
        raise NoColleague(f"There is nobody else with the user name “{username[:60]}”; an admin adds people.")
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    held = Grant.objects.filter(owner=owner, grantee=grantee, contact=contact).first()
    grant = held or Grant(owner=owner, grantee=grantee, contact=contact)
    if held is None or held.may_edit != may_edit:
        grant.may_edit = may_edit
        grant.save()
    return grant


def revoke(grant: Grant) -> None:
    """From now on they see nothing of it any more."""
    grant.delete()
