"""Whether the name in a record or a text means the company that is asked about. Pure."""

import re
from dataclasses import dataclass, replace
from enum import IntEnum

from enrichment.naming import business
from enrichment.naming.alike import (
    SMALL_WORDS,
    are_abbreviated,
    are_blended,
    are_one_slip_apart,
    are_reordered,
    holds,
    stands_for,
)
from enrichment.naming.forms import Form, are_common, forms, is_place, stems
from enrichment.naming.known import are_known_apart, called, known
from enrichment.naming.scripts import as_it_sounds, has_no_vowels, is_latin, skeleton
from enrichment.naming.spelling import name_key

SHORTEST_SKELETON = 3  # consonants
SHORTEST_INITIALS = 2
SHORTEST_CUT = 3
LONG_WORD = 5  # letters
LONG_NAME = 8
_TICKER = re.compile(r"(?:[A-Z]+:\s?)?([A-Z]{2,5})(?:[ .:-][A-Z]{1,3})?")
# Articles and the like in Arabic names, whose Latin spelling is anybody's: "Al Futaih", "Al-Futayh".
_ARABIC = frozenset({"al", "el", "abdul", "abdel", "abd", "abu", "bin", "bint", "ibn", "ben"})
_SITES = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
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
    if business.is_denied_so(other.said, company.name) or business.is_denied_so(company.said, other.name):
        return Likeness.OTHER
    if business.is_owned_so(company.said, other.name) or business.is_owned_so(other.said, company.name):
        return Likeness.OTHER
    if any(business.is_renamed_so(named.said, company.name, other.name) for named in (company, other)):
        return Likeness.LIKELY
    if business.is_called_so(company.said, other.name) or business.is_called_so(other.said, company.name):
        return Likeness.LIKELY
    other = _read(other)
    if company.domain and other.domain:
        if company.domain == other.domain:
            return Likeness.CERTAIN
        return _with_two_domains(company, other)
    return _by_name(company, other)


def _read(named: Named) -> Named:
    """`named`, with its domain where its name is one: "quorvia.io" is Quorvia of quorvia.io."""
    address, _, legal_form = named.name.strip().partition(" ")
    written = _ADDRESS.fullmatch(address) if not legal_form or name_key(f"x {legal_form}") == "x" else None
    return replace(named, name=written[1], domain=named.domain or written[0].casefold()) if written else named


def _is_domain_of(one: Named, other: Named) -> bool:
    """Whether `other` is called by the domain of `one`, or it stands in what is said of it."""
    if one.domain is None:
        return False
    said = {site.casefold().removeprefix("www.") for site in _SITES.findall(other.said)}
    return other.name.strip().casefold() == one.domain or one.domain in said


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
        return _fitting(company, other)
    if ours and theirs:
        return Likeness.LIKELY if _is_meant(company, other, ours & theirs, theirs) else Likeness.OTHER
    likely = (
        are_reordered(company.name, other.name),
        _is_ticker(company, other),
        _is_initials(company, other),
        _is_transcribed(company, other),
        _is_called_like_its_site(company, other),
        _is_short_form(company, other, theirs),
        _is_misspelt(company, other, theirs),
        are_abbreviated(company.name, other.name),
        are_blended(company.name, other.name),
    )
    return Likeness.LIKELY if any(likely) else Likeness.OTHER


def _same(one: str, other: str) -> bool:
    """Whether two names differ in spelling, legal form, group and country alone."""
    return any(
        first.joined == second.joined
        or _without_and(first) == _without_and(second)
        or "".join(first.plain) == "".join(second.plain)
        or "".join(first.spelt) == "".join(second.spelt)
        for first in forms(one)
        for second in forms(other)
    )


def _without_and(form: Form) -> tuple[str, ...]:
    return stems(tuple(word for word in form.core if word not in {"and", "the"})) or form.core


def _fitting(company: Named, other: Named) -> Likeness:
    """Of two of one name. One word with a text that speaks of no company at all may be anything: LIKELY at most."""
    if not _fits(company, other):
        return Likeness.OTHER
    is_one_word = len(forms(company.name)[0].core) == 1
    is_of_a_company = business.is_about_business(other.said) or business.lines_of_business(other.said)
    return Likeness.LIKELY if is_one_word and other.said and not is_of_a_company else Likeness.CERTAIN


def _fits(company: Named, other: Named) -> bool:
    """Whether what is said of two of one name may be said of one company.

    Two that are both spoken of share a line of business, at least where their name is a common word; one that is
    spoken of alone must be a company at all, and of the other's line if that is known, where the name is a common word.
    """
    if _is_no_name(company, other):
        return False
    core = forms(company.name)[0].core
    if company.said and other.said:
        ours, theirs = business.lines_of_business(company.said), business.lines_of_business(other.said)
        return bool(ours & theirs) or (not (ours and theirs) and _share_a_word(company, other))
    if not are_common(core):
        return True
    ours, theirs = _lines(company), _lines(other)
    if ours and theirs:
        return bool(ours & theirs)
    return not other.said or business.is_about_business(other.said)


def _is_no_name(company: Named, other: Named) -> bool:
    """Whether what is said uses the name as a word, inside another's name, or for a place."""
    return (
        _is_common_noun(company, other)
        or business.is_part_of_longer_name(other.said, other.name)
        or business.is_elsewhere(other.said)
    )


def _is_common_noun(company: Named, other: Named) -> bool:
    """Whether what is said has the name in lower case: "a red stripe was painted"."""
    may_be_one = are_common(forms(other.name)[0].core) or not business.is_about_business(other.said)
    is_written_small = other.name.islower() and company.name[:1].isupper() and may_be_one
    return business.is_common_noun(other.said, other.name.capitalize() if is_written_small else other.name)


def _share_a_word(one: Named, other: Named) -> bool:
    """Whether two sayings have a word of some length in common that is none of their name."""
    first, second = (set(business.words_said(named.said)) for named in (one, other))
    called = set(forms(one.name)[0].plain)
    return any(len(word) >= LONG_WORD for word in (first & second) - called)


def _is_meant(company: Named, other: Named, shared: frozenset[int], meant: frozenset[int]) -> bool:
    """Whether a well-known name means this one of the companies that bear it."""
    if not shared:
        return False
    if _is_common_noun(company, other):
        return False
    said = business.lines_of_business(other.said)
    fitting = [number for number in meant if said & business.lines_of_business(called(number))]
    if len(meant) > 1:
        return bool(shared.intersection(fitting)) and len(fitting) == 1
    return bool(fitting) or not said or not business.lines_of_business(f"{company.name}. {company.said}")


def _is_ticker(company: Named, other: Named) -> bool:
    """Whether it is a share's symbol made of the company's letters, and what is said names the company: "KPVB"."""
    symbol = _TICKER.fullmatch(other.name.strip())
    if symbol is None:
        return False
    said = " ".join(business.words_said(other.said))
    return any(
        stands_for(symbol[1].casefold(), form.joined) and re.search(rf"\b{re.escape(form.core[0])}\b", said)
        for form in forms(company.name)
        if form.core and len(form.core[0]) >= LONG_WORD
    )


def _is_initials(company: Named, other: Named) -> bool:
    """Whether it begins with the company's initials, and what is said speaks of it: "R&P Games"."""
    said = business.words_said(other.said)
    is_of_its_line = bool(_lines(company) & business.lines_of_business(other.said))
    for ours in forms(company.name):
        words = [word for word in ours.plain if word not in SMALL_WORDS]
        for theirs in forms(other.name):
            letters = "".join(word for word in theirs.plain if len(word) == 1) or "".join(theirs.plain[:1])
            meant = words[: len(letters)]
            if len(letters) < SHORTEST_INITIALS or [word[0] for word in meant] != list(letters):
                continue
            spoken = [any(each.startswith(word) for each in said) for word in meant]
            if all(spoken) or (len(meant) == len(words) and (is_of_its_line or any(spoken))):
                return True
    return False


def _lines_said(named: Named) -> frozenset[str]:
    """The lines of business of what is said but for the name itself: "a salad of rocket" is not about space."""
    return business.lines_of_business(re.sub(re.escape(named.name), " ", named.said, flags=re.IGNORECASE))


def _lines(named: Named) -> frozenset[str]:
    return business.lines_of_business(f"{named.name}. {named.said}")


def _is_transcribed(company: Named, other: Named) -> bool:
    """Whether the one is the other in another script, or in another spelling of Arabic in Latin letters."""
    first, second = (forms(named.name)[0].joined for named in (company, other))
    if any(_ARABIC.intersection(forms(named.name)[0].spelt) for named in (company, other)):
        return as_it_sounds(first) == as_it_sounds(second)
    if has_no_vowels(company.name) != has_no_vowels(other.name):
        bones, others = (skeleton(" ".join(forms(named.name)[0].core)) for named in (company, other))
        return bones == others and len(bones) >= SHORTEST_SKELETON
    if is_latin(company.name) == is_latin(other.name):
        vowels = str.maketrans("oe", "ui")
        are_long = min(len(first), len(second)) >= LONG_NAME and len(forms(company.name)[0].core) > 1
        return are_long and as_it_sounds(first).translate(vowels) == as_it_sounds(second).translate(vowels)
    return as_it_sounds(first) == as_it_sounds(second)


def _is_called_like_its_site(company: Named, other: Named) -> bool:
    """Whether it is what the company's site is called, and nothing that is said speaks against it."""
    if not _label(company) or forms(other.name)[0].joined != _label(company):
        return False
    lines = business.lines_of_business(other.said)
    return not _is_common_noun(company, other) and not (lines and not lines & _lines(company))


def _is_short_form(company: Named, other: Named, theirs: frozenset[int]) -> bool:
    """Whether it is the beginning of the company's name; one of common words only where what is said supports it."""
    if (
        theirs
        or business.is_elsewhere(other.said)
        or _is_common_noun(company, other)
        or business.is_part_of_longer_name(other.said, other.name)
    ):
        return False
    if not any(holds(first.core, second.core) for first in forms(company.name) for second in forms(other.name)):
        return _is_last_word(company, other)
    if not other.said and not company.said:
        return not are_common(forms(other.name)[0].core) and not is_place(forms(other.name)[0].spelt)
    ours, said = _lines(company), _lines_said(other)
    if are_common(forms(other.name)[0].core) or is_place(forms(other.name)[0].spelt):
        ours = _lines(replace(company, name=re.sub(re.escape(other.name), " ", company.name, flags=re.IGNORECASE)))
        return bool(ours & said) or _speaks_of(company, other)
    return bool(ours & said) or not (ours and said)


def _is_last_word(company: Named, other: Named) -> bool:
    """Whether it is the distinctive end of the name, and what is said has what stands before it."""
    ours, theirs = forms(company.name)[0].core, forms(other.name)[0].core
    is_end = len(theirs) < len(ours) and ours[-len(theirs) :] == theirs
    return is_end and not are_common(theirs) and _speaks_of(company, other)


def _speaks_of(company: Named, other: Named) -> bool:
    """Whether what is said has a word of the company's name that the other leaves out: "Oak Street's clinics"."""
    left_out = {word for word in forms(company.name)[0].spelt if word not in forms(other.name)[0].spelt}
    said = other.said.casefold().split()
    return any(word.startswith(left[:LONG_WORD]) for left in left_out if len(left) >= SHORTEST_CUT + 1 for word in said)


def _is_misspelt(company: Named, other: Named, well_known: frozenset[int]) -> bool:
    """Whether one letter is wrong in one word, and neither a site of that name nor what is said speaks against it."""
    if well_known or (other.domain and _label(other) != forms(company.name)[0].joined):
        return False
    lines = business.lines_of_business(other.said)
    is_alone = len(forms(company.name)[0].core) == 1
    if other.said and (lines or is_alone) and not (lines & _lines(company) or _share_a_word(company, other)):
        return False
    if company.name.casefold() in other.said.casefold():  # a text that has both tells them apart
        return False
    return any(are_one_slip_apart(first, second) for first in forms(company.name) for second in forms(other.name))
