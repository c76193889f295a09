"""Sums of money that a text names. Pure."""

import re
from decimal import Decimal

_SCALE = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mm": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "bln": 10**9,
    "billion": 10**9,
    "t": 10**12,
    "tn": 10**12,
    "trillion": 10**12,
}
_UNIT = "|".join(sorted(_SCALE, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?"

# "$50M", "US$ 1.2 billion", "USD 5,000,000", "$50-60M"; not "A$50M", "HK$5bn", whose dollars are others'.
_SIGN_FIRST = re.compile(
    rf"(?:(?<![a-z])us\s?\$|(?<![a-z$])\$|(?<![a-z])usd\s?\$?)\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?:-|–|to)\s?\$?\d[\d.,]*(?=\s?(?:{_UNIT})\b))?\s?-?(?:(?P<unit>{_UNIT})\b)?",
    re.IGNORECASE,
)
# "50 million dollars", "3.5m USD".
_SIGN_LAST = re.compile(
    rf"(?<![\w.,$€£])(?P<number>{_NUMBER})\s?(?:(?P<unit>{_UNIT})\s)?\s?(?:us\s|u\.s\.\s)?(?:dollars|usd)\b",
    re.IGNORECASE,
)


def money_in(text: str) -> Decimal | None:
    """The first sum in US dollars that the text names, in USD; None where it names none.

    "$50M" is 50000000, "USD 1.2 billion" 1200000000. Sums in other currencies are not converted: "€5m" gives None.
    """
    found = min(
        filter(None, (_SIGN_FIRST.search(text), _SIGN_LAST.search(text))), key=lambda match: match.start(), default=None
    )
    if found is None:
        return None
    amount = Decimal(found["number"].replace(",", ""))
    if found["unit"]:
        amount *= _SCALE[found["unit"].lower()]
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
