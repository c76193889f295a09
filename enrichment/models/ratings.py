"""What readers make of reports: stars that a person gives, and how often parts of briefs are used, by nobody's name."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from enrichment.models.reports import Report
from salesintel.audit.watched import Watched, WatchedQuerySet

WORST, BEST = 1, 5
LONGEST_REASON = 500  # characters


class RatingQuerySet(WatchedQuerySet["Rating"]):
    """Chains of ratings."""

    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user)


class Rating(Watched):
    """One person's stars for one report."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings")
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(WORST), MaxValueValidator(BEST)],
        help_text="1: of no use, to 5: just what I need.",
    )
    reason = models.CharField(max_length=LONGEST_REASON, blank=True, help_text="In the reader's words.")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    updated = models.DateTimeField(auto_now=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "user"], name="one_rating_per_report_and_person"),
            models.CheckConstraint(condition=Q(stars__gte=WORST, stars__lte=BEST), name="rating_is_one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} of {BEST}"


class SectionUse(models.Model):
    """How often a section of briefs was used on a day, of all reports of one kind. Holds neither person nor report."""

    class Action(models.TextChoices):
        SHOWN = "shown", "shown"
        EVIDENCE = "evidence", "evidence opened"
        MORE = "more", "more opened"
        COPIED = "copied", "copied"
        EXPORTED = "exported", "exported"

    day = models.DateField(db_index=True, help_text="Of UTC.")
    origin = models.CharField(max_length=10)
    consumer = models.SlugField()
    role = models.CharField(max_length=10, blank=True)
    engine = models.SlugField()
    prompt = models.CharField(max_length=20, blank=True, help_text="Version of the prompt; see the report.")
    section = models.CharField(max_length=20, help_text="Of the brief; “brief” is all of it.")
    action = models.CharField(max_length=10, choices=Action.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "origin", "consumer", "role", "engine", "prompt", "section", "action"],
                name="one_count_per_day_kind_section_and_action",
            )
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.action}"
