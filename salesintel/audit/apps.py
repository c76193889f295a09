"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "salesintel.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from salesintel.audit import capture

        capture.connect()
