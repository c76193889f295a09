"""What an inferred sentence may say: only ordinary words, and what its own citations, the vendor and the names hold.

The check is closed: a word that nothing accounts for withholds the sentence, whether it looks like a name or not. So a
person, technology, product, sum or date that an engine adds is caught without being recognised.
"""

import re

from enrichment.analysis import asserting, distortions
from enrichment.analysis.bearing import false_quote, off_subject, unborne, unpromised, without_signals
from enrichment.analysis.foreign import foreign_date, foreign_number, foreign_word
from enrichment.analysis.hostile import talks_to_machines
from enrichment.analysis.stems import STOP
from enrichment.analysis.text import holds, is_legible, words_in
from enrichment.analysis.told import Sources
from enrichment.analysis.vocabulary import is_ordinary
from enrichment.technologies import by_name

_MARKUP = re.compile(r"://|www\.|\b[\w.+-]+@[\w-]|[<>`{}\\]|\]\s?\(|\]\[|\*\*|__")
_ADVERTISEMENT = re.compile(
    r"\b(?:job )?(?:ad|advert|advertisement|posting|listing)(?= (?:says?|lists?|names?|mentions?|includes?|covers?"
    r"|asks?|describes?|states?|expects?|treats?|has|puts|calls?|combines?)\b)(?![^“]*”)"
)
_SPEECH = re.compile(r"\byou (?:mention|say|write|state|describe|list|explain|tell|promise)\b(?! no\b)", re.IGNORECASE)
_OWN_WORDS = frozenset({"job", "page", "profile"})  # kinds of items that companies write themselves
_HOST = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE)


def complaint(sentence: str, sources: Sources, *, is_promise: bool = False, product: str = "") -> str | None:
    """Why `sentence` may not stand; None where it may. A promise says what buying the `product` is to lead to."""
    if _MARKUP.search(sentence) or any(not _is_named(host, sources) for host in _HOST.findall(sentence)):
        return "holds a link, an address or markup"
    if not is_legible(sentence):  # comparisons pass over such characters; whoever reads, or stores, does not
        return "holds characters that nobody sees"
    if talks_to_machines(sentence):
        return "talks to machines"
    read = _as_posts(sentence) if "job" in sources.kinds else sentence
    return (
        _no_sentence(sentence)
        or foreign_number(sentence, sources)
        or foreign_date(sentence, sources)
        or distortions.other_share(sentence, [told.text for told in (*sources.cited, *sources.vendor)])
        or foreign_word(without_signals(read, sources), sources)
        or false_quote(sentence, sources)
        or _foreign_speech(sentence, sources)
        or unborne(read, sources, is_promise=is_promise)
        or (unpromised(sentence, sources, product) if is_promise else None)
        or off_subject(sentence, sources)
    )


def _foreign_speech(sentence: str, sources: Sources) -> str | None:
    """“You mention that …” is said of what they publish themselves, not of what a paper writes of them."""
    own = _OWN_WORDS & sources.kinds
    return None if own or not _SPEECH.search(sentence) else "says that they said it, where others wrote it"


def _as_posts(sentence: str) -> str:
    """The sentence with "post" where it calls a cited post an advertisement: "the Recruiter ad lists Teamtailor"."""
    return _ADVERTISEMENT.sub("post", sentence)


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
