"""How large a thing is that a headline tells of: a sum, a number of people, of sites. Pure.

Only large, ordinary or small: what a rep's haste may depend on, and no more than a headline bears.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import IntEnum

from enrichment.signals.money import money_in


class Size(IntEnum):
    SMALL = -1
    ORDINARY = 0
    LARGE = 1


LARGE_SUM, SMALL_SUM = Decimal(100_000_000), Decimal(1_000_000)  # USD
MANY_DISMISSED, FEW_DISMISSED = 1_000, 20  # people
LARGE_SHARE = Decimal("0.1")  # of all who work there
MANY_HIRED, FEW_HIRED = 500, 10  # people
MANY_SITES = 10  # shops, branches, offices

# How many units of a currency are about a dollar, to the next power of ten. Too rough to tell a sum, and it is never
# shown; enough to tell ¥50 million from €50 million.
_PER_DOLLAR = {
    "€": 1, "eur": 1, "euro": 1, "£": 1, "gbp": 1, "pound": 1, "chf": 1, "franc": 1, "sfr": 1,
    "a$": 1, "c$": 1, "s$": 1, "nz$": 1, "hk$": 10, "r$": 10, "nt$": 10,
    "kr": 10, "sek": 10, "nok": 10, "dkk": 10, "kronor": 10, "kroner": 10, "krona": 10, "zł": 10, "pln": 10,
    "złoty": 10, "zloty": 10, "cny": 10, "rmb": 10, "yuan": 10, "zar": 10, "rand": 10, "aed": 10, "dirham": 10,
    "¥": 100, "yen": 100, "jpy": 100, "₹": 100, "rs": 100, "inr": 100, "rupee": 100, "₩": 1_000, "krw": 1_000,
}  # fmt: skip
_UNITS = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6, "million": 10**6,
    "millionen": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9, "mrd": 10**9, "lakh": 10**5, "crore": 10**7,
    "cr": 10**7, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_SIGNS = "|".join(re.escape(sign) for sign in sorted(_PER_DOLLAR, key=len, reverse=True))
_SCALES = "|".join(sorted(_UNITS, key=len, reverse=True))
_FOREIGN = re.compile(
    rf"(?<![a-z])(?P<sign>{_SIGNS})\.?\s?(?P<number>\d[\d,]{{0,14}}(?:\.\d{{1,3}})?)\s?-?(?P<unit>(?:{_SCALES})\b)?"
    rf"|(?P<number2>\d[\d,]{{0,14}}(?:\.\d{{1,3}})?)\s?(?P<unit2>(?:{_SCALES})\b)?\s?(?P<sign2>{_SIGNS})s?(?![a-z])",
    re.IGNORECASE,
)


def size_of_sum(text: str) -> Size | None:
    """Of the sum that a text names: LARGE from about $100 million, SMALL below about $1 million; None without a sum.

    Dollars are read exactly. Other currencies are not converted: they are taken at a power of ten of the dollar, so
    "€120m" and "¥12bn" are LARGE, "₹40 lakh" SMALL, and whatever is within that of a boundary may fall on either side.
    """
    dollars = money_in(text)
    about = dollars if dollars is not None else _about_in_dollars(text)
    if about is None:
        return None
    return Size.LARGE if about >= LARGE_SUM else Size.SMALL if about < SMALL_SUM else Size.ORDINARY


def _about_in_dollars(text: str) -> Decimal | None:
    found = _FOREIGN.search(text)
    if found is None:
        return None
    number, unit = found["number"] or found["number2"], found["unit"] or found["unit2"]
    sign = (found["sign"] or found["sign2"]).lower()
    return Decimal(number.replace(",", "")) * _UNITS.get((unit or "").lower(), 1) / _PER_DOLLAR[sign]


_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s?(?:%|percent\b|per cent\b)", re.IGNORECASE)
_FRACTIONS = {
    "half": Decimal("0.5"), "third": Decimal("0.33"), "quarter": Decimal("0.25"), "fifth": Decimal("0.2"),
    "sixth": Decimal("0.17"), "tenth": Decimal("0.1"),
}  # fmt: skip
_FRACTION = re.compile(
    rf"\b(?:an?|one|its|nearly|almost)[- ]({'|'.join(_FRACTIONS)})\b|\b(half) (?:of|its|the)\b", re.IGNORECASE
)
_ONE_IN = re.compile(r"\b(?:one|1) in (two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b", re.IGNORECASE)
_NUMERALS = {
    word: number for number, word in enumerate("two three four five six seven eight nine ten".split(), start=2)
}
_COUNT = re.compile(
    r"(?<![\w.,$€£¥₹/-])(\d{1,3}(?:,\d{3})+|\d{1,7})\+?(?![\w%.,]*\d)"
    r"(?!\s?(?:%|percent|per cent|[kmb]n?\b|million|billion|crore|lakh))"
    r"(?!-|\s?(?:sq|square|mw|gw|megawatts?|miles?|km|years?|months?|weeks?|days?|hours?|minutes?|times)\b)",
    re.IGNORECASE,
)
_VAGUE = {"dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2_000}
_VAGUELY = re.compile(rf"\b({'|'.join(_VAGUE)})\b", re.IGNORECASE)


def share_in(text: str) -> Decimal | None:
    """The largest share that a text names, in (0, 1]: "a fifth" 0.2, "12 percent" 0.12, "one in ten" 0.1."""
    shares = [Decimal(found[1]) / 100 for found in _PERCENT.finditer(text)]
    shares += [_FRACTIONS[(found[1] or found[2]).lower()] for found in _FRACTION.finditer(text)]
    for found in _ONE_IN.finditer(text):
        of = found[1].lower()
        shares.append(1 / Decimal(_NUMERALS.get(of) or int(of) or 1))
    return max((share for share in shares if 0 < share <= 1), default=None)


def count_in(text: str) -> int | None:
    """The largest plain number of a text, "hundreds" as 200; no sum, share, year, area or span of time is one."""
    return max(_counts(text), default=None)


def _counts(text: str) -> Iterator[int]:
    for found in _COUNT.finditer(text):
        number = int(found[1].replace(",", ""))
        if not (len(found[1]) == 4 and 1_900 <= number <= 2_099):  # a year, not people: those have a comma
            yield number
    yield from (_VAGUE[found[1].lower()] for found in _VAGUELY.finditer(text))


def size_of_dismissals(text: str) -> Size:
    """Of layoffs: LARGE from 1,000 people or a tenth of all, SMALL below 20 people; ORDINARY where nothing is named."""
    share, people = share_in(text), count_in(text)
    if (share or 0) >= LARGE_SHARE or (people or 0) >= MANY_DISMISSED:
        return Size.LARGE
    return Size.SMALL if share is None and people is not None and people < FEW_DISMISSED else Size.ORDINARY


def size_of_hiring(text: str) -> Size:
    """Of posts to fill: LARGE from 500 people or half as many again, SMALL below 10; ORDINARY where none is named."""
    people = count_in(text)
    if (people or 0) >= MANY_HIRED or (share_in(text) or 0) >= Decimal("0.5"):
        return Size.LARGE
    return Size.SMALL if people is not None and people < FEW_HIRED else Size.ORDINARY


_SITES = re.compile(
    r"(?<![\w.,$€£])(\d{1,3}(?:,\d{3})?|dozens|hundreds|thousands)(?:\s(?:of|new|more|further|other)){0,2}(?:\s[\w-]{2,20})??\s"
    r"(?:offices|stores|shops|branches|outlets|restaurants|sites|plants|factories|hotels|locations|cities|towns|villages"
    r"|countries|markets|states|clinics|cafes|hubs|warehouses|depots|centres|centers|gyms|clubs|routes|destinations)\b",
    re.IGNORECASE,
)


def size_of_expansion(text: str) -> Size:
    """Of new sites: LARGE from ten of them or a large sum; ORDINARY else: one office is what most headlines tell."""
    sites = [_VAGUE.get(found[1].lower()) or int(found[1].replace(",", "")) for found in _SITES.finditer(text)]
    return Size.LARGE if max(sites, default=0) >= MANY_SITES or size_of_sum(text) is Size.LARGE else Size.ORDINARY
