"""People who log in to the admin."""

from django.contrib.auth.models import Permission
from django.test import Client

from salesintel.accounts.models import User


def clerk(*codenames: str) -> Client:
    """Somebody of the staff, logged in, with these permissions only."""
    person = User.objects.create_user("clerk", "clerk@example.com", "correct horse", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(person)
    return client
