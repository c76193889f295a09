"""Rules that were changed together: what, by whom, when and why; what is taken back as a whole."""

from django.conf import settings
from django.db import models

from salesintel.audit.watched import Watched, WatchedQuerySet


class ChangeSet(Watched):
    """Several changes of rules, made in one transaction. Each row has them in its own history, too."""

    class Kind(models.TextChoices):
        GRID = "grid", "the matrix"
        IMPORT = "import", "import"
        UNDO = "undo", "taken back"

    made = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    why = models.CharField(max_length=100, blank=True, help_text="As it was given.")
    changes = models.JSONField(help_text="Row by row: each field before and after.")
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_by",
        help_text="What it took back.",
    )

    objects = WatchedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "change of rules"
        verbose_name_plural = "changes of rules"

    def __str__(self) -> str:
        return f"change {self.pk} ({self.get_kind_display()})"
