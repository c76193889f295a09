"""Whom an owner erased, so that they do not come back."""

from django.conf import settings
from django.db import models


class Suppression(models.Model):
    """A mark of somebody who was erased from an owner's records: a keyed digest, of use only to know them again."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, help_text="HMAC-SHA-256 of an address, a name at a company, or an id.")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "digest"], name="one_suppression_per_mark")]

    def __str__(self) -> str:
        return f"suppression {self.pk}"
