"""What of a headline is weighed: its words, the kinds of words in it, and how they follow one another. Pure.

The kinds are phrases in `data/signals/lexicon.toml`: `cut_verb` has "cut", "slash", "axe", `people_noun` "staff".
A headline is weighed by features with a strength each, named so that a person can read them:

    word:slash             a word that is known, by its stem; an unknown one with a capital is a name, `Name`
    pair:slash_#           two words side by side; `^` is the start, `$` the end, `#` a count, `£` a sum, `%` a share
    kind:cut_verb          a phrase of that kind
    kinds:cut_verb>people_noun   one after the other, with at most one phrase between them
    form:?                 a question; `form::` a colon; `form:no name`, `form:starts cut_verb` and the like
"""

import re
import tomllib
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from enrichment.signals.phrases import Found, Lexicon, stem, words

LEXICON = Path(__file__).parents[1] / "data" / "signals" / "lexicon.toml"

LONGEST = 400  # characters that are read: a headline and the first sentence after it

# How much a feature of each sort counts before its weight: what is sparse counts less.
WORD, PAIR, KIND, KINDS, FORM = 0.8, 0.4, 1.0, 0.4, 0.6

_SCALE = "k|m|mn|bn|b|tn|thousand|million|millions|billion|trillion|crore|cr|lakh|millionen|millones|mio|mrd"
_SUM = re.compile(
    rf"(?:(?:rs\.?|inr|usd|eur|gbp|us|a|c|s|hk|nz|r)\s?)?[$€£¥₹]\s?\d[\d.,]*(?:\s?-?(?:{_SCALE})\b)?"
    rf"|\b(?:rs\.?|inr|usd|eur|gbp|chf|sek|nok|dkk|yen|aed)\s?\d[\d.,]*(?:\s?(?:{_SCALE})\b)?"
    rf"|\b\d[\d.,]*\s?(?:(?:{_SCALE})\s)?(?:d'|de )?"
    r"(?:euros?|dollars|dólares|pounds|yen|rupees|kronor|kroner|francs|€|\$|usd|eur\b)"
    rf"|\b\d[\d.,]*\s?(?:m€|crore\b)|\b\d[\d.,]*bn yen\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b\d[\d.,]*\s?(?:%|percent\b|per cent\b|pc\b)|\b(?:an?|one)[- ](?:third|quarter|fifth|sixth|tenth|half)\b"
    r"|\bhalf of\b|\btwo thirds\b|\b(?:one|1) in (?:two|three|four|five|six|seven|eight|ten|\d+)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\bfy\d\d\b", re.IGNORECASE)
_COUNT = re.compile(
    r"\b(?:\d{1,3}(?:,\d{3})+|\d+)\+?\b(?!-)|\b(?:dozens|hundreds|thousands|scores|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred)\b",
    re.IGNORECASE,
)
# Sums, shares, years and counts are read as one word each, which no headline has.
_NUMBERS = ((_SUM, "zzsum"), (_SHARE, "zzshare"), (_YEAR, "zzyear"), (_COUNT, "zzcount"))
_SHOWN = {"zzsum": "£", "zzshare": "%", "zzyear": "year", "zzcount": "#"}
_STEPS = frozenset({"£", "%", "#"})  # numbers that stand among the kinds

NAME, OTHER = "Name", "…"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The phrases by kind. Raises `ValueError` or `tomllib.TOMLDecodeError` on a broken file."""
    found = Lexicon()
    for kind, phrases in tomllib.loads(LEXICON.read_text(encoding="utf-8")).items():
        found.add(kind, phrases)
    return found


def read(text: str) -> list[str]:
    """The words of a headline, its numbers by what they are: "cuts 300 jobs" → cuts, zzcount, jobs."""
    line = " ".join(text[: LONGEST * 2].replace("’", "'").split())[:LONGEST]
    for pattern, word in _NUMBERS:
        line = pattern.sub(f" {word} ", line)
    return words(line)


def features(text: str, known: Collection[str]) -> dict[str, float]:
    """What is weighed of a text, by name with its strength; `known` are the stems of words that are no names."""
    written = read(text)
    stemmed = [stem(word) for word in written]
    found = list(lexicon().find(stemmed))
    of_phrases = {place for phrase in found for place in range(phrase.start, phrase.end)}
    shown = [
        _shown(word, by_stem, is_known=place in of_phrases or by_stem in known)
        for place, (word, by_stem) in enumerate(zip(written, stemmed, strict=True))
    ]
    return _of_words(shown, known) | _of_kinds(shown, found) | _of_form(shown)


def _shown(word: str, by_stem: str, *, is_known: bool) -> str:
    if by_stem in _SHOWN:
        return _SHOWN[by_stem]
    if is_known or not word[0].isalpha():
        return by_stem
    return OTHER if word.islower() else NAME


def _of_words(shown: Sequence[str], known: Collection[str]) -> dict[str, float]:
    weighed = {f"word:{word}": WORD for word in shown if word in known}
    line = [
        "^",
        *(word for place, word in enumerate(shown) if word != NAME or not place or shown[place - 1] != NAME),
        "$",
    ]
    return weighed | {f"pair:{one}_{other}": PAIR for one, other in pairwise(line)}


def _of_kinds(shown: Sequence[str], found: Sequence[Found]) -> dict[str, float]:
    weighed = {f"kind:{phrase.kind}": KIND for phrase in found}
    at: dict[int, list[str]] = {}
    for phrase in found:
        at.setdefault(phrase.start, []).append(phrase.kind)
    for place, word in enumerate(shown):
        if word in _STEPS:
            at.setdefault(place, []).append(word)
    steps = [at[place] for place in sorted(at)]
    weighed |= {f"form:starts {kind}": FORM for kind in (steps[0] if steps else ())}
    for gap, strength in ((2, KINDS * 0.7), (1, KINDS)):  # those side by side come last and prevail
        for one, other in zip(steps, steps[gap:], strict=False):
            weighed |= {f"kinds:{a}>{b}": strength for a in one for b in other if a != b}
    return weighed


def _of_form(shown: Sequence[str]) -> dict[str, float]:
    marks = {
        "?": "?" in shown,
        ":": ":" in shown,
        "no name": NAME not in shown,
        "no name early": NAME not in shown[:3],
        "name first": shown[:1] == [NAME],
    }
    return {f"form:{mark}": FORM for mark, is_so in marks.items() if is_so}


def in_words(feature: str) -> str:
    """A feature's name as it is told to people: `kinds:cut_verb>people_noun` is "cut verb, then people noun"."""
    sort, _, name = feature.partition(":")
    match sort:
        case "word":
            return f"“{name}”"
        case "pair":
            return f"“{name.replace('_', ' ')}”"
        case "kind":
            return name.replace("_", " ")
        case "kinds":
            return name.replace("_", " ").replace(">", ", then ")
        case "form":
            return f"form: {name.replace('_', ' ')}"
    return feature
