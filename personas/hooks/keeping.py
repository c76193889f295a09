"""A person's CRM hooks: making, switching, rotating."""

import secrets
from base64 import b64encode
from datetime import timedelta

from django.db import transaction

from enrichment.models.clock import database_now
from personas.models import CrmHook
from salesintel.accounts.models import User

MOST = 20  # hooks of one person
OVERLAP = timedelta(hours=24)  # that the old secret is good as well
SHORTEST, LONGEST = 16, 200  # characters of a secret that somebody else made


class Refused(ValueError):
    """What is asked cannot be: the words say why, and what can be done."""


@transaction.atomic
def make(*, owner: User, system: str, form: str, secret: str = "") -> tuple[CrmHook, str]:
    """A new hook, and its secret, which is told this once. `secret`: one that the CRM made. Raises `Refused`."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=owner.pk)
    if CrmHook.objects.visible_to(owner).count() >= MOST:
        raise Refused(f"You have {MOST} hooks, and more are not allowed. Delete one first.")
    chosen = _checked(form, secret) or new_secret()
    return CrmHook.objects.create(owner=owner, system=system, form=form, secrets={"current": chosen}), chosen


@transaction.atomic
def rotate(hook: CrmHook, *, secret: str = "") -> str:
    """A new secret, told this once; for a day the old one is good as well. Raises `Refused`."""
    row = CrmHook.objects.select_for_update(no_key=True).get(pk=hook.pk)
    chosen = _checked(row.form, secret) or new_secret()
    row.secrets = {"current": chosen, "previous": row.secrets["current"]}
    row.previous_until = database_now() + OVERLAP
    row.save(update_fields=["secrets", "previous_until"])
    return chosen


def switch(hook: CrmHook, *, enabled: bool) -> None:
    """Switched off, its address is as one that there is not."""
    hook.enabled = enabled
    hook.save(update_fields=["enabled"])


def new_secret() -> str:
    """A secret of 192 bits, in the form of the Standard Webhooks."""
    return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"


def _checked(form: str, secret: str) -> str:
    """The CRM's own secret; "" where we make one. HubSpot signs with its app's client secret, which it made."""
    if form == CrmHook.Form.HUBSPOT and not secret:
        raise Refused("HubSpot signs with the client secret of its app; send that as “secret”.")
    if form == CrmHook.Form.STANDARD and secret:
        raise Refused("The secret of such a hook is made here; leave “secret” out.")
    if secret and not (SHORTEST <= len(secret) <= LONGEST and secret.isascii() and secret.isprintable()):
        raise Refused(f"A secret has {SHORTEST} to {LONGEST} printable ASCII characters.")
    return secret
