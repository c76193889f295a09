"""Which company is meant: one for certain, some that may be, or one that nobody asked for before."""

# IdentityError
# ├── AmbiguousCompany   several companies may be meant; carries them
# └── NotACompany        no name and no company's domain at all

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, TextField

from enrichment.companies import near, private, pull, vouching
from enrichment.companies.known import is_known
from enrichment.companies.latin import SPELLING
from enrichment.companies.learning import Kind, is_called_like, learn_alias, learn_domain
from enrichment.companies.lookup import Candidate, Query, ranked, same_form
from enrichment.companies.merging import by_domain, canonical
from enrichment.models import Company, CompanyAlias
from enrichment.naming.domains import free_mail, is_address, is_shared_host, registrable_domain
from enrichment.naming.refusing import disguised, trouble_with
from enrichment.naming.spelling import clean_name, descriptors, folded, legal_countries, name_key
from salesintel.accounts.models import User
from salesintel.prepared import Gap, Prepared

PERSON = "person"  # an alias learned from an editor settles what it means
NUMBER = re.compile(r"#([1-9]\d{0,17})")
NEW = "#new"  # in the place of a domain: none of the companies that are known, though it is called like them
MARK = re.compile(r"[#＃] ?(?:new|\d+)", re.IGNORECASE)  # what stands for a company, and is nobody's name
MOST_ASKED = 10  # candidates that are shown
TOO_LIKE = near.LIKELY  # from this score on a name is asked back rather than taken for a new company's


class IdentityError(Exception):
    """A text does not lead to one company."""


class AmbiguousCompany(IdentityError):
    """Several companies may be meant, or one that is not certain; `candidates` best first."""

    def __init__(self, text: str, candidates: tuple[Candidate, ...]) -> None:
        super().__init__(f"{text!r} may mean more than one company; give the domain of the one you mean.")
        self.text = text
        self.candidates = candidates


class NotACompany(IdentityError, ValueError):
    """The text is no name and no company's domain: an IP address, a public suffix, a free mailbox, blank.

    Or a domain that passes for another one, or is everybody's, and that no company here has.
    """

    def __init__(self, text: str) -> None:
        super().__init__(trouble_with(text) or f"{text!r} is not this company's own domain; give that, or none.")
        self.text = text


@dataclass(frozen=True, slots=True)
class Found:
    """One company, for certain."""

    company: Company
    how: Literal["domain", "number", "name"]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Companies that may be meant, best first; one alone where it is likely but not certain."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A company nobody asked for before. Both empty where the text is no company at all."""

    name: str = ""  # to show; the domain where no name was given
    domain: str | None = None


Resolution = Found | Ambiguous | Unknown


def find(text: str, domain: str | None = None, *, by: User | None = None, is_taken: bool = True) -> Resolution:
    """Which company `text` (name, domain, URL, e-mail address) means to `by`. Reads the database, writes nothing.

    A domain, given beside the name or as the text, is certain; so is a company's number, given as `#17` in the place of
    a domain or alone by whoever chose a candidate that has none. So is a name that one company alone bears, whatever
    its case, accents and punctuation, with its legal form or with none. It is ambiguous where several bear it, where
    the legal form is another country's, where only another user says that a company bears it (`vouching`), and where a
    bare name stops short of others: "Acme" is Acme Corp only while there is no Acme Industries. "Apple" stays Apple
    Inc. beside Apple Hospitality REIT, which has a name of its own. A name that nobody knows is ambiguous where a slip
    of the pen leads to it from one that is known, unless `#new` in the place of the domain says that it is another's.
    Whoever looked for many domains at once says with `is_taken` false that no company has this one.
    """
    name = "" if is_address(text) else clean_name(text)
    if MARK.fullmatch(name):
        domain, name = domain or name, ""
    if numbered := NUMBER.fullmatch(domain or ""):
        chosen = Company.objects.filter(pk=int(numbered[1])).first()
        is_theirs = chosen is not None and canonical(chosen).is_visible_to(by)
        return Found(canonical(chosen), "number") if chosen and is_theirs else Unknown()
    if domain == NEW:
        return _another(name)
    if name and not domain:
        return _by_name(Query.of(name), by)
    known = registrable_domain(domain or text)
    if known is None:
        return Unknown()
    owner = by_domain(known) if is_taken else None
    if owner and owner.is_visible_to(by):
        return Found(owner, "domain")
    return Unknown(name or known, known) if _may_have(name, known) else Unknown()


def _another(name: str) -> Resolution:
    """The company of that very name that has no domain yet, or a new one."""
    waiting = Company.objects.filter(provisional_key=name_key(name)).first() if name else None
    return Found(waiting, "name") if waiting else Unknown(name)


def _may_have(name: str, domain: str) -> bool:
    """Whether a company that nobody knows may have that domain: it is no disguise, nor where everybody has a page."""
    if disguised(domain):
        return False
    is_its_own = bool(name) and is_called_like(name, domain)
    return is_its_own or (domain not in free_mail() and not (name and is_shared_host(domain)))


def resolve(
    text: str,
    *,
    domain: str | None = None,
    by: User | None = None,
    learned_from: str = vouching.ASKED,
    learns: bool = True,
    is_private: bool = False,
) -> Company:
    """The company that `text` means, made where it is unknown: with its domain where that is given, else provisional.

    What `by` says of a company that nobody knew is theirs until it is confirmed (`vouching`); None: the product's own
    word, which is believed. A provisional company of the same name takes the domain that is given, unless others asked
    for it or the caller may only look (`learns` false): where others' facts are read from is not theirs to say. Of a
    private record (`is_private`) it stays its owner's (`private`). However many ask at once, one company is made.
    Raises `AmbiguousCompany` and `NotACompany`.
    """
    for _ in range(3):
        match find(text, domain, by=by):
            case Found(company=company, how=how):
                if company.private:
                    return company if is_private else private.publish(company, _said(text), by=by)
                if how == "domain" and learns and company.unconfirmed and domain and not is_address(text):
                    vouching.hear(company, clean_name(text), by=by)
                return company
            case Ambiguous(candidates=candidates):
                raise AmbiguousCompany(text, candidates)
            case Unknown(name="", domain=None):
                raise NotACompany(domain or text)
            case Unknown() as unknown:
                made = _made(unknown, by, learned_from, learns=learns, is_private=is_private)
                if made is not None:
                    return made
    raise IdentityError(f"{text!r} was made and taken away by others three times over; ask again.")


def _made(
    unknown: Unknown, by: User | None, learned_from: str, *, learns: bool, is_private: bool = False
) -> Company | None:
    """The new company; None where another request was quicker."""
    key, domain = name_key(unknown.name), unknown.domain
    if domain and (hidden := by_domain(domain)) and hidden.private:  # another's records name it: two do by now
        return private.publish(hidden, _said(unknown.name), by=by)
    if domain and is_private and by is not None:
        return private.make_private(domain, by=by)
    waiting = Company.objects.filter(provisional_key=key).first()
    try:
        with transaction.atomic():
            if waiting and domain and not learns:
                return waiting
            if waiting and domain and vouching.is_believed(by):
                return learn_domain(waiting, domain, learned_from=learned_from)
            if waiting and domain and by is not None and vouching.is_theirs_alone(waiting, by):
                return vouching.take_domain(waiting, domain, by=by)
            says_both = domain is not None and unknown.name != domain and not vouching.is_believed(by)
            company = Company.objects.create(
                name=unknown.name,
                domain=domain,
                provisional_key=None if domain else key,
                unconfirmed=says_both,
                given_by=by if says_both else None,
            )
            learn_alias(company, domain or "", kind=Kind.DOMAIN, learned_from=learned_from)
            learn_alias(company, unknown.name, learned_from=learned_from)
    except IntegrityError:
        return None
    return company


def _said(text: str) -> str:
    """The name in it; "" where it is an address, or a company's number."""
    return "" if is_address(text) or MARK.fullmatch(text.strip()) else clean_name(text)


# --- By name ----------------------------------------------------------------------------------------------------------


def _by_name(asked: Query, by: User | None) -> Resolution:
    bearers = _aliases(asked)
    trusted = [alias for alias in bearers if not vouching.is_hearsay(alias, canonical(alias.company), by)]
    meant = _meant(asked, trusted)
    is_bare = not legal_countries(asked.text)
    longer = pull.beginning_with_words(asked.key) if is_bare else []
    if len(meant) == 1 and (_pinned(asked, trusted) or not _rivals(asked, longer, beside=meant[0])):
        return _or_near(asked, meant[0])
    borne = [pull.Pulled.of(alias) for alias in bearers]
    candidates = ranked(asked, borne + longer, limit=MOST_ASKED, by=by) or _reworded(asked, by) or near.likely(asked)
    return Ambiguous(tuple(candidates)) if candidates else Unknown(asked.text)


def _or_near(asked: Query, company: Company) -> Resolution:
    """The company that bears the name; but one that was made of a name, and never had an answer, may be a slip."""
    others = [] if is_known(company) else near.likely(asked)
    return Ambiguous((*others, Candidate(company, 1.0, "name", company.name))) if others else Found(company, "name")


def _reworded(asked: Query, by: User | None) -> list[Candidate]:
    """Companies whose name has the same words in another order, or whose domain is called so: too like to be new."""
    alike = ranked(asked, pull.exact_label(asked.compact) + pull.containing(asked.key.split()), limit=10, by=by)
    return [candidate for candidate in alike if candidate.why in {"words", "domain"} and candidate.score >= TOO_LIKE]


def _aliases(asked: Query) -> list[CompanyAlias]:
    """The names that equal the one asked for, or do so without spaces."""
    return BY_KEY.all(key=asked.key) or BY_LETTERS.all(compact=asked.compact)


def _names() -> "QuerySet[CompanyAlias]":
    names = CompanyAlias.objects.filter(kind=Kind.NAME).exclude(learned_from=SPELLING)
    return names.select_related("company").order_by("id")


BY_KEY = Prepared(lambda: _names().filter(key=Gap("key", TextField())))
BY_LETTERS = Prepared(lambda: _names().filter(compact=Gap("compact", TextField())))


def _meant(asked: Query, bearers: Sequence[CompanyAlias]) -> list[Company]:
    """The companies that bear the name, narrowed by what an editor said, by the legal form, then by who is known."""
    told = _pinned(asked, bearers)
    spelt = [alias for alias in bearers if legal_countries(asked.text) and folded(alias.value) == asked.folded]
    formed = [alias for alias in bearers if same_form(asked.text, alias.value)]
    companies = {canonical(alias.company) for alias in told or spelt or formed}
    known = {company for company in companies if company.provisional_key is None}
    return sorted(known or companies, key=lambda company: company.pk)


def _pinned(asked: Query, bearers: Sequence[CompanyAlias]) -> list[CompanyAlias]:
    """What an editor said this very spelling means."""
    return [alias for alias in bearers if alias.learned_from == PERSON and folded(alias.value) == asked.folded]


def _rivals(asked: Query, longer: Sequence[pull.Pulled], *, beside: Company) -> list[int]:
    """Known companies whose longer names add only what companies are called anyway: Acme Industries, Acme Group."""
    at = len(asked.key.split())
    plain = {name.company for name in longer if descriptors().issuperset(name.key.split()[at:])}
    if not plain:
        return []
    rivals = Company.objects.filter(pk__in=plain, provisional_key=None, unconfirmed=False).select_related("merged_into")
    return [rival.pk for rival in rivals if canonical(rival) != beside]
