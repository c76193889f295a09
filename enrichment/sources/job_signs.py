"""What the text of an open position says that the company is about to do. Pure.

A sentence counts where the company speaks of itself and of what is to come: "We open a second plant in Brno". What the
reader has done, what customers do, what was done long ago and what is not planned is left out.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

Sign = Literal["expansion", "hiring", "product", "migration"]

SHORTEST, LONGEST = 20, 300  # characters of a sentence
_DATA = Path(__file__).parents[1] / "data" / "job_signs.toml"

# Whose it is, when it was, and whether it is wanted of the reader: then it is no news of the company.
_NOT_THEIRS = re.compile(
    r"\b(?:customers?|clients?|kunden|clientes|clienti|klanten|klient\w*|competitors?|founders|well-known brands)\b"
    r"|\byou (?:have|are known|know|bring|enjoy|advise|sell|support|teach|write|replace|open|take part)\b"
    r"|\byou(?:['’]ll| will) (?:sell|test|teach|be trained)\b|\b(?:Sie haben|vous avez|ha diseñado|tienes)\b"
    r"|\b(?:experience|knowledge|familiarity|background)\b[^.]{0,40}\b(?:of|with|in)\b|\bis (?:a plus|known to you)\b"
    r"|\b(?:no plans?|not plan|do not|don['’]t|cannot|never|no longer|without)\b|\byears ago\b|\bfinished\b"
    r"|\bcompleted\b|\b(?:opened|launched|moved|founded|entered)\b[^.]{0,60}\b(?:in )?(?:19|20)\d\d\b|\b(?:every|each) "
    r"(?:month|spring|year|day)\b",
    re.IGNORECASE,
)


def sign_of(sentence: str) -> Sign | None:
    """What a sentence of a job's text says that the company is about to do; None where it says nothing of the kind.

    "We are migrating from Oracle to PostgreSQL" is a migration, "you have migrated databases" is none. Of several the
    first in the order expansion, hiring, product, migration.
    """
    if not SHORTEST <= len(sentence) <= LONGEST or _NOT_THEIRS.search(sentence):
        return None
    read = sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
    return next((sign for sign, said in _said().items() if said.search(read)), None)


@lru_cache(maxsize=1)
def _said() -> Mapping[Sign, re.Pattern[str]]:
    """The patterns of `data/job_signs.toml`, those of a sign as one, with their parts put in."""
    told = tomllib.loads(_DATA.read_text(encoding="utf-8"))

    def whole(pattern: str) -> str:
        for name, part in told["parts"].items():
            pattern = pattern.replace(f"{{{name}}}", part)
        return pattern

    return {sign: re.compile("|".join(map(whole, patterns))) for sign, patterns in told["signs"].items()}
