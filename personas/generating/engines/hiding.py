"""Takes people's names, addresses and numbers out of what an engine is shown: it needs none of them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from salesintel.privacy.masking import masked

SHORTEST = 3  # letters of a part of a name that is looked for by itself: "Li" stands in too many words
SOMEBODY = "(a person)"
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


class Hidden:
    """People by name, each with what stands in the name's place: "(the contact)", "(the rep)", "(a colleague)"."""

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        spelt = {each: place for name, place in people for each in _spellings(name)}
        self._shown: Mapping[str, str] = {each.casefold(): place for each, place in spelt.items()}
        # As it is written, too: in “Weiß” no expression finds the folded “weiss”, nor “i̇pek” in “İpek”.
        longest_first = sorted({*spelt, *self._shown}, key=lambda each: (-len(each), each))
        found = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None

    def __call__(self, text: str) -> str:
        """The text without any of them, and without links, mail addresses and telephone numbers."""
        bare = masked(_LINK.sub("(link)", _plain(text)))
        return self._pattern.sub(self._in_place, bare) if self._pattern else bare

    def _in_place(self, found: re.Match[str]) -> str:
        # Without regard to case “Nına” is “Nina”, which folding keeps apart: whoever it is, the name goes.
        return self._shown.get(" ".join(found[0].split()).casefold(), SOMEBODY)


def _plain(text: str) -> str:
    """Composed letters, and no signs that are not seen: with either, a name or an address would look like another."""
    return "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")


def _spellings(name: str) -> Iterable[str]:
    """The name and each longer part of it: people are called by either."""
    whole = " ".join(_plain(name).split())
    parts = re.split(r"[\s,.]+", whole)
    yield from dict.fromkeys(each for each in (whole, *parts) if len(each) >= SHORTEST)
