"""Which addresses programs use: counts of a day, of nobody."""

from django.db import models


class RouteUse(models.Model):
    """How often a route of the API was asked on a day. Holds neither caller nor address, so nothing of a person."""

    day = models.DateField(db_index=True, help_text="Of UTC.")
    route = models.CharField(max_length=120, help_text="As the URL map has it, with its parameters' names.")
    method = models.CharField(max_length=10)
    calls = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="Answered with 4xx.")
    failed = models.PositiveIntegerField(default=0, help_text="Answered with 5xx.")

    class Meta:
        ordering = ["-day", "route", "method"]
        constraints = [models.UniqueConstraint(fields=["day", "route", "method"], name="one_count_per_day_and_route")]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"
