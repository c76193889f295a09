"""What an inferred sentence may say: only ordinary words, and what its own citations, the vendor and the names hold.

The check is closed: a word that nothing accounts for withholds the sentence, whether it looks like a name or not. So a
person, technology, product, sum or date that an engine adds is caught without being recognised.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from enrichment.analysis import asserting, bonds, claims, distortions, phrases, supposing
from enrichment.analysis.asserting import Kind
from enrichment.analysis.distortions import counted, in_words
from enrichment.analysis.forms import Own, own_sentences
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.needs import THEMES, themes_of
from enrichment.analysis.paraphrases import other_words
from enrichment.analysis.stems import STOP, root_of, roots, stem_of, stems
from enrichment.analysis.text import (
    Number,
    bag,
    holds,
    is_legible,
    normal,
    numbers_in,
    tidy,
    without_numbers,
    words_after_numbers,
    words_in,
)
from enrichment.analysis.vocabulary import is_capital_ordinary, is_ordinary
from enrichment.technologies import by_name

_MARKUP = re.compile(r"://|www\.|\b[\w.+-]+@[\w-]|[<>`{}\\]|\]\s?\(|\]\[|\*\*|__")
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?:;→•])\s+|[“”\"«»()\n]|\s[-–—]\s|\s→\s|(?<=\s)'|'(?=\s|$)")
_CHUNK = re.compile(r"[^\s/]+")
_ENDS_RUN = frozenset(".,;:!?")
# The past has to be cited. What is to come is advice, or is checked as what it asserts.
_RELATIVE_DATE = re.compile(
    r"\b(?:last|past|previous|recent) (?:\w+ )?(?:day|week|weekend|month|quarter|year|decade)s?\b"
    r"|\b(?:day|week|weekend|month|quarter|year)s? ago\b|\b(?:yesterday|overnight)\b"
)
_COMMON_TOO = frozenset({"go", "teams"})  # ordinary words that are technologies as well
_SILENT = STOP - frozenset({"no", "not"})  # words that assert nothing


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
    items; `items` the cited texts by item.
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
    products: Mapping[str, Told] = field(default_factory=dict)

    @cached_property
    def accounted(self) -> "_Accounted":
        return _Accounted(self)

    @cached_property
    def borne(self) -> "_Borne":
        return _Borne(self)

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


def complaint(sentence: str, sources: Sources, *, is_promise: bool = False, product: str = "") -> str | None:
    """Why `sentence` may not stand; None where it may. A promise says what buying the `product` is to lead to."""
    if _MARKUP.search(sentence) or any(not _is_named(host, sources) for host in _HOST.findall(sentence)):
        return "holds a link, an address or markup"
    if not is_legible(sentence):  # comparisons pass over such characters; whoever reads, or stores, does not
        return "holds characters that nobody sees"
    if talks_to_machines(sentence):
        return "talks to machines"
    return (
        _no_sentence(sentence)
        or _foreign_number(sentence, sources)
        or _foreign_date(sentence, sources)
        or distortions.other_share(sentence, [told.text for told in (*sources.cited, *sources.vendor)])
        or _foreign_word(_without_signals(sentence, sources), sources)
        or _false_quote(sentence, sources)
        or _unborne(sentence, sources, is_promise=is_promise)
        or (_unpromised(sentence, sources, product) if is_promise else None)
        or _off_subject(sentence, sources)
    )


def _is_named(host: str, sources: Sources) -> bool:
    """Whether what looks like a host is a known technology ("Node.js") or one of the names ("Booking.com")."""
    return by_name(host) is not None or any(holds(name.text, host) for name in sources.names)


def _no_sentence(sentence: str) -> str | None:
    """A sentence of ours is in English, and longer than a name: what is quoted or named in it need not be."""
    words = words_in(sentence)
    if len(words) < _FEWEST:
        return "is no sentence"
    outside = words_in(asserting.QUOTE.sub(" ", sentence)) or words
    known = sum(is_ordinary(word) or word.casefold() in STOP for word in outside)
    return None if known * 4 >= len(outside) else "is not written in plain words"


_FEWEST = 3  # words of a sentence: "Do it now."


def _foreign_number(sentence: str, sources: Sources) -> str | None:
    borne = set[Number]().union(*(told.numbers for told in (*sources.cited, *sources.names)))
    borne |= {("", value) for kind, value in borne if kind == "%"}
    borne |= {("", value) for told in sources.cited for word in told.words if (value := counted(word))}
    # A figure of the vendor's counts only what it counts in the vendor's own words.
    of_vendor = set[tuple[Number, str]]().union(*(told.counted for told in sources.vendor))
    borne |= {pair[0] for pair in words_after_numbers(sentence) & of_vendor}
    return next((f"names a number that is not cited: {value}" for kind, value in numbers_in(sentence)
                 if (kind, value) not in borne), None)  # fmt: skip


def _foreign_date(sentence: str, sources: Sources) -> str | None:
    for match in _RELATIVE_DATE.finditer(normal(sentence)):
        if not any(match[0] in told.normal for told in sources.cited):
            return f"names a time that is not cited: {match[0]}"
    return None


def _foreign_word(sentence: str, sources: Sources) -> str | None:
    accounted = sources.accounted
    for part in _SENTENCE.split(sentence):
        previous = ""  # the capitalised word right before, in the same run of words
        for position, chunk in enumerate(_CHUNK.findall(without_numbers(part) if part else "")):
            for word in words_in(chunk):
                if reason := accounted.complaint(word, starts=position == 0, previous=previous):
                    return reason
                previous = word if _is_capital(word) and not (position == 0 and is_ordinary(word)) else ""
            if chunk[-1:] in _ENDS_RUN:
                previous = ""
    return None


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and word != "I"


class _Accounted:
    """The words and neighbours that a sentence's sources hold."""

    def __init__(self, sources: Sources) -> None:
        texts = (*sources.cited, *sources.vendor, *sources.names)
        others = (told.others for told in sources.cited)
        self._words = frozenset[str]().union(*(told.words for told in texts), *others)
        self._stems = frozenset[str]().union(*(told.stems for told in texts))
        self._roots = frozenset[str]().union(*(told.roots for told in texts))
        self._names = frozenset[str]().union(*(told.words for told in sources.names))
        self._numbers = frozenset[Number]().union(*(told.numbers for told in sources.cited))
        self._pairs = frozenset[tuple[str, str]]().union(*(told.pairs for told in texts))

    def complaint(self, word: str, *, starts: bool, previous: str) -> str | None:
        small = word.casefold()
        if small not in self._words and ("", counted(small) or "") not in self._numbers:
            if (
                not _is_capital(word)
                and len(small) >= 4
                and (stem_of(small) in self._stems or root_of(small) in self._roots)
            ):
                return None  # another form of a word that is cited
            ordinary = is_ordinary(word) if starts or not _is_capital(word) else is_capital_ordinary(word)
            if not ordinary or _is_technology(word):
                return f"names what is not cited: {word}"
            return None
        joins = _is_capital(word) and previous and not starts
        if (
            joins
            and (previous.casefold(), small) not in self._pairs
            and not ({previous.casefold(), small} & self._names)
            and not (by_name(previous) and by_name(word))  # "Debian Linux", each of them cited
        ):
            return f"joins names that do not stand together: {previous} {word}"
        return None


def _is_technology(word: str) -> bool:
    small = word.casefold()
    return small not in _COMMON_TOO and small not in _OWN and len(small) > 1 and by_name(word) is not None


_OWN = frozenset(word for text in phrases.vocabulary() for word in bag(text))


# --- What is asserted -------------------------------------------------------------------------------------------------


def _false_quote(sentence: str, sources: Sources) -> str | None:
    """What stands in quotation marks stands in the sources, or is what somebody might say."""
    texts = [told.text for told in (*sources.cited, *sources.vendor, *sources.names)]
    for quote in asserting.quotes(sentence):
        borne = any(holds(text, quote.rstrip(".,…!?")) for text in (*texts, *sources.signals))
        if not borne and not asserting.is_supposed_speech(quote):
            return f"quotes what is not cited: {tidy(quote, 60)}"
    return None


def _unborne(sentence: str, sources: Sources, *, is_promise: bool) -> str | None:
    """The first word of an assertion that nothing bears. Our own sentences are known; their holes must be borne."""
    borne = sources.borne
    own = own_sentences(sentence)
    if own:
        return next((why for form in own if (why := borne.complaint_of_form(form))), None)
    text = _without_signals(sentence, sources)
    first = _FIRST.split(text, maxsplit=1)[0]
    found = list(asserting.clauses(text, company=[told.text for told in sources.names]))
    if found and found[0].kind is Kind.ASSERTS and distortions.other_cause(text, [told.text for told in sources.cited]):
        return "gives a cause that is not cited"
    for clause in found:
        if is_promise and clause.is_ground:
            return "gives a ground for what is to come"
        if is_promise and clause.text in first and (clause.kind is Kind.GENERAL or borne.is_of_nobody(clause)):
            continue  # the state that a purchase is to lead to
        if why := borne.complaint_of(clause, sentence):
            return why
    return None


_FIRST = re.compile(r"(?<=[.!?])\s+")


def _without_signals(sentence: str, sources: Sources) -> str:
    """The sentence without the lines that the report itself has on the cited items: "Hiring: IAM Architect"."""
    for signal in sources.signals:
        sentence = sentence.replace(signal, " ")
    return sentence


class _Borne:
    """The roots of the words that an assertion may use."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        known = (*sources.cited, *sources.names)
        self._cited = roots(sources.subjects | _SILENT).union(*(told.roots for told in known))
        self._cited |= frozenset[str]().union(*(told.others | in_words(told.numbers) for told in sources.cited))
        self._supposed = self._cited.union(*(told.roots for told in sources.vendor))
        self._cited_alone = roots(frozenset().union(*(told.words for told in known)))
        self._cited_alone |= frozenset[str]().union(*(told.others | in_words(told.numbers) for told in sources.cited))
        self._cited |= sources.own.roots
        self._themes = sources.themes.union(*(told.themes for told in sources.cited))
        self._names = frozenset[str]().union(*(told.words for told in sources.names))
        self._vendor = self._cited.union(_ANSWERING, *(told.roots for told in sources.vendor))
        self._promised = self._cited.union(_ANSWERING, *(told.roots for told in sources.promises))

    def is_of_nobody(self, clause: asserting.Clause) -> bool:
        """Whether it neither names anybody nor gives a ground."""
        read = bag(clause.text)
        named = any(told.text and holds(clause.text, told.text) for told in self._sources.names)
        return not named and not clause.is_ground and not _THEIRS & read

    def complaint_of(self, clause: asserting.Clause, sentence: str) -> str | None:
        of_vendor = self._is_of_vendor(clause.text)
        of_vendor = of_vendor or (_GOES_ON.match(clause.text) is not None and self._is_of_vendor(sentence))
        if clause.kind in (Kind.ASSERTS, Kind.SUPPOSES) and of_vendor and (why := self._unanswered(clause, sentence)):
            return why
        if clause.kind is Kind.FREE and bag(clause.text[:7]) == {"expect"} and not self._sources.subjects:
            return "supposes what is not cited: expect"
        if clause.kind is Kind.ASSERTS and (name := self._said_by_one(clause.text, sentence)):
            return f"says as certain what one source alone says: {name}"
        if clause.kind in (Kind.ASSERTS, Kind.SUPPOSES):
            cited = [told.text for told in self._sources.cited]
            offered = [told.text for told in self._sources.vendor] if of_vendor else []
            if why := distortions.complaint(clause.text, cited, offered, self._names):
                return why
        text = _NEED_NOT.sub(" ", clause.text) if of_vendor else clause.text
        if clause.kind is Kind.FREE and (why := supposing.complaint(clause.text, self._supposed)):
            return why
        known = self._known_of(clause.text) if of_vendor else self._cited
        if word := asserting.unborne(asserting.Clause(clause.kind, text), known, root_of):
            return f"asserts what is not cited: {word}"
        return self._beyond(clause.text) if clause.kind is Kind.ASSERTS and not of_vendor else None

    def _beyond(self, clause: str) -> str | None:
        """How an assertion of borne words goes further than the items, or binds the words otherwise."""
        told = [line for told in self._sources.cited for line in distortions.lines(told.text)]
        why = claims.complaint(clause, told, self._cited_alone, self._names)
        return why or bonds.complaint(clause, self._sources.sequels, self._names)

    def _is_of_vendor(self, clause: str) -> bool:
        return any(name and holds(clause, name) for name in (*self._sources.products, self._sources.seller))

    def _said_by_one(self, clause: str, sentence: str) -> str | None:
        if "according to" in normal(sentence):
            return None
        return next((name for name in self._sources.unseen if holds(clause, name)), None)

    def _known_of(self, clause: str) -> frozenset[str]:
        """What may be said in a clause that names products: what those do, and what the vendor promises of all."""
        named = [told for name, told in self._sources.products.items() if holds(clause, name)]
        return self._promised.union(*(told.roots for told in named)) if named else self._vendor

    def complaint_of_form(self, own: Own) -> str | None:
        if own.signal and not phrases.about(own.signal) <= self._sources.subjects:
            return f"speaks of {own.signal.replace('_', ' ')}, which is not cited"
        product, theme = own.filled.get("product"), own.filled.get("theme")
        told = self._sources.products.get(product) if product else None
        if told is not None and theme and not any(_LABELS.get(name) == theme for name in told.themes):
            return f"says of {product} what its description does not: {theme}"
        if (word := own.filled.get("word")) and not (told and holds(told.text, word)):
            return f"says of {product} what its description does not: {word}"
        return None

    def _unanswered(self, clause: asserting.Clause, sentence: str) -> str | None:
        """A product that is said to answer a finding is about what the finding, or what is quoted of it, is about."""
        if not _ANSWERING & roots(bag(clause.text)):
            return None
        for name, told in self._sources.products.items():
            if holds(clause.text, name):
                given = _GIVES.search(clause.text.partition(name)[2])
                if given and not stems(bag(given["what"])) & told.stems:
                    return f"says that {name} gives what it does not"
                quoted = [Told(quote) for quote in asserting.quotes(sentence)]
                themes = frozenset[str]().union(*(quote.themes for quote in quoted)) if quoted else self._themes
                shared = told.stems & frozenset[str]().union(*(t.stems for t in quoted or self._sources.cited))
                joins = "integration" in told.themes and any(by_name(w) for w in words_in(clause.text + sentence))
                said = bag(clause.text.partition(name)[2]) - STOP - _ANSWERING
                bare = bool(said) and said <= told.roots
                if not (told.themes & themes) and not shared - _COMMON and not joins and not bare:
                    return f"says that {name} answers what it has nothing in common with"
        return None


_GOES_ON = re.compile(r"(?:who|which|that) ", re.IGNORECASE)
# What a product is said to give must be in its description.
_GIVES = re.compile(r"^ (?:would |will |can |could )?(?:gives?|offers?|provides?|brings?|adds?|gets?) (?P<what>.+)")


def _unpromised(sentence: str, sources: Sources, product: str) -> str | None:
    """A promise is about what the product, or the vendor in general, or the finding itself is about."""
    described = [told for name, told in sources.products.items() if name == product]
    if not described:
        return None
    themes = frozenset[str]().union(*(each.themes for each in (*described, *sources.promises)))
    ours = {theme.name for theme in THEMES.values() if holds(sentence, theme.outcome.rstrip("."))}
    labels = stems(bag(" ".join(THEMES[theme].label for theme in themes)))
    told = labels.union(*(each.stems for each in (*described, *sources.promises, *sources.cited)))
    is_about = bool(ours & themes) if ours else bool((stems(bag(sentence)) - _COMMON) & told)
    return None if is_about else f"promises what {product} is not about"


_THEIRS = frozenset({"its", "their", "your", "his", "her"})
_NEED_NOT = re.compile(
    r"\b(?:do|does) not (?:have|need) to\b|\bneed not\b|\brather than\b|\binstead of\b", re.IGNORECASE
)
_LABELS = {theme.name: theme.label for theme in THEMES.values()}


def _off_subject(sentence: str, sources: Sources) -> str | None:
    """A sentence shares a word, a theme, an outcome of one or a number with what it cites; mere advice need not."""
    if any(holds(told.text, sentence.rstrip(".")) for told in sources.vendor) or _is_advice(sentence):
        return None
    if any(own.signal for own in own_sentences(sentence)):  # which was found to be the cited item's
        return None
    own = _ANSWERING.union(*(told.roots for told in (*sources.vendor, *sources.names)))
    if holds(sentence, sources.seller) and all({w, root_of(w)} & own for w in bag(sentence) - STOP):
        return None
    themes = sources.themes.union(*(told.themes for told in sources.cited))
    if stems(bag(sentence)) & sources.telling or themes_of(sentence) & themes:
        return None
    if any(t.numbers & set(numbers_in(sentence)) for t in sources.cited):
        return None
    return "has nothing in common with what it cites"


def _is_advice(sentence: str) -> bool:
    return all(clause.kind is Kind.FREE for clause in asserting.clauses(sentence, company=())) and "?" not in sentence


_COMMON_WORDS = "people company team system work new every organisation application service data customer user way"
_COMMON = stems(frozenset(_COMMON_WORDS.split()))
_ANSWERING = roots(frozenset(asserting.ANSWERING))
_ABOUT_THEME = {theme.name: stems(bag(f"{theme.label} {theme.outcome}")) for theme in THEMES.values()}
