"""The list of people who are not to be collected: their marks are added, taken off, and looked up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from enrichment.companies.domains import registrable_domain
from enrichment.companies.names import name_key as company_key
from enrichment.models import Company, CompanyAlias, OptOut
from enrichment.people import digests, marks
from enrichment.people.blocked import NOBODY, Blocked

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
    """Nothing was given by which somebody could be recognised; its text says what is missing."""


def add(person: Marks, *, why: str, by: Any = None) -> int:
    """Put a person on the list, in the caller's transaction; returns how many marks are new. Raises `NoMark`."""
    rows = [OptOut(kind=k, digest=d, scope=s, words=w, why=why, by=by) for k, d, s, w in _rows(person)]
    before = OptOut.objects.count()
    OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    return OptOut.objects.count() - before


def remove(person: Marks) -> int:
    """Take a person off the list by the same marks; returns how many of them were on it. Raises `NoMark`."""
    found = Q(pk__in=[])
    for kind, digest, scope, _ in _rows(person):
        found |= Q(kind=kind, digest=digest, scope=scope)
    return OptOut.objects.filter(found).delete()[0]


def check(person: Marks) -> None:
    """Raises `NoMark` where nobody could be recognised by these."""
    _rows(person)


def _rows(person: Marks) -> list[tuple[str, str, str, int]]:
    """(kind, digest, scope, words) of each mark."""
    secret = digests.key()
    rows = [(Kind.EMAIL, marks.email_key(text), "") for text in person.emails]
    rows += [(Kind.PROFILE, marks.profile_key(text), "") for text in person.profiles]
    scopes = {_scope(secret, company) for company in person.companies} - {""}
    rows += [(Kind.NAME, marks.name_key(name), scope) for name in person.names for scope in sorted(scopes)]
    rows = list(dict.fromkeys(row for row in rows if row[1]))
    if not rows:
        raise NoMark("Give a mail address, the address of a profile, or a name together with its company.")
    return [
        (str(kind), digests.digest(secret, kind, value), scope, len(value.split()) if scope else 0)
        for kind, value, scope in rows
    ]


def _scope(secret: bytes, company: str) -> str:
    """The digest of a company's domain, or of its name; empty where the text names none."""
    value = registrable_domain(company) or company_key(company)
    return digests.digest(secret, "company", value) if value else ""


def blocked(companies: Iterable[int]) -> Blocked:
    """Those of the list who may be met in what belongs to these companies. One query while the list is empty."""
    if not OptOut.objects.exists():
        return NOBODY
    secret = digests.key()
    scopes = {_scope(secret, text) for text in called(companies)}
    rows = OptOut.objects.filter(Q(scope="") | Q(scope__in=scopes))
    return _blocked(secret, list(rows.values_list("kind", "digest", "words")))


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
