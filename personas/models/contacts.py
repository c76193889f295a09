"""Contacts: people at companies whom a rep knows, with what reaches them."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from enrichment.models import Company
from personas.models.fields import SealedTextField
from personas.models.owned import Imported, OwnedQuerySet
from personas.zones import is_zone


class ContactQuerySet(OwnedQuerySet):
    """Chains of contacts."""

    def _contact(self, grants: Any) -> Any:
        return Q(pk__in=grants.exclude(contact=None).values("contact"))


class Contact(Imported):
    """A person at a company, as one rep knows them. Another rep's contact of the same name is another row."""

    class Basis(models.TextChoices):
        CONSENT = "consent", "consent (6.1 a)"
        CONTRACT = "contract", "a contract with them, or what leads to one (6.1 b)"
        DUTY = "duty", "legal duty (6.1 c)"

    name = models.CharField(max_length=200)
    email = SealedTextField(blank=True, default="", help_text="Encrypted at rest.")
    email_digest = models.CharField(
        max_length=64, blank=True, default="", editable=False, help_text="Keyed digest of the address, to find it by."
    )
    phone = SealedTextField(blank=True, default="", help_text="Encrypted at rest.")
    title = models.CharField(max_length=200, blank=True, help_text="As their card or their CRM says.")
    company = models.ForeignKey(
        Company,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contacts",
        help_text="Once it is known.",
    )
    company_name = models.CharField(max_length=200, blank=True, help_text="As it was written.")
    industry = models.CharField(max_length=60, blank=True, help_text="The company's, as the CRM says; for benchmarks.")
    employees = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="The company's, as the CRM says."
    )
    time_zone = models.CharField(max_length=60, blank=True, help_text="Theirs, say Europe/Berlin; blank: the owner's.")
    came_by = models.CharField(max_length=20, blank=True, help_text="How it came in: entered, file, mailbox, crm, api.")
    notified = models.DateTimeField(
        null=True, blank=True, help_text="When they were told that we hold this (GDPR, article 14)."
    )
    lawful_basis = models.CharField(
        max_length=20,
        choices=Basis.choices,
        blank=True,
        default="",
        db_default="",
        help_text="Why we may hold this (GDPR, article 6); blank: legitimate interest, as of all contacts.",
    )
    updated = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = ContactQuerySet.as_manager()

    class Meta(Imported.Meta):
        ordering = ["name", "pk"]
        constraints = [
            *Imported.Meta.constraints,
            models.UniqueConstraint(
                fields=["owner", "email_digest"], condition=~Q(email_digest=""), name="one_contact_per_address"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "name"], name="contact_of_owner"),
            models.Index(fields=["owner", "company"], name="contact_of_company"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    def clean(self) -> None:
        if self.time_zone and not is_zone(self.time_zone):
            raise ValidationError({"time_zone": f"“{self.time_zone}” is no time zone; give one as Europe/Berlin."})
