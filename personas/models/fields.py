"""A field for what people wrote: text that is always encrypted at rest."""

from typing import Any

from enrichment.models.fields import EncryptedJsonField


class SealedTextField(EncryptedJsonField):
    """Text, encrypted with the key ring whatever the settings say; "" where nothing was stored.

    Not for looking for: equal texts are sealed differently each time. Raises `ImproperlyConfigured` when no key of the
    ring opens a stored value.
    """

    def deconstruct(self) -> Any:
        """As plain text, which is what the column holds: no migration copies the table for it."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return super().from_db_value(value) or ""

    def to_python(self, value: Any) -> Any:
        return value or ""
