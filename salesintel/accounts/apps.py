"""The accounts app: who may do what."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "salesintel.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from salesintel import checks  # noqa: F401 - they register themselves
        from salesintel.accounts import lockout
        from salesintel.walls import stamping

        lockout.connect()
        connection_created.connect(stamping.install, dispatch_uid="salesintel.walls")
