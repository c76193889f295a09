"""The list of people who are not to be collected: their marks are added, taken off, and looked up."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q

from enrichment.models import Company, CompanyAlias, OptOut
from enrichment.naming.domains import registrable_domain
from enrichment.naming.spelling import name_key as company_key
from enrichment.people import digests, marks
from enrichment.people.blocked import NOBODY, Blocked
from salesintel.prepared import Prepared

Kind, Why = OptOut.Kind, OptOut.Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What names one person: names count at the companies that `companies` names, by domain or by name."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()

    @classmethod
    def given(cls, *, email: str = "", profile: str = "", name: str = "", company: str = "") -> "Marks":
        """Of a form or a body that has room for one of each; empty is not given."""
        one = [(text.strip(),) if text.strip() else () for text in (name, email, profile, company)]
        return cls(names=one[0], emails=one[1], profiles=one[2], companies=one[3])


class NoMark(ValueError):
    """Something was given by which nobody could be recognised; its text says what, and what is missing."""


WAY_OUT = "Give a mail address, the address of a profile, or a name together with its company."
LONGEST = {"names": 200, "emails": 320, "profiles": marks.LONGEST_PROFILE, "companies": 253}  # characters
MOST_WORDS = 32_767  # what the column holds


def add(person: Marks, *, why: str, by: Any = None) -> int:
    """Put a person on the list by the marks that somebody gave; as `keep`. Raises `NoMark` as `check` does."""
    check(person)
    return keep(person, why=why, by=by)


def keep(person: Marks, *, why: str, by: Any = None) -> int:
    """Put a person on the list, in the caller's transaction; returns how many marks are new.

    By those of the marks that can be recognised, as they were found. Raises `NoMark` where none can.
    """
    rows = [OptOut(kind=k, digest=d, scope=s, words=w, why=why, by=by) for k, d, s, w in _rows(person)]
    before = OptOut.objects.count()
    OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    return OptOut.objects.count() - before


def remove(person: Marks) -> int:
    """Take a person off the list by the same marks; returns how many of them were on it. Raises as `check` does."""
    check(person)
    found = Q(pk__in=[])
    for kind, digest, scope, _ in _rows(person):
        found |= Q(kind=kind, digest=digest, scope=scope)
    return OptOut.objects.filter(found).delete()[0]


def check(person: Marks) -> None:
    """Raises `NoMark` where one of these marks, as somebody gave them, is too long or would recognise nobody."""
    for field, longest in LONGEST.items():
        for text in getattr(person, field):
            if len(text) > longest:
                raise NoMark(f"{_shown(text)} is too long: at most {longest} characters.")
    secret = digests.key()
    needed: tuple[tuple[tuple[str, ...], Callable[[str], object], str], ...] = (
        (person.emails, marks.email_key, "is no mail address that could be recognised"),
        (person.profiles, marks.profile_key, "is no profile's address, as linkedin.com/in/jane-doe is"),
        (person.companies, partial(_scope, secret), "is no company's domain or name"),
        (person.names, marks.name_key, "is no name"),
        (person.names, lambda _: person.companies, "alone may be a namesake's"),
    )
    for texts, key_of, wrong in needed:
        for text in texts:
            if not key_of(text):
                raise NoMark(f"{_shown(text)} {wrong}. {WAY_OUT}")
    _rows(person)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def _rows(person: Marks) -> list[tuple[str, str, str, int]]:
    """(kind, digest, scope, words) of each mark that can be recognised. Raises `NoMark` where none can."""
    secret = digests.key()
    rows = [(Kind.EMAIL, marks.email_key(text), "") for text in person.emails]
    rows += [(Kind.PROFILE, marks.profile_key(text), "") for text in person.profiles]
    scopes = {_scope(secret, company) for company in person.companies} - {""}
    rows += [(Kind.NAME, marks.name_key(name), scope) for name in person.names for scope in sorted(scopes)]
    rows = list(dict.fromkeys(row for row in rows if row[1]))
    if not rows:
        raise NoMark(WAY_OUT)
    return [
        (str(kind), digests.digest(secret, kind, value), scope, min(len(value.split()), MOST_WORDS) if scope else 0)
        for kind, value, scope in rows
    ]


def _scope(secret: bytes, company: str) -> str:
    """The digest of a company's domain, or of its name; empty where the text names none."""
    value = registrable_domain(company) or company_key(company)
    return digests.digest(secret, "company", value) if value else ""


def blocked(companies: Iterable[int]) -> Blocked:
    """Those of the list who may be met in what belongs to these companies. One query while the list is empty."""
    if not _ANYBODY.all():
        return NOBODY
    secret = digests.key()
    scopes = {_scope(secret, text) for text in called(companies)}
    rows = OptOut.objects.filter(Q(scope="") | Q(scope__in=scopes))
    return _blocked(secret, list(rows.values_list("kind", "digest", "words")))


_ANYBODY = Prepared(lambda: OptOut.objects.values_list("pk")[:1])


def everybody() -> Blocked:
    """All who are on the list, whatever company their names belong to. One query while it is empty."""
    rows = list(OptOut.objects.values_list("kind", "digest", "words"))
    return _blocked(digests.key(), rows) if rows else NOBODY


def blocked_by(person: Marks) -> Blocked:
    """That one person, whether on the list or not."""
    secret = digests.key()
    return _blocked(secret, [(kind, digest, words) for kind, digest, _, words in _rows(person)])


def _blocked(secret: bytes, rows: Sequence[tuple[str, str, int]]) -> Blocked:
    return Blocked(
        secret=secret,
        names=frozenset(digest for kind, digest, _ in rows if kind == Kind.NAME),
        lengths=frozenset(words for kind, _, words in rows if kind == Kind.NAME),
        emails=frozenset(digest for kind, digest, _ in rows if kind == Kind.EMAIL),
        profiles=frozenset(digest for kind, digest, _ in rows if kind == Kind.PROFILE),
    )


def called(companies: Iterable[int]) -> set[str]:
    """Every domain and name that these companies are known by."""
    keys = list(companies)
    own = Company.objects.filter(pk__in=keys).values_list("domain", "name")
    aliases = CompanyAlias.objects.filter(company__in=keys).exclude(kind=CompanyAlias.Kind.TICKER)
    return {text for pair in own for text in pair if text} | set(aliases.values_list("value", flat=True))
