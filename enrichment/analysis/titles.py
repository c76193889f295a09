"""What a job title says of its holder: the part played in a purchase, and the seniority. Pure.

The words are in `data/titles.toml`; the guide that they follow is `tests/enrichment/analysis/labelled/README.md`.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

LONGEST = 200  # characters of a title that are read
UNKNOWN = ("Influencer", "unknown")

_DATA = tomllib.loads((Path(__file__).parents[1] / "data" / "titles.toml").read_text(encoding="utf-8"))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any of them in whole words; one that ends in "*" goes on into longer words."""
    each = (
        rf"{one[:-1]}\w*" if one.endswith("*") and not one.endswith(r"\w*") else rf"{one}(?!\w)" for one in patterns
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})")


_FORMER = re.compile(rf"{_any_of(_DATA['former']).pattern}(?:[ -][^|,]*|$)|\([^)]*\bex-[^)]*\)")
_FOR_ANOTHER = re.compile(rf"{_any_of(_DATA['for_another']).pattern}[^|]*")
_NO_RANK = _any_of(_DATA["no_rank"])
_RANKS = {rank["name"]: _any_of(rank["words"]) for rank in _DATA["ranks"]}
_MONEY = _any_of(_DATA["functions"]["money"])
_SINGLE = _any_of(_DATA["functions"]["single"])
_TECHNICAL = _any_of(_DATA["functions"]["technical"])
_OTHER = _any_of(_DATA["functions"]["other"])
_CRAFT = _any_of(_DATA["functions"]["crafts"])
_NO_CRAFT = _any_of(_DATA["functions"]["not_crafts"])

_ORDER = ("founder", "chief", "vice president", "head", "director", "manager", "senior", "staff", "advisor", "intern")
_DECIDES = frozenset(_ORDER[:4])
_LOW = ("intern", "advisor")  # they decide within a phrase, whatever else it says: "non-executive director"

_GENDER = re.compile(r"\((?:[a-z](?:/[a-z]){1,3}|all genders?|gn)\)")  # "(m/w/d)"
_EMPLOYER = re.compile(r"\s@\s?[^|]*|\s(?:at|bei|chez)\s[^|]*")
_PHRASE = re.compile(r"[,;/|+•·()]|\s[-–—:]\s|\s(?:and|und|et|y|e|och|en|i)\s")
_BETWEEN_POSTS = re.compile(r"[|•·]")
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "’": "'", ".": None, "&": " and "})


@lru_cache(maxsize=2048)
def part_of_title(title: str) -> tuple[str, str]:
    """The part its holder plays in a purchase, and the seniority: "VP, IT" → Decision Maker, vice president.

    Of several posts the highest counts; posts of the past and the person that somebody assists do not. Chiefs,
    founders, vice presidents and heads decide; directors champion, those of money and buying decide; managers champion,
    those of technical functions examine, those of money, buying, one account, product or project are listened to; of
    the others whoever does technical work examines. Seniority is one of founder, chief, vice president, head, director,
    manager, senior, staff, advisor and intern; an empty title is an Influencer of unknown seniority.
    """
    read = _plain(title)
    if not any(c.isalnum() for c in read):
        return UNKNOWN
    today = _FORMER.sub(" ", read).strip(" ,|-")
    if not today:
        return "Influencer", "advisor"
    now = _FOR_ANOTHER.sub(" ", today).strip(" ,|-")
    rank = "chief" if now == "executive director" else _highest(now)  # of what, if not of the whole?
    return _part(rank, now), rank


def _plain(title: str) -> str:
    """Lower case, without accents, full stops, "(m/w/d)" and the employer after "@", with "and" for "&"."""
    folded = " ".join(title.split())[:LONGEST].lower().translate(_PLAIN_LETTERS)
    letters = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join(_EMPLOYER.sub("", _GENDER.sub("", "".join(letters))).split())


def _highest(title: str) -> str:
    """The highest rank of all the title's phrases; advice and study beside a post without rank are an aside."""
    ranks = [[_rank(phrase) for phrase in _PHRASE.split(post)] for post in _BETWEEN_POSTS.split(title)]
    found = min((rank for post in ranks for rank in post if rank), key=_ORDER.index, default="staff")
    return "staff" if found in _LOW and not any(ranks[0]) else found


def _rank(phrase: str) -> str | None:
    """The highest rank that a phrase names; None where it names none."""
    for low in _LOW:
        if _RANKS[low].search(phrase) and not _RANKS["founder"].search(phrase):
            return low
    left = _NO_RANK.sub(" ", phrase)
    return next((name for name in _RANKS if name not in _LOW and _RANKS[name].search(left)), None)


def _part(rank: str, title: str) -> str:
    if rank in _DECIDES:
        return "Decision Maker"
    if rank == "director":
        return "Decision Maker" if _MONEY.search(title) else "Champion"
    if rank == "manager":
        return _part_of_a_manager(title)
    if rank in {"senior", "staff"} and _CRAFT.search(title) and not _NO_CRAFT.search(title):
        return "Technical Buyer"
    return "Influencer"


def _part_of_a_manager(title: str) -> str:
    if _MONEY.search(title) or _SINGLE.search(title):
        return "Influencer"
    if _OTHER.search(title):
        return "Champion"
    return "Technical Buyer" if _TECHNICAL.search(title) else "Champion"
