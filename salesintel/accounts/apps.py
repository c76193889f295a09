"""The accounts app: who may do what."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "salesintel.accounts"
    label = "accounts"
    verbose_name = "Accounts"
