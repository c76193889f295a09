"""Typed readers of environment variables; a bad value is refused by name.

Every reader also looks at `NAME_FILE`, the path of a file that holds the value, as secret stores mount it.
"""

import os
import re
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})
DATABASES = frozenset({"django.db.backends.postgresql", "django.db.backends.sqlite3"})


def text(name: str, *, default: str = "") -> str:
    """The value of `NAME`, else the content of the file that `NAME_FILE` names, else `default`."""
    value = os.environ.get(name)
    if value is not None:
        return value
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE={path!r} cannot be read: {error.strerror}.") from error


def credential(name: str) -> str:
    """The same without the spaces, line ends and byte-order mark that copying and editors leave around it."""
    return text(name).strip().strip("\ufeff").strip()


def _read(name: str, *, default: str, convert: Callable[[str], T], wanted: str) -> T:
    value = text(name, default=default)
    try:
        return convert(value)
    except (ValueError, OverflowError) as error:
        raise ImproperlyConfigured(f"{name}={value!r} is not {wanted}.") from error


def flag(name: str, *, default: str) -> bool:
    """A switch: 1/true/yes/on or 0/false/no/off."""

    def convert(value: str) -> bool:
        if value.lower() in TRUE:
            return True
        if value.lower() in FALSE:
            return False
        raise ValueError(value)

    return _read(name, default=default, convert=convert, wanted="a switch; use on or off")


def integer(name: str, *, default: str) -> int:
    """A whole number."""
    return _read(name, default=default, convert=int, wanted="a whole number")


def port(name: str, *, default: str) -> int:
    """A port to listen on."""

    def convert(value: str) -> int:
        number = int(value)
        if not 0 < number < 2**16:
            raise ValueError(value)
        return number

    return _read(name, default=default, convert=convert, wanted="a port; use 1 to 65535")


def seconds(name: str, *, default: str) -> timedelta:
    """A span given in seconds, fractions allowed."""
    return _read(
        name, default=default, convert=lambda value: timedelta(seconds=float(value)), wanted="a number of seconds"
    )


def days(name: str, *, default: str) -> timedelta | None:
    """A span given in whole days; None for 0, which means for ever."""

    def convert(value: str) -> timedelta | None:
        span = timedelta(days=int(value))
        if span < timedelta(0):
            raise ValueError(value)
        return span or None

    return _read(name, default=default, convert=convert, wanted="a number of days; use 0 for ever")


def words(name: str, *, default: str = "") -> list[str]:
    """A list separated by commas; blanks are dropped."""
    return [word for word in (part.strip() for part in text(name, default=default).split(",")) if word]


def origins(name: str) -> frozenset[str]:
    """Origins separated by commas, say `http://127.0.0.1:9000`; the usual ports of http and https are left out."""
    found = set()
    for word in words(name):
        match = re.fullmatch(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?/?", word.lower())
        if match is None:
            raise ImproperlyConfigured(f"{name}: {word!r} is no origin; use a form like http://127.0.0.1:9000.")
        scheme, host, number = match.groups()
        usual = {"http": "80", "https": "443"}[scheme]
        found.add(f"{scheme}://{host}" + (f":{int(number)}" if number and number != usual else ""))
    return frozenset(found)


def choice(name: str, *, default: str, among: tuple[str, ...]) -> str:
    """One of the words in `among`."""
    value = text(name, default=default)
    if value not in among:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(among)}.")
    return value


NO_MAIL = {
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "EMAIL_HOST": "",
    "EMAIL_PORT": 25,
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
}


def mail(name: str) -> dict[str, Any]:
    """A mail server's address, as Django's settings of `NO_MAIL`; without one, mails go nowhere."""
    value = text(name)
    if not value:
        return NO_MAIL
    try:
        found: dict[str, Any] = environ.Env.email_url_config(value)
    except (ImproperlyConfigured, KeyError, ValueError):
        found = {}
    if not found.get("EMAIL_HOST"):  # the value may hold a password
        raise ImproperlyConfigured(
            f"{name} is not the address of a mail server; use smtp+tls://user:password@host:587."
        ) from None
    return {key: found.get(key) or default for key, default in NO_MAIL.items()}


def database(name: str, *, default: str) -> dict[str, Any]:
    """A database's address, as an entry of Django's `DATABASES`. A refusal does not repeat the password."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = environ.Env.db_url_config(text(name, default=default))
    if found.get("ENGINE") not in DATABASES or not found["NAME"]:
        raise ImproperlyConfigured(
            f"{name} is not the address of a database; use postgres://user:password@host:5432/name or sqlite:////path."
        )
    return found
