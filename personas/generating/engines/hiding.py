"""Takes people's names, addresses and numbers out of what an engine is shown: it needs none of them. Pure."""

import re
from collections.abc import Iterable, Mapping

from salesintel.privacy.masking import masked

SHORTEST = 3  # letters of a part of a name that is looked for by itself: "Li" stands in too many words
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


class Hidden:
    """People by name, each with what stands in the name's place: "(the contact)", "(the rep)", "(a colleague)"."""

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        self._shown: Mapping[str, str] = {
            spelt.casefold(): place for name, place in people for spelt in _spellings(name)
        }
        longest_first = sorted(self._shown, key=len, reverse=True)
        found = "|".join(re.escape(spelt).replace(r"\ ", r"\s+") for spelt in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.IGNORECASE) if found else None

    def __call__(self, text: str) -> str:
        """The text without any of them, and without links, mail addresses and telephone numbers."""
        bare = masked(_LINK.sub("(link)", text))
        return self._pattern.sub(self._in_place, bare) if self._pattern else bare

    def _in_place(self, found: re.Match[str]) -> str:
        return self._shown[" ".join(found[0].split()).casefold()]


def _spellings(name: str) -> Iterable[str]:
    """The name and each longer part of it: people are called by either."""
    whole = " ".join(name.split())
    parts = re.split(r"[\s,.]+", whole)
    yield from dict.fromkeys(each for each in (whole, *parts) if len(each) >= SHORTEST)
