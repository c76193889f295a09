"""What a sentence asserts, promises and is about, and whether its citations, the vendor and the names bear it."""

import re
from functools import lru_cache

from enrichment.analysis import asserting, bonds, claims, distortions, phrases, supposing
from enrichment.analysis.asserting import Kind
from enrichment.analysis.distortions import in_words
from enrichment.analysis.forms import Own, own_sentences
from enrichment.analysis.needs import THEMES, themes_of
from enrichment.analysis.stems import STOP, root_of, roots, stems
from enrichment.analysis.text import bag, holds, normal, numbers_in, tidy, words_in
from enrichment.analysis.told import Sources, Told
from enrichment.technologies import by_name

_SILENT = STOP - frozenset({"no", "not"})  # words that assert nothing


def false_quote(sentence: str, sources: Sources) -> str | None:
    """What stands in quotation marks stands in the sources, or is what somebody might say."""
    texts = [told.text for told in (*sources.cited, *sources.vendor, *sources.names)]
    for quote in asserting.quotes(sentence):
        borne = any(holds(text, quote.rstrip(".,…!?")) for text in (*texts, *sources.signals))
        if not borne and not asserting.is_supposed_speech(quote):
            return f"quotes what is not cited: {tidy(quote, 60)}"
    return None


def unborne(sentence: str, sources: Sources, *, is_promise: bool) -> str | None:
    """The first word of an assertion that nothing bears. Our own sentences are known; their holes must be borne."""
    borne = _borne(sources)
    own = own_sentences(sentence)
    if own:
        return next((why for form in own if (why := borne.complaint_of_form(form))), None)
    text = without_signals(sentence, sources)
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


def without_signals(sentence: str, sources: Sources) -> str:
    """The sentence without the lines that the report itself has on the cited items: "Hiring: IAM Architect"."""
    for signal in sources.signals:
        sentence = sentence.replace(signal, " ")
    return sentence


@lru_cache(maxsize=256)
def _borne(sources: Sources) -> "_Borne":
    return _Borne(sources)


class _Borne:
    """The roots of the words that an assertion may use."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        known = (*sources.cited, *sources.names)
        self._cited = roots(sources.subjects | _SILENT).union(*(told.roots for told in known))
        self._cited |= frozenset[str]().union(*(told.others | in_words(told.numbers) for told in sources.cited))
        self._cited |= roots(sources.granted)
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


def unpromised(sentence: str, sources: Sources, product: str) -> str | None:
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


def off_subject(sentence: str, sources: Sources) -> str | None:
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
