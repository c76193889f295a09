"""What every rule is: a row with an origin and a history, whose change moves the version of the rules."""

import uuid
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from salesintel.audit.watched import Watched, WatchedQuerySet
from salesintel.prepared import Prepared

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


def share_constraint(field: str, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__gte": 0, f"{field}__lte": 1}), name=name)


class RulesVersion(models.Model):
    """One row that moves with every change of the rules, so that processes know whether what they remember holds."""

    epoch = models.UUIDField(default=uuid.uuid4, help_text="Differs between databases.")
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def now(cls) -> tuple[str, int]:
        """Which version of the rules this database holds."""
        row = _VERSION.first()
        return (str(row[0]), row[1]) if row else ("", 0)

    @classmethod
    def bump(cls) -> None:
        """Say that the rules changed; saving or deleting a rule does it, a change of a many-to-many must call it."""
        if not cls.objects.update(number=F("number") + 1):
            cls.objects.get_or_create(pk=1, defaults={"number": 1})


_VERSION = Prepared(lambda: RulesVersion.objects.order_by("pk").values_list("epoch", "number")[:1])


class RuleQuerySet(WatchedQuerySet["Any"]):
    """Changes of many rules at once tell that the rules changed, too."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        made = super().bulk_create(*args, **kwargs)
        RulesVersion.bump()
        return made

    def update(self, **values: Any) -> int:
        changed = super().update(**values)
        RulesVersion.bump()
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        deleted = super().delete()
        RulesVersion.bump()
        return deleted


class Rule(Watched):
    """A row of the rules: where its figures come from, and its history."""

    origin = models.CharField(
        max_length=120,
        blank=True,
        default="",
        help_text="Where the figures come from; “ours” where no document has one.",
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        RulesVersion.bump()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        RulesVersion.bump()
        return deleted


def refuse_no_time(row: Rule, field: str) -> None:
    """Raise `ValidationError` where a span that is needed is zero or negative."""
    span: timedelta | None = getattr(row, field)  # blank in a form
    if span is not None and span <= timedelta(0):
        raise ValidationError({field: "Give a time above zero, as days hours:minutes:seconds."})
