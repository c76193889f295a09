"""One cell as a value of its field, or what is wrong with it. Pure; empty cells never come here."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from personas.importing.fields import folded, words
from personas.zones import is_zone

_CURRENCIES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "CHF": "CHF"}
_SPANS = {"h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "std": 3600, "m": 60, "min": 60, "mins": 60, "minute": 60,
          "minutes": 60, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "ms": 0.001}  # fmt: skip


class NoValue(ValueError):
    """The cell cannot be read so; says what to write instead."""


def text(cell: str, most: int = 200) -> str:
    """One line."""
    plain = " ".join(cell.split())
    if len(plain) > most:
        raise NoValue(f"This is {len(plain)} characters long; shorten it to {most}.")
    return plain


def long(cell: str) -> str:
    """Lines as they stand."""
    return cell.strip()


def identity(cell: str) -> str:
    """An id of another system; the `.0` that spreadsheets add to numbers goes."""
    return re.sub(r"^(\d+)\.0+$", r"\1", text(cell))


def email(cell: str) -> str:
    """One address, also out of `Dana Whitfield <dana@acme.com>` and `mailto:`."""
    found = re.search(r"<([^<>]+)>\s*$", cell)
    address = (found[1] if found else cell).strip().removeprefix("mailto:").strip(" ;,")
    try:
        validate_email(address)
    except ValidationError:
        raise NoValue("This is no e-mail address; write dana@acme.com, or leave it empty.") from None
    return address


def emails(cell: str) -> tuple[str, ...]:
    return tuple(email(each) for each in re.split(r"[;,|\n]", cell) if each.strip())


def ids(cell: str) -> tuple[str, ...]:
    return tuple(identity(each) for each in re.split(r"[;,|\n]", cell) if each.strip())


def phone(cell: str) -> str:
    plain = text(cell, 60)
    if not 3 <= sum(sign.isdigit() for sign in plain) <= 20:
        raise NoValue("This is no phone number; write +49 30 1234567, or leave it empty.")
    return plain


def domain(cell: str) -> str:
    """A host out of an address of the web, without www."""
    host = re.sub(r"^[a-z][a-z+.-]*://", "", text(cell, 2000).lower()).split("/")[0].split("?")[0].removeprefix("www.")
    host = host.rpartition("@")[2].partition(":")[0]
    if "." not in host or not re.fullmatch(r"[\w.-]{3,253}", host):
        raise NoValue("This is no domain; write acme.com, or leave it empty.")
    return host


def zone(cell: str) -> str:
    """A time zone by its name; systems write Europe_slash_Berlin for Europe/Berlin."""
    name = cell.strip().replace("_slash_", "/").replace(" ", "_")
    for each in (name, "/".join(part.title() for part in name.split("/"))):
        if is_zone(each):
            return each
    raise NoValue("This is no time zone; write Europe/Berlin, or leave it empty.")


def count(cell: str) -> int:
    """A whole number; of a range or "1,000+" its lower end."""
    found = re.match(r"^\D{0,12}?(\d{1,3}(?:[.,' ]\d{3})+|\d+)", cell.strip())
    number = int(re.sub(r"\D", "", found[1])) if found and len(found[1]) < 14 else 0
    if not number:
        raise NoValue("This is no number; write 250, or leave it empty.")
    return number


def amount(cell: str) -> Decimal:
    """A sum of money however its thousands are parted: "1.234,50 €", "$1,234.50", "1 234,50"."""
    plain = re.sub(r"[^\d.,()-]", "", cell)
    is_negative = plain.startswith(("-", "("))
    digits = plain.strip("()-")
    marks = [mark for mark in ".," if mark in digits]
    if len(marks) == 2:
        tail = max(marks, key=digits.rfind)
        digits = digits.replace(".,".replace(tail, ""), "").replace(tail, ".")
    elif marks:
        [mark] = marks
        is_thousands = digits.count(mark) > 1 or re.fullmatch(rf"[1-9]\d{{0,2}}[{mark}]\d{{3}}", digits)
        digits = digits.replace(mark, "" if is_thousands else ".")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        raise NoValue("This is no amount; write 1234.50, or leave it empty.") from None
    if is_negative and value:
        raise NoValue("An amount is not below 0; leave it empty where it is unknown.")
    return value.quantize(Decimal("0.01")) if value < 10**13 else _too_much()


def _too_much() -> Decimal:
    raise NoValue("This amount is greater than we can keep.")


def currency(cell: str) -> str:
    """Three letters, also out of “US Dollar (USD)”."""
    plain = cell.strip()
    found = _CURRENCIES.get(plain) or next(
        iter(re.findall(r"\b[A-Z]{3}\b", plain.upper() if len(plain) == 3 else plain)), ""
    )
    if not found:
        raise NoValue("This is no currency; write its three letters, say EUR.")
    return found


def currency_in(cell: str) -> str:
    """The currency that stands beside an amount; "" for none."""
    return next((code for sign, code in _CURRENCIES.items() if sign in cell), "") or next(
        iter(re.findall(r"\b[A-Z]{3}\b", cell)), ""
    )


def seconds(cell: str, *, unit: float = 1) -> int:
    """A length in seconds, of "00:12:30", "12:30" (minutes), "12 min"; a bare number counts `unit` seconds."""
    plain = cell.strip().lower()
    if clock := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:\.\d+)?", plain):
        hours, minutes, rest = (int(part or 0) for part in clock.groups())
        return hours * 3600 + minutes * 60 + rest
    if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,6})?", plain):
        return round(float(plain.replace(",", ".")) * unit)
    parts = re.findall(r"(\d{1,9}(?:[.,]\d{1,6})?)\s*([a-z]+)", plain)
    if parts and all(name in _SPANS for _, name in parts):
        return round(sum(float(number.replace(",", ".")) * _SPANS[name] for number, name in parts))
    raise NoValue("This is no length of time; write 00:12:30 or 12 min, or leave it empty.")


def one_of(kind: str, cell: str) -> str:
    """What a file says by one of our words: type, direction, outcome, status."""
    found = words(kind).get(folded(cell))
    if found is None:
        known = ", ".join(sorted(set(words(kind).values())))
        raise NoValue(f"This is none that we know; write one of {known}.")
    return found


def status(cell: str) -> str:
    """open, won or lost; what says neither won nor lost is open: a system's own stages stand in the same column."""
    return words("status").get(folded(cell), "open")


READERS: dict[str, Callable[[str], object]] = {
    "text": text,
    "long": long,
    "id": identity,
    "ids": ids,
    "email": email,
    "emails": emails,
    "phone": phone,
    "domain": domain,
    "zone": zone,
    "count": count,
    "amount": amount,
    "currency": currency,
    "duration": seconds,
    "type": lambda cell: one_of("type", cell),
    "direction": lambda cell: one_of("direction", cell),
    "outcome": lambda cell: one_of("outcome", cell),
    "status": lambda cell: one_of("status", cell),
}
