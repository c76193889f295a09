"""Deals with their stages, the contacts on them, and the products they are about."""

from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from enrichment.models import Company
from personas.models.contacts import Contact
from personas.models.owned import Imported, Owned, OwnedQuerySet


class Product(Imported):
    """Something that the rep sells, as their CRM calls it."""

    name = models.CharField(max_length=200)

    class Meta(Imported.Meta):
        ordering = ["name", "pk"]
        constraints = [
            *Imported.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "name"], name="one_product_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class DealQuerySet(OwnedQuerySet):
    """Chains of deals."""

    def _contact(self, grants: Any) -> Exists:
        return Exists(DealContact.objects.filter(deal=OuterRef("pk"), contact__in=grants.values("contact")))


class Deal(Imported):
    """A sale that is tried, won or lost."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        WON = "won", "won"
        LOST = "lost", "lost"

    name = models.CharField(max_length=200)
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    contacts = models.ManyToManyField(Contact, through="DealContact", related_name="deals")
    products = models.ManyToManyField(Product, blank=True, related_name="deals")
    amount = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217, say EUR.")
    status = models.CharField(max_length=4, choices=Status.choices, default=Status.OPEN)
    stage = models.CharField(max_length=80, blank=True, help_text="Where it stands, in the CRM's own words.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When it was won or lost.")

    objects: ClassVar[Any] = DealQuerySet.as_manager()

    class Meta(Imported.Meta):
        ordering = ["-opened_at", "-pk"]
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="open") ^ Q(closed_at__isnull=False), name="deal_closed_has_a_date"
            ),
        ]
        indexes = [models.Index(fields=["owner", "status"], name="deal_of_owner")]

    def __str__(self) -> str:
        return f"deal {self.pk}"


class DealContact(Owned):
    """Who is on a deal, and as what."""

    about = "contact"

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="parties")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=60, blank=True, help_text="Say decision maker.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "contact"], name="once_on_a_deal")]

    def __str__(self) -> str:
        return f"party {self.pk}"


class DealStage(Owned):
    """That a deal came to a stage at a moment."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["deal", "entered_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["deal", "stage", "entered_at"], name="a_stage_is_entered_once")]

    def __str__(self) -> str:
        return f"{self.stage} {self.pk}"
