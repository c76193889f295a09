"""What a sentence may draw on: the texts of its citations, of the vendor and of the names, taken apart once."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from enrichment.analysis import bonds
from enrichment.analysis.needs import THEMES, themes_of
from enrichment.analysis.paraphrases import other_words
from enrichment.analysis.stems import roots, stems
from enrichment.analysis.text import Number, bag, normal, numbers_in, words_after_numbers, words_in


class Told:
    """A text that sentences may draw on, taken apart once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def normal(self) -> str:
        return normal(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return bag(self.text)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each word with the one after it."""
        words = [word.casefold() for word in words_in(self.text)]
        return frozenset(itertools.pairwise(words))

    @cached_property
    def numbers(self) -> frozenset[Number]:
        return frozenset(numbers_in(self.text))

    @cached_property
    def counted(self) -> frozenset[tuple[Number, str]]:
        """Each number with each of the four words after it."""
        return frozenset(words_after_numbers(self.text, 4))

    @cached_property
    def themes(self) -> frozenset[str]:
        return themes_of(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.words)

    @cached_property
    def roots(self) -> frozenset[str]:
        return roots(self.words)

    @cached_property
    def others(self) -> frozenset[str]:
        """Other words for what it says; of a single word, say a kind of news, there are none."""
        return other_words(self.text) if not self.text.isalpha() else frozenset()


_NOTHING = Told("")
_TITLE_AND_TEXT = 3  # texts of an item: its title, its publisher, its text


@dataclass(frozen=True, eq=False)
class Sources:
    """What a sentence may draw on. Made once for the same citations, for much is worked out from it.

    `cited` are the texts of its citations, `subjects` and `themes` what they are about in our words; `vendor` the
    vendor's own texts, `promises` those of no single product; `names` those of company, vendor, role, segment and
    region; `own` what the role stresses; `unseen` what one database alone says is in use. `seller` is the vendor's
    name, `products` what each of its products does; `signals` are the lines that the report itself has on the cited
    items; `items` the cited texts by item, `kinds` what kinds of item they are. `granted` are ordinary words that a
    second reader found to follow from what is cited.
    """

    cited: Sequence[Told]
    subjects: frozenset[str]
    themes: frozenset[str]
    vendor: Sequence[Told]
    names: Sequence[Told]
    own: Told = _NOTHING
    promises: Sequence[Told] = ()
    unseen: frozenset[str] = frozenset()
    seller: str = ""
    signals: Sequence[str] = ()
    items: Sequence[Sequence[Told]] = ()
    granted: frozenset[str] = frozenset()
    products: Mapping[str, Told] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()

    @cached_property
    def sequels(self) -> list[bonds.Sequel]:
        """What each item says in a row: its title before its text, and each of the texts read from it."""
        titled = [" ".join(told.text for told in item[:_TITLE_AND_TEXT]) for item in self.items]
        return [bonds.Sequel(text) for text in dict.fromkeys([*titled, *(told.text for told in self.cited)])]

    @cached_property
    def telling(self) -> frozenset[str]:
        """The stems of what is cited and of its themes."""
        themes = self.themes.union(*(told.themes for told in self.cited))
        return stems(self.subjects).union(*(_ABOUT_THEME[theme] for theme in themes), *(t.stems for t in self.cited))


_ABOUT_THEME = {theme.name: stems(bag(f"{theme.label} {theme.outcome}")) for theme in THEMES.values()}
