"""Rows that belong to a person, and the grants by which others see them.

Nobody reads a row of this app but through `visible_to`, and nobody changes one but through `editable_by`.
"""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable

from salesintel.audit.watched import Watched, WatchedQuerySet


class OwnedQuerySet(models.QuerySet["Any"]):
    """Chains of rows that belong to somebody."""

    def visible_to(self, user: Any) -> Self:
        """One's own, and those that their owner lets one see."""
        return self.filter(self._reached(user, Q()))

    def editable_by(self, user: Any) -> Self:
        """One's own, and those that their owner lets one change."""
        return self.filter(self._reached(user, Q(may_edit=True)))

    def _reached(self, user: Any, right: Q) -> Combinable | Q:
        grants = Grant.objects.filter(right, grantee=user)
        reached = Q(owner=user) | Exists(grants.filter(contact=None, owner=OuterRef("owner")))
        contact = self._contact(grants)
        return reached if contact is None else reached | contact

    def _contact(self, grants: "models.QuerySet[Grant]") -> Exists | Q | None:
        """Whether one of the grants is of the contact that the row is about; None where it is about none."""
        path: str = self.model.about
        return Exists(grants.filter(contact=OuterRef(path))) if path else None


class Owned(models.Model):
    """A row of one person's records. `about` is the path to the contact it is about, "" where it is about none.

    What `is_private` no grant opens on the database's side (`personas/walls`): its owner alone reads it.
    """

    about: ClassVar[str] = ""
    is_private: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Imported(Owned):
    """A row that may have come from another system, whose name for it makes taking it twice the same as once."""

    external_source = models.SlugField(blank=True, default="", help_text="The system it came from, say hubspot.")
    external_id = models.CharField(
        max_length=200, null=True, blank=True, help_text="What that system calls it; empty for what was entered here."
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "external_source", "external_id"], name="%(class)s_once_per_external_id"
            )
        ]


class Grant(Watched):
    """That somebody lets somebody else see a contact with all its records, or all of them."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants_given")
    grantee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants_held")
    contact = models.ForeignKey(
        "personas.Contact",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="grants",
        help_text="Of this contact alone; blank: of all that the owner has, and will have.",
    )
    may_edit = models.BooleanField(default=False, help_text="May also change the records, and import into them.")
    created = models.DateTimeField(auto_now_add=True)

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "grantee", "contact"], name="one_grant_of_a_contact"),
            models.UniqueConstraint(
                fields=["owner", "grantee"], condition=Q(contact=None), name="one_grant_of_everything"
            ),
            models.CheckConstraint(condition=~Q(owner=models.F("grantee")), name="grants_go_to_somebody_else"),
        ]
        indexes = [models.Index(fields=["grantee", "owner"], name="grant_to")]

    def __str__(self) -> str:
        return f"grant {self.pk}"
