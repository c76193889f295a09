"""Whose profile is made next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from personas.likeness.keeping import stale
from personas.models import Contact, Interaction, Profile
from salesintel.accounts.models import User

pytestmark = pytest.mark.django_db


def test_who_has_no_profile_comes_before_who_has_an_old_one(rep: User, contact: Contact) -> None:
    now, new = timezone.now(), Contact.objects.create(owner=rep, name="New")
    for each in (contact, new):
        Interaction.objects.create(owner=rep, contact=each, type="call", occurred_at=now)
    made = now - timedelta(days=60)
    Profile.objects.create(owner=rep, contact=contact, behaviour=b"", known=b"", interactions=1, made=made)

    assert list(stale(now)) == [new, contact]
