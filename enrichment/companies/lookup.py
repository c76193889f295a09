"""Which companies a few letters may mean, best first: what the search box, the API and an ambiguous request show."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from enrichment.companies import pull
from enrichment.companies.known import known
from enrichment.companies.latin import latin_of
from enrichment.companies.merging import canonical
from enrichment.companies.pull import Pulled
from enrichment.models import Company, CompanyAlias
from enrichment.naming.domains import registrable_domain
from enrichment.naming.known import other_names_of
from enrichment.naming.spelling import clean_name, compact, descriptors, folded, legal_countries, name_key, ticker_key
from salesintel.accounts.models import User

GOOD = 0.7  # with a match of this score there is no need to look for misspellings
WELL_KNOWN = 0.93  # the score of another name that everybody knows: "IBM" of International Business Machines
AS_HEARD = 0.98  # of a score, where a name of another script was written in Latin letters first
LEAST = 0.55  # below this a resemblance is chance
SIMILAR = 0.9  # the score of a spelling that resembles it in every letter
DESCRIPTOR_WEIGHT = 0.25  # what "Group" in a name weighs, beside 1 for a word of its own


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that may be meant. `score` in [0, 1]: 1 for its very name or domain; `why` says what matched."""

    company: Company
    score: float
    why: str  # domain, name, given, known, sound, ticker, prefix, words or similar
    matched: str = ""  # the very name, domain or ticker of theirs


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, in the forms that are compared."""

    text: str
    domain: str | None
    folded: str
    key: str
    compact: str

    @classmethod
    def of(cls, text: str) -> "Query":
        text = clean_name(text)
        key = name_key(text)
        return cls(text, registrable_domain(text), folded(text), key, compact(key))


def search(query: str, *, by: User | None = None, limit: int = 10, typed: bool = False) -> list[Candidate]:
    """The companies that `query` (name, part of one, domain, URL, ticker) may mean, best first; `[]` for none.

    Equal spelling comes first, then an equal domain or ticker, another name that everybody knows, a beginning, the same
    words in another order, and misspellings only where nothing better is known. A name in another script is looked for
    in Latin letters, too. Of equals the shorter name and the company known longer win. Companies that were merged show
    as the one they became. What somebody merely typed once, and no source knows, is left out unless `typed`; what only
    another's private records name (`private`), always. Reads the database, writes nothing.
    """
    asked = Query.of(query)
    if not asked.key:
        return []
    readings = [(asked, 1.0)]
    if latin := latin_of(asked.text):
        readings.append((Query.of(latin), AS_HEARD))
    scored: Scored = {}
    for reading, weight in readings:
        _add(scored, _scored(reading, _pulled(reading, is_read_in_latin=bool(latin) and reading is asked)), weight)
    for alias in pull.named([name_key(name) for name in other_names_of(asked.text)]):
        _add(scored, {alias.company: (WELL_KNOWN, "known", -len(alias.key), alias.value)}, 1.0)
    if not scored or max(score for score, *_ in scored.values()) < GOOD:
        for reading, weight in readings:
            _add(scored, _scored(reading, _alike(reading, pull.resembling(reading.compact))), weight)
    return _best(scored, limit, by=by, typed=typed)


def _alike(asked: Query, pulled: list[Pulled]) -> list[Pulled]:
    """Those that resemble it enough to be shown; the many others are not read word by word."""
    return [alias for alias in pulled if _resemblance(asked, alias, least=LEAST / SIMILAR) >= LEAST / SIMILAR]


def _add(scored: "Scored", found: "Scored", weight: float) -> None:
    """Take over what is better; `weight` below 1: what was compared is a name as it is heard."""
    for company, (score, why, length, matched) in found.items():
        is_heard = weight < 1 and why == "name"
        rank = (weight * score, "sound" if is_heard else why, length, matched)
        before = scored.get(company)
        if before is None or (rank[0], length) > (before[0], before[2]):
            scored[company] = rank


def ranked(asked: Query, pulled: list[Pulled], *, limit: int, by: User | None = None) -> list[Candidate]:
    """The companies of the aliases in `pulled`, best first, those that hardly resemble the query left out."""
    return _best(_scored(asked, pulled), limit, by=by, typed=True)


def _pulled(asked: Query, *, is_read_in_latin: bool) -> list[Pulled]:
    """What may be meant; less where it `is_read_in_latin` as well, since every name of another script is kept so."""
    found = pull.exact(key=asked.key, compact=asked.compact, domain=asked.domain, ticker=ticker_key(asked.text))
    found += pull.beginning_with(asked.compact)
    if is_read_in_latin:
        return found
    if before := asked.key.rpartition(" ")[0]:  # "acme c" may be on its way to Acme Corp, whose key has no "corp"
        found += pull.exact(key=before, compact=compact(before), domain=None, ticker="")
    return found + pull.containing(asked.key.split())


Scored = dict[
    int, tuple[float, str, int, str]
]  # company → score, why, minus the length of the matched key, what matched


def _scored(asked: Query, pulled: list[Pulled]) -> Scored:
    """The best match of each company, those below `LEAST` left out."""
    best: Scored = {}
    for alias in pulled:
        score, why = match(asked, alias)
        before = best.get(alias.company, (0.0, "", 0, ""))
        if score >= LEAST and (score, -len(alias.key)) > (before[0], before[2]):
            best[alias.company] = (score, why, -len(alias.key), alias.value)
    return best


def _best(scored: Scored, limit: int, *, by: User | None, typed: bool) -> list[Candidate]:
    """The companies themselves, merged ones replaced by the one they became, each once."""
    order = sorted(scored.items(), key=lambda item: (-item[1][0], -item[1][2], item[0]))[: 2 * limit + 10]
    companies = Company.objects.select_related("merged_into").in_bulk([pk for pk, _ in order])
    nobodys = set() if typed else _nobodys(companies.values(), by)
    chosen: dict[int, Candidate] = {}
    for pk, (score, why, _, matched) in order:
        company = canonical(companies[pk])
        if company.pk not in nobodys and company.is_visible_to(by):
            told = "given" if why == "name" and company.unconfirmed else why
            chosen.setdefault(company.pk, Candidate(company, round(score, 4), told, matched))
    return list(chosen.values())[:limit]


def _nobodys(companies: Iterable[Company], by: User | None) -> set[int]:
    """Those of which nothing is known but what one user typed; but for what their own records name."""
    told = [each for each in companies if not (each.private and each.is_visible_to(by))]
    doubtful = {each.pk for each in told if each.provisional_key or each.unconfirmed}
    rows = known(Company.objects.filter(pk__in=doubtful)) if doubtful else Company.objects.none()
    return doubtful - set(rows.values_list("pk", flat=True))


# --- Scores -----------------------------------------------------------------------------------------------------------


def match(asked: Query, alias: Pulled) -> tuple[float, str]:
    """How well `alias` answers, in [0, 1], and why."""
    if alias.kind == CompanyAlias.Kind.DOMAIN:
        return _domain_match(asked, alias)
    if alias.kind == CompanyAlias.Kind.TICKER:
        # "META" typed in capitals is a ticker; "meta" is more likely the beginning of a name.
        return (0.94 if asked.text.isupper() else 0.72, "ticker") if alias.key == ticker_key(asked.text) else (0.0, "")
    if alias.key == asked.key:
        return _same_key(asked, alias), "name"
    if compact(alias.key) == asked.compact:
        return 0.95, "name"
    return _partly(asked, alias)


def _domain_match(asked: Query, alias: Pulled) -> tuple[float, str]:
    if alias.key == asked.domain:
        return 1.0, "domain"
    if alias.key.partition(".")[0].replace("-", "") == asked.compact:
        return 0.9, "domain"
    return (
        (0.6 + 0.2 * len(asked.compact) / len(alias.key), "domain")
        if alias.key.startswith(asked.compact)
        else (0.0, "")
    )


def _same_key(asked: Query, alias: Pulled) -> float:
    if folded(alias.value) == asked.folded:
        return 1.0
    return 0.97 if same_form(asked.text, alias.value) else 0.9


def same_form(one: str, other: str) -> bool:
    """Whether the legal forms of two names may be one form carelessly spelt: "Inc" and "Corp", but not "GmbH"."""
    first, second = legal_countries(one), legal_countries(other)
    return not first or not second or bool(first & second)


def _partly(asked: Query, alias: Pulled) -> tuple[float, str]:
    if folded(alias.value).startswith(asked.folded):
        return 0.70 + 0.22 * len(asked.folded) / len(folded(alias.value)), "prefix"
    words, known = asked.key.split(), alias.key.split()
    covered = _weight(words) / max(_weight(known), _weight(words))
    if known[: len(words)] == words:
        return 0.70 + 0.22 * covered, "prefix"
    if sorted(known) == sorted(words):
        return 0.93, "words"
    if set(words) <= set(known):
        return 0.62 + 0.25 * covered, "words"
    similar = SIMILAR * _resemblance(asked, alias)
    if compact(alias.key).startswith(asked.compact):
        return max(similar, 0.60 + 0.25 * len(asked.compact) / len(alias.key)), "prefix"
    return similar, "similar"


def _weight(words: list[str]) -> float:
    return sum(DESCRIPTOR_WEIGHT if word in descriptors() else 1.0 for word in words)


def _resemblance(asked: Query, alias: Pulled, *, least: float = 0.0) -> float:
    """The likeness of two spellings in [0, 1], whatever the order of words; 0 for one below `least`."""
    letters = fuzz.ratio(asked.compact, compact(alias.key), score_cutoff=100 * least)
    return max(letters, fuzz.token_sort_ratio(asked.key, alias.key, score_cutoff=100 * least)) / 100
