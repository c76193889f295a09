"""Whether the name in a record or a text means the company that is asked about. Pure."""

import re
from dataclasses import dataclass, replace
from enum import IntEnum

from rapidfuzz.distance import OSA

from enrichment.naming import business
from enrichment.naming.forms import Form, are_common, common, forms, is_place, kinds, stems
from enrichment.naming.known import are_known_apart, called, known
from enrichment.naming.scripts import as_it_sounds, has_no_vowels, is_latin, skeleton

SHORTEST_MISSPELT = 6  # letters; in shorter words another letter is another word
SHORTEST_SKELETON = 3  # consonants
SHORTEST_INITIALS = 2
SHORTEST_CUT = 3
SHORTEST_BLEND = 5
LONG_WORD = 5  # letters
_SMALL_WORDS = frozenset({"and", "of", "the", "de", "la", "du", "des", "der", "die", "fur", "for", "del"})
_ADDRESS = re.compile(r"(?:www\.)?([\w-]+)(?:\.[a-z]{2,})+", re.IGNORECASE)


class Likeness(IntEnum):
    """How sure it is that two names mean one company."""

    OTHER = 0
    LIKELY = 1  # a short form, a slip of the pen, a name that everybody knows: worth asking back
    CERTAIN = 2  # one name: it differs in spelling, legal form, "Group" or the country alone, or the domain is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name, with what came with it: the registrable domain, and what is said of its bearer in a line."""

    name: str
    domain: str | None = None
    said: str = ""


def likeness(company: Named, other: Named) -> Likeness:
    """Whether `other`, as a record or a text names it, is `company`.

    Domains decide where both are known. Then what is said: a former name is the company, an owner or a shop of a
    franchise is another. Then the names: CERTAIN where they differ in case, accents, script, spacing, articles, "&",
    abbreviations, legal form, "Group" or the country; LIKELY for names that everybody knows to be one company, for a
    beginning of the name that is no common word, for one wrong letter in such a word, for the same words in another
    order. A longer name is another company's ("Acme Software", "Acme Foundation"); so is one whose line of business, by
    what is said, is not the company's. "Delta" is Delta Air Lines only where flights are spoken of.
    """
    if company.domain and other.domain and company.domain == other.domain:
        return Likeness.CERTAIN
    if _is_domain_of(company, other) or _is_domain_of(other, company):
        return Likeness.CERTAIN
    if business.is_owned_so(company.said, other.name) or business.is_owned_so(other.said, company.name):
        return Likeness.OTHER
    if business.is_called_so(company.said, other.name) or business.is_called_so(other.said, company.name):
        return Likeness.LIKELY
    other = _read(other)
    if company.domain and other.domain:
        return _with_two_domains(company, other)
    return _by_name(company, other)


def _read(named: Named) -> Named:
    """`named`, with its domain where its name is one: "quorvia.io" is Quorvia of quorvia.io."""
    written = _ADDRESS.fullmatch(named.name.strip())
    return replace(named, name=written[1], domain=named.domain or written[0].casefold()) if written else named


def _is_domain_of(one: Named, other: Named) -> bool:
    """Whether `other` is called by the domain of `one`, or it stands in what is said of it."""
    if one.domain is None:
        return False
    return other.name.strip().casefold() == one.domain or one.domain in other.said.casefold().split()


def _with_two_domains(company: Named, other: Named) -> Likeness:
    """Two sites are one company's where names and sites are called alike: orbisol.com and orbisol.de."""
    is_one = _same(company.name, other.name) and _label(company) == _label(other)
    is_one = is_one and not are_common(forms(company.name)[0].core)
    return Likeness.LIKELY if is_one or known(company.name) & known(other.name) else Likeness.OTHER


def _label(named: Named) -> str:
    """What the site is called: "acme" of acme.co.uk; empty where none is known."""
    return (named.domain or "").removeprefix("www.").partition(".")[0].replace("-", "")


# --- By name ----------------------------------------------------------------------------------------------------------


def _by_name(company: Named, other: Named) -> Likeness:
    ours, theirs = known(company.name), known(other.name)
    if are_known_apart(company.name, other.name):
        return Likeness.OTHER
    if _same(company.name, other.name):
        return Likeness.CERTAIN if _fits(company, other) else Likeness.OTHER
    if ours and theirs:
        return Likeness.LIKELY if _is_meant(company, other, ours & theirs, theirs) else Likeness.OTHER
    likely = (
        _is_reordered(company.name, other.name),
        _is_initials(company, other),
        _is_transcribed(company, other),
        _is_called_like_its_site(company, other),
        _is_short_form(company, other, theirs),
        _is_misspelt(company, other, theirs),
        _is_abbreviated(company.name, other.name),
        _is_blended(company.name, other.name),
    )
    return Likeness.LIKELY if any(likely) else Likeness.OTHER


def _same(one: str, other: str) -> bool:
    """Whether two names differ in spelling, legal form, group and country alone."""
    return any(
        first.joined == second.joined
        or _without_and(first) == _without_and(second)
        or "".join(first.plain) == "".join(second.plain)
        for first in forms(one)
        for second in forms(other)
    )


def _without_and(form: Form) -> tuple[str, ...]:
    return stems(tuple(word for word in form.core if word not in {"and", "the"})) or form.core


def _fits(company: Named, other: Named) -> bool:
    """Whether what is said of two of one name may be said of one company.

    Two that are both spoken of share a line of business, at least where their name is a common word; one that is
    spoken of alone must be a company at all, and of the other's line if that is known, where the name is a common word.
    """
    if _is_no_name(other):
        return False
    core = forms(company.name)[0].core
    if company.said and other.said:
        ours, theirs = business.lines_of_business(company.said), business.lines_of_business(other.said)
        return bool(ours & theirs) or (not (ours and theirs) and _share_a_word(company.said, other.said))
    if not are_common(core):
        return True
    ours, theirs = _lines(company), _lines(other)
    if ours and theirs:
        return bool(ours & theirs)
    return not other.said or business.is_about_business(other.said)


def _is_no_name(other: Named) -> bool:
    """Whether what is said uses the name as a word, inside another's name, or for a place."""
    return (
        business.is_common_noun(other.said, other.name)
        or business.is_part_of_longer_name(other.said, other.name)
        or business.is_elsewhere(other.said)
    )


def _share_a_word(one: str, other: str) -> bool:
    """Whether two sayings have a word of some length in common."""
    first, second = (set(business.words_said(said)) for said in (one, other))
    return any(len(word) >= LONG_WORD for word in first & second)


def _is_meant(company: Named, other: Named, shared: frozenset[int], meant: frozenset[int]) -> bool:
    """Whether a well-known name means this one of the companies that bear it."""
    if not shared:
        return False
    if business.is_common_noun(other.said, other.name):
        return False
    said = business.lines_of_business(other.said)
    fitting = [number for number in meant if said & business.lines_of_business(called(number))]
    if len(meant) > 1:
        return bool(shared.intersection(fitting)) and len(fitting) == 1
    return bool(fitting) or not said or not business.lines_of_business(f"{company.name}. {company.said}")


def _is_reordered(one: str, other: str) -> bool:
    """Whether they have the same words in another order, what it is at the other end: Hotel Bellavoine."""
    return any(
        len(first.core) > 1
        and sorted(first.core) == sorted(second.core)
        and 0 < sum(word in kinds() for word in first.spelt) < len(first.spelt)
        for first in forms(one)
        for second in forms(other)
    )


def _is_initials(company: Named, other: Named) -> bool:
    """Whether it begins with the company's initials, and what is said speaks of it: "R&P Games"."""
    said = business.words_said(other.said)
    is_of_its_line = bool(_lines(company) & business.lines_of_business(other.said))
    for ours in forms(company.name):
        words = [word for word in ours.plain if word not in _SMALL_WORDS]
        for theirs in forms(other.name):
            letters = "".join(word for word in theirs.plain if len(word) == 1) or "".join(theirs.plain[:1])
            meant = words[: len(letters)]
            if len(letters) < SHORTEST_INITIALS or [word[0] for word in meant] != list(letters):
                continue
            spoken = [any(each.startswith(word) for each in said) for word in meant]
            if all(spoken) or (len(meant) == len(words) and (is_of_its_line or any(spoken))):
                return True
    return False


def _lines(named: Named) -> frozenset[str]:
    return business.lines_of_business(f"{named.name}. {named.said}")


def _is_abbreviated(one: str, other: str) -> bool:
    """Whether words that many companies share are cut short in one of them: "Ostrander Med. Devices"."""

    def alike(first: str, second: str) -> bool:
        short, long = sorted((first, second), key=len)
        return first == second or (len(short) >= SHORTEST_CUT and long.startswith(short) and long in common())

    return any(
        len(first.spelt) == len(second.spelt) > 1
        and first.spelt[0] == second.spelt[0]
        and all(alike(*pair) for pair in zip(first.spelt, second.spelt, strict=True))
        for first in forms(one)
        for second in forms(other)
    )


def _is_blended(one: str, other: str) -> bool:
    """Whether it is put together from the beginnings of all the words: "SocGen"."""
    for first in forms(one):
        words = [word for word in first.spelt if word not in _SMALL_WORDS]
        for second in forms(other):
            blend = second.joined
            parts = "".join(rf"({re.escape(word[:2])}\w*)" for word in words)
            found = re.fullmatch(parts, blend) if len(words) > 1 and len(second.spelt) == 1 else None
            if found and len(blend) >= SHORTEST_BLEND and all(map(str.startswith, words, found.groups())):
                return True
    return False


def _is_transcribed(company: Named, other: Named) -> bool:
    """Whether the one is the other in another script."""
    first, second = (forms(named.name)[0].joined for named in (company, other))
    if has_no_vowels(company.name) != has_no_vowels(other.name):
        bones = skeleton(first)
        return bones == skeleton(second) and len(bones) >= SHORTEST_SKELETON
    if is_latin(company.name) == is_latin(other.name):
        return False
    return as_it_sounds(first) == as_it_sounds(second)


def _is_called_like_its_site(company: Named, other: Named) -> bool:
    """Whether it is what the company's site is called, and nothing that is said speaks against it."""
    if not _label(company) or forms(other.name)[0].joined != _label(company):
        return False
    lines = business.lines_of_business(other.said)
    return not business.is_common_noun(other.said, other.name) and not (lines and not lines & _lines(company))


def _is_short_form(company: Named, other: Named, theirs: frozenset[int]) -> bool:
    """Whether it is the beginning of the company's name; one of common words only where what is said supports it."""
    if (
        theirs
        or business.is_elsewhere(other.said)
        or business.is_common_noun(other.said, other.name)
        or business.is_part_of_longer_name(other.said, other.name)
    ):
        return False
    if not any(_holds(first.core, second.core) for first in forms(company.name) for second in forms(other.name)):
        return False
    if not other.said and not company.said:
        return not are_common(forms(other.name)[0].core) and not is_place(forms(other.name)[0].spelt)
    ours, said = _lines(company), business.lines_of_business(other.said)
    if are_common(forms(other.name)[0].core) or is_place(forms(other.name)[0].spelt):
        return bool(ours & said) or _speaks_of(company, other)
    return bool(ours & said) or (not (ours and said) and (not other.said or business.is_about_business(other.said)))


def _speaks_of(company: Named, other: Named) -> bool:
    """Whether what is said has a word of the company's name that the other leaves out: "Oak Street's clinics"."""
    left_out = {word for word in forms(company.name)[0].spelt if word not in forms(other.name)[0].spelt}
    said = other.said.casefold().split()
    return any(word.startswith(left[:LONG_WORD]) for left in left_out if len(left) >= SHORTEST_CUT + 1 for word in said)


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """Whether the shorter's words stand in the longer one in a row: at its beginning, or behind what it is."""
    if not 0 < len(shorter) < len(longer):
        return False
    return longer[: len(shorter)] == shorter or (
        longer[-len(shorter) :] == shorter and are_common(longer[: -len(shorter)])
    )


def _is_misspelt(company: Named, other: Named, well_known: frozenset[int]) -> bool:
    """Whether one letter is wrong in one word, and neither a site of that name nor what is said speaks against it."""
    if well_known or (other.domain and _label(other) != forms(company.name)[0].joined):
        return False
    lines = business.lines_of_business(other.said)
    is_alone = len(forms(company.name)[0].core) == 1
    if other.said and (lines or is_alone) and not lines & _lines(company):
        return False
    return any(_one_slip(first, second) for first in forms(company.name) for second in forms(other.name))


def _one_slip(one: Form, other: Form) -> bool:
    if len(one.spelt) != len(other.spelt):
        return False
    pairs = [(first, second) for first, second in zip(one.spelt, other.spelt, strict=True) if first != second]
    if len(pairs) != 1:
        return False
    first, second = pairs[0]
    shortest = SHORTEST_MISSPELT - (len(one.spelt) > 1)
    if min(len(first), len(second)) < shortest or first[0] != second[0] or not (first + second).isalpha():
        return False
    if len(one.spelt) == 1 and len(first) == len(second) and sorted(first) != sorted(second):
        return False  # a name of one word with another letter in it is another name
    return OSA.distance(first, second) == 1 and not {first, second} <= common()
