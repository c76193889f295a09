"""Finds contacts by what a person types: a part of a name or of a company's, or a whole address."""

from typing import Any

from django.db.models import Q

from personas.marks import address_digest


def named(rows: Any, text: str) -> Any:
    """Those of the contacts that `text` means. Addresses are encrypted: one is found whole, by its digest, or not."""
    if "\x00" in text:
        return rows.none()  # no name holds one, and PostgreSQL takes it for no text
    found = Q(name__icontains=text) | Q(company_name__icontains=text) | Q(company__name__icontains=text)
    if "@" in text and (digest := address_digest(text)):
        found |= Q(email_digest=digest)
    return rows.filter(found)
