"""What programs sent under a name of their own for it, so that the same request again has the same answer."""

from django.conf import settings
from django.db import models


class SentOnce(models.Model):
    """A POST that came with an Idempotency-Key, and the row that it made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200, help_text="As it was sent.")
    digest = models.CharField(max_length=64, help_text="Keyed digest of the address and the body.")
    made = models.UUIDField(help_text="Id of the row that it made or found.")
    status = models.PositiveSmallIntegerField(help_text="Of the answer.")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_request_per_idempotency_key")]

    def __str__(self) -> str:
        return f"sent {self.pk}"
