"""What production must not run with: each unsafe setting is refused by name, with an id and the way out.

Errors stop every management command and the web process. What `check --deploy` adds is advice: production runs without
it, less well. Ids never change their meaning, so that `SILENCED_SYSTEM_CHECKS` keeps its own.
"""

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register, run_checks
from django.core.checks import Warning as Advice
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from salesintel.audit.guards import FLOOR

TAG = "production"
HOW = "See docs/production.md."


@register(TAG)
def unsafe_values(**_: Any) -> list[CheckMessage]:
    """An error for each value that production refuses, and for each that works nowhere."""
    return [*_broken_keys(), *_too_long_drives(), *_too_short_logs(), *(_refused() if settings.PRODUCTION else ())]


@register(TAG, deploy=True)
def advice(**_: Any) -> list[CheckMessage]:
    """What `check --deploy` says of settings that work, but not as production should."""
    return list(_advice())


@register(TAG, deploy=True)
def one_wall(**_: Any) -> list[CheckMessage]:
    """Advice where PostgreSQL's row-level security lets through whoever runs the product."""
    role = _role_past_walls()
    if role is None:
        return []
    words = (
        f"The database is used as “{role}”, a superuser or a role with BYPASSRLS: row-level security does not hold it."
    )
    hint = f"Give DATABASE_URL a role without these rights: a second wall stands between people's contacts then. {HOW}"
    return [Advice(words, hint=hint, id="salesintel.W003")]


def refuse_unsafe() -> None:
    """Raise `ImproperlyConfigured` with every error of this module: for a process that runs no checks by itself."""
    found = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if found:
        raise ImproperlyConfigured("\n".join(f"{error.id}: {error.msg} {error.hint}" for error in found))


def _broken_keys() -> Iterator[CheckMessage]:
    for position, key in enumerate(settings.CREDENTIAL_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield Error(
                f"Key {position} of SALESINTEL_CREDENTIAL_KEYS is not 32 bytes in URL-safe base64.",
                hint="Make one as docs/production.md says; keys are separated by commas.",
                id="salesintel.E001",
            )


def _too_long_drives() -> Iterator[CheckMessage]:
    limit = int(str(settings.Q_CLUSTER["timeout"]))
    if settings.DRIVE_FOR.total_seconds() > limit * 2 / 3:
        yield Error(
            f"SALESINTEL_DRIVE_FOR is {settings.DRIVE_FOR.total_seconds():g} seconds, and the queue kills at {limit}:"
            " a worker would be killed at work again and again.",
            hint=f"Set SALESINTEL_DRIVE_FOR to at most {limit * 2 // 3}.",
            id="salesintel.E008",
        )


def _too_short_logs() -> Iterator[CheckMessage]:
    if settings.AUDIT_KEEP is not None and settings.AUDIT_KEEP < FLOOR:
        yield Error(
            f"SALESINTEL_AUDIT_DAYS is {settings.AUDIT_KEEP.days}: the database lets no entry go in {FLOOR.days} days.",
            hint=f"Set SALESINTEL_AUDIT_DAYS to {FLOOR.days} or more, or to 0 to keep entries for ever.",
            id="salesintel.E009",
        )


def _refused() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error(
            "DEBUG is on in production: error pages would show settings and data to anybody.",
            hint="Unset DEBUG.",
            id="salesintel.E002",
        )
    if not settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is empty: every request would be refused.",
            hint="Set ALLOWED_HOSTS to the names under which people reach this installation, separated by commas.",
            id="salesintel.E003",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS holds *: a forged Host header would end up in links that we send.",
            hint="Name the hosts; a leading dot allows subdomains.",
            id="salesintel.E004",
        )
    if not settings.API_KEY_REQUIRED:
        yield Error(
            "API_KEY_REQUIRED is off in production: anybody could spend your budgets.",
            hint="Unset API_KEY_REQUIRED, and make keys with `python manage.py create_api_key USER --name NAME`.",
            id="salesintel.E005",
        )
    if settings.SANDBOX_URL:
        yield Error(
            f"SALESINTEL_SANDBOX_URL is {settings.SANDBOX_URL} in production: briefs would tell of inventions.",
            hint="Unset SALESINTEL_SANDBOX_URL.",
            id="salesintel.E006",
        )
    if "*" in settings.CORS_ALLOWED_ORIGINS or getattr(settings, "CORS_ALLOW_ALL_ORIGINS", False):
        yield Error(
            "CORS_ORIGIN allows every origin: any web page could call the API from its visitors' browsers.",
            hint="Name the origins, say https://crm.example.com, or leave CORS_ORIGIN empty.",
            id="salesintel.E007",
        )


def _advice() -> Iterator[CheckMessage]:
    if not settings.PRODUCTION:
        yield Advice(
            "SALESINTEL_ENV is not production: secrets are kept in the data folder and cookies travel unencrypted.",
            hint=f"Set SALESINTEL_ENV=production. {HOW}",
            id="salesintel.W001",
        )
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield Advice(
            "The database is SQLite: it has one writer at a time and lives on one machine, so neither web nor workers"
            " can be spread, and a backup must go through SQLite's own copy.",
            hint=f"Set DATABASE_URL=postgres://…. {HOW}",
            id="salesintel.W002",
        )
    if not settings.SANDBOX_URL and not settings.PUBLIC_SOURCES and not _has_source_key():
        yield Info(
            "The environment holds no key of a data source, and the public sources are off: unless a provider's row in"
            " the admin holds one, every brief will be all gaps.",
            hint="Set SERPAPI_KEY, SNOV_API_KEY or another of docs/configuration.md, or SALESINTEL_PUBLIC_SOURCES=on.",
            id="salesintel.I001",
        )


def _role_past_walls() -> str | None:
    """The role that PostgreSQL's row-level security lets through; None for others, and where no database answers."""
    if connection.vendor != "postgresql":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            name, passes = cursor.fetchone()
    except OperationalError:
        return None
    return str(name) if passes else None


def _has_source_key() -> bool:
    return any(all(keys.values()) for slug, keys in settings.CREDENTIALS.items() if slug != "anthropic")
