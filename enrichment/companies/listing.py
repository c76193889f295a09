"""Companies that are known beforehand, loaded by seeds and imports: one, or a hundred thousand at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from enrichment.companies.latin import SPELLING, latin_of
from enrichment.companies.learning import Kind, normalised
from enrichment.companies.merging import canonical
from enrichment.models import Company, CompanyAlias
from enrichment.naming.spelling import clean_name, name_key

BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One company as a list tells of it."""

    name: str
    domain: str | None = None  # of any spelling
    tickers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def register(
    name: str,
    domain: str | None = None,
    ticker: str | None = None,
    aliases: Iterable[str] = (),
    *,
    learned_from: str = "seed",
) -> Company:
    """The company with this domain, else this ticker, else this name; made where it is unknown, its aliases learned.

    Done twice it changes nothing; a name that somebody edited stays. Raises `ValueError` where `name` is none.
    """
    listing = Listing(name=name, domain=domain, tickers=(ticker,) if ticker else (), aliases=tuple(aliases))
    return register_all([listing], learned_from=learned_from)[0]


def register_all(listings: Iterable[Listing], *, learned_from: str = "seed") -> list[Company]:
    """`register` for each of `listings`, in batches of one transaction; returns their companies in order."""
    rest = iter(listings)
    registered: list[Company] = []
    while batch := list(islice(rest, BATCH)):
        registered += _registered([_Wanted.of(listing) for listing in batch], learned_from)
    return registered


# --- One batch --------------------------------------------------------------------------------------------------------

Key = tuple[str, str]  # kind of an alias, its key


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A listing in the form in which companies are found."""

    name: str
    domain: str | None
    aliases: dict[Key, str]  # → as it is shown
    spelt: dict[Key, str]  # those of other scripts in Latin letters

    @classmethod
    def of(cls, listing: Listing) -> "_Wanted":
        name = clean_name(listing.name)
        _, domain = normalised(listing.domain or "", Kind.DOMAIN)
        if not name or bool(listing.domain) != bool(domain):
            raise ValueError(f"{listing!r} has no name, or a domain that is none.")
        given = [(Kind.NAME, text) for text in (name, *listing.aliases)]
        given += [(Kind.TICKER, ticker) for ticker in listing.tickers] + [(Kind.DOMAIN, domain)]
        aliases: dict[Key, str] = {}
        for kind, text in given:
            value, key = normalised(text, kind)
            if key:
                aliases.setdefault((kind.value, key), value)
        names = [value for (kind, _), value in aliases.items() if kind == Kind.NAME]
        spelt = {(Kind.NAME.value, latin): latin.title() for value in names if (latin := latin_of(value))}
        return cls(name, domain or None, aliases, {key: value for key, value in spelt.items() if key not in aliases})

    @property
    def identity(self) -> tuple[Key, ...]:
        """The aliases by which it is recognised: its domain, else its tickers, else its name."""
        for kind in (Kind.DOMAIN, Kind.TICKER):
            if found := tuple(key for key in self.aliases if key[0] == kind):
                return found
        return ((Kind.NAME.value, name_key(self.name)),)

    def company(self) -> Company:
        """A new company, provisional where nothing but its name is known."""
        ((kind, key), *_) = self.identity
        return Company(name=self.name, domain=self.domain, provisional_key=key if kind == Kind.NAME else None)


@transaction.atomic
def _registered(wanted: Sequence[_Wanted], learned_from: str) -> list[Company]:
    known = _known({key for each in wanted for key in each.identity})
    companies = []
    for each in wanted:
        company = next((known[key] for key in each.identity if key in known), None) or each.company()
        known |= dict.fromkeys(each.identity, company)
        companies.append(company)
    Company.objects.bulk_create({id(company): company for company in companies if company._state.adding}.values())
    CompanyAlias.objects.bulk_create(
        (
            CompanyAlias(company=company, kind=kind, key=key, value=value, learned_from=who)
            for each, company in zip(wanted, companies, strict=True)
            for found, who in ((each.aliases, learned_from), (each.spelt, SPELLING))
            for (kind, key), value in found.items()
        ),
        ignore_conflicts=True,
    )
    return companies


def _known(identities: set[Key]) -> dict[Key, Company]:
    """The companies there are already, by the aliases that identify them; of several the one known longest."""
    aliases = CompanyAlias.objects.filter(key__in={key for _, key in identities}).select_related("company__merged_into")
    known = {(alias.kind, alias.key): canonical(alias.company) for alias in aliases.order_by("-id")}
    domains = Company.objects.filter(domain__in={key for kind, key in identities if kind == Kind.DOMAIN})
    known |= {(Kind.DOMAIN.value, company.domain or ""): canonical(company) for company in domains}
    return {key: company for key, company in known.items() if key in identities}
