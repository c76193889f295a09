"""How fast and how well look-up finds companies: among generated ones, and among real ones where they are at hand.

`SALESINTEL_REAL_DATA` names a folder with `sec_company_tickers.json` and `sp500_constituents.csv`; without it, or
without the files, only the generated companies are looked up.
"""

import csv
import json
import os
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from enrichment.companies import Ambiguous, Candidate, Found, Listing, find, register_all, search
from enrichment.models import Company, Fact
from enrichment.naming.spelling import name_key
from salesintel.accounts.models import ApiKey, User
from tests.enrichment.analysis.labelled import Split, labelled
from tests.seeding import rolled_back

Figure = tuple[str, str, str]  # what, measured, target

ONSETS = "b br c ch cl d dr f fl g gr h j k kl l m n p pr qu r s sh sk sl st t tr v w z".split()
VOWELS = "a e i o u ai ea io ou".split()
CODAS = ["", "", "n", "r", "l", "s", "x", "m", "nt", "rk", "ld"]
SECOND_WORDS = (
    "Systems Industries Health Energy Foods Capital Robotics Logistics Networks Labs Group Partners Media".split()
)
FORMS = ["Inc", "Corp", "LLC", "Ltd", "GmbH", "S.A.", "AB", "Co., Ltd.", "PLC", "B.V.", "Pty Ltd", "S.p.A."]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and the company that it means."""

    query: str
    company: Company


def run() -> list[Figure]:
    """Measure on the configured, migrated database; whatever is loaded is rolled back."""
    figures = [figure for count in (10_000, 100_000) for figure in generated(count)]
    figures += by_kind(100_000) + list_pages(10_000)
    real = real_data()
    return figures + (sp500(real) if real else [])


# --- Generated companies ----------------------------------------------------------------------------------------------


def generated(count: int) -> list[Figure]:
    """Look up 500 of `count` invented companies by name, bare name, beginning, domain and misspelt."""
    chance = random.Random(count)
    with rolled_back():
        companies = register_all(invented(count, chance))
        refresh_statistics()
        asked = [Asked(spelling(company, chance), company) for company in chance.sample(companies, 500)]
        top, times = looked_up(asked)
    target = 100 if count > 10_000 and connection.vendor == "sqlite" else 50
    return [
        (f"look-up p95, {count:,} invented companies, {connection.vendor}", f"{p95(times):.1f} ms", f"≤ {target} ms"),
        (f"right company first, {count:,} invented companies", f"{top:.1%}", "≥ 90 %"),
    ]


def invented(count: int, chance: random.Random) -> Iterator[Listing]:
    """`count` companies of one to three words, one in ten sharing its first word with another."""
    taken: set[str] = set()
    brands = [brand(chance)]
    while len(taken) < count:
        first = chance.choice(brands) if chance.random() < 0.1 else brand(chance)
        brands.append(first)
        words = [first, *chance.sample(SECOND_WORDS, chance.choice((0, 1, 1, 2)))]
        domain = f"{'-'.join(words).lower()}.example"
        if domain not in taken:
            taken.add(domain)
            yield Listing(name=f"{' '.join(words)} {chance.choice(FORMS)}", domain=domain)


def brand(chance: random.Random) -> str:
    syllables = (
        chance.choice(ONSETS) + chance.choice(VOWELS) + chance.choice(CODAS) for _ in range(chance.choice((2, 3)))
    )
    return "".join(syllables).capitalize()


def spelling(company: Company, chance: random.Random) -> str:
    """One of the ways in which people would look for `company`."""
    bare = company.name.rsplit(" ", 1)[0]
    ways: list[Callable[[], str]] = [
        lambda: company.name,
        bare.lower,
        lambda: f"https://www.{company.domain}/about",
        lambda: " ".join(reversed(bare.split())),
        lambda: bare[: max(6, len(bare) - 3)],
        lambda: misspelt(bare, chance),
    ]
    return chance.choice(ways)()


def misspelt(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


# --- The list ---------------------------------------------------------------------------------------------------------


def list_pages(count: int) -> list[Figure]:
    """p95 of the API's list of `count` companies, by filter and order: fifty pages of fifty."""
    chance = random.Random(count + 2)
    with rolled_back():
        companies = register_all(invented(count, chance))
        values = [("industry", ["Retail", "Payments", "Software"]), ("headquarters", ["Berlin, Germany", "Boston, MA"])]
        Fact.objects.bulk_create(
            Fact(company=each, dataset=dataset, origin="live", value=chance.choice(some), reliability=0.9,
                 observed_at=timezone.now(), why="one claim")
            for each in companies
            for dataset, some in values
        )  # fmt: skip
        refresh_statistics()
        _, key = ApiKey.issue(user=User.objects.create_user("bench"), name="bench", scopes=["read"])
        client = APIClient(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {key}"})
        asked = [
            "",
            "?ordering=-updated",
            "?country=US",
            "?industry=soft",
            "?q=sys",
            "?ordering=-created&hasReport=false",
        ]
        times = []
        for query in asked * 8:
            started = perf_counter()
            answer = client.get(f"/api/v1/companies{query}")
            times.append(perf_counter() - started)
            assert answer.status_code == 200, answer.content
    return [(f"GET /companies p95, {count:,} companies, {connection.vendor}", f"{p95(times):.1f} ms", "≤ 150 ms")]


# --- Kinds of queries, and names that people labelled -----------------------------------------------------------------

PER_KIND = 200
CYRILLIC = dict(zip("abvgdezikmnoprstuf", "абвгдезикмнопрстуф", strict=True))


def by_kind(count: int) -> list[Figure]:
    """p50 and p95 of each kind of query among `count` invented companies, and the names of both halves among them."""
    chance = random.Random(count + 1)
    with rolled_back():
        companies = register_all(invented(count, chance))
        figures = []
        truths = {split: labelled_companies(split) for split in ("dev", "test")}
        refresh_statistics()
        target = 100 if connection.vendor == "sqlite" else 50
        for kind, asked in kinds(companies, chance).items():
            top, times = looked_up(asked)
            first = "" if kind in ("nonsense", "one letter") else f" · first {top:.0%}"
            spent = f"{statistics.median(times) * 1000:.1f} · {p95(times):.1f} ms{first}"
            figures.append((f"look-up p50 · p95, {kind}, {count:,}, {connection.vendor}", spent, f"≤ {target} ms"))
        for split, truth in truths.items():
            figures += labelled_names(split, *truth)
    return figures


def kinds(companies: Sequence[Company], chance: random.Random) -> dict[str, list[Asked]]:
    some = chance.sample(companies, PER_KIND)
    spellable = [each for each in companies if set(bare_name(each).split()[0].lower()) <= CYRILLIC.keys()]
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        "exact": [Asked(each.name, each) for each in some],
        "prefix": [Asked(bare_name(each)[: max(4, len(bare_name(each)) - 4)], each) for each in some],
        "typo": [Asked(misspelt(bare_name(each), chance), each) for each in some],
        "other script": [Asked(in_cyrillic(each), each) for each in chance.sample(spellable, PER_KIND)],
        "nonsense": [Asked("".join(chance.choices(letters, k=14)), each) for each in some],
        "one letter": [Asked(chance.choice(letters), each) for each in some],
    }


def bare_name(company: Company) -> str:
    return company.name.rsplit(" ", 1)[0]


def in_cyrillic(company: Company) -> str:
    """The first word in Cyrillic, the others as they are."""
    first, *others = bare_name(company).lower().split()
    return " ".join(["".join(CYRILLIC[letter] for letter in first), *others])


def labelled_companies(split: Split) -> tuple[list[Asked], list[tuple[str, Company]]]:
    """The labelled pairs among the others: b is asked for where it is a, and where it is another company."""
    same, apart = [], []
    for row in labelled("names", split):
        company = register_all([Listing(name=row["a"]["name"], domain=row["a"].get("domain"))])[0]
        query = row["b"].get("domain") or row["b"]["name"]
        if row["same"]:
            same.append(Asked(query, company))
        else:
            apart.append((query, company))
    return same, apart


def labelled_names(split: Split, same: Sequence[Asked], apart: Sequence[tuple[str, Company]]) -> list[Figure]:
    """Recall: the right one comes first. Precision: of those that are certain, none is another company.

    What bears the very name that was asked for is no error of the look-up: context alone, which it has not, tells two
    of one name apart.
    """
    top, _ = looked_up(same)
    shown = sum(any(each.company == row.company for each in search(row.query)) for row in same)
    certain_of = {row.query: found.company for row in same if isinstance(found := find(row.query), Found)}
    right = sum(certain_of.get(row.query) == row.company for row in same)
    taken = [certain_of[row.query] for row in same if certain_of.get(row.query, row.company) != row.company]
    taken += [other for query, other in apart if isinstance(found := find(query), Found) and found.company == other]
    asked = {name_key(row.query) for row in same} | {name_key(query) for query, _ in apart}
    wrong = sum(name_key(company.name) not in asked for company in taken)
    certain = f"{wrong} of {len(same) + len(apart)} · {right / len(same):.1%}"
    return [
        (
            f"labelled names ({split}) in the look-up: right one first · shown",
            f"{top:.1%} · {shown / len(same):.1%}",
            "–",
        ),
        (f"labelled names ({split}): a wrong one for certain · the right one", certain, "0 · –"),
    ]


# --- Real companies ---------------------------------------------------------------------------------------------------


def real_data() -> Path | None:
    """The folder of real lists, None where it is not given or lacks one of them."""
    given = os.environ.get("SALESINTEL_REAL_DATA", "")
    folder = Path(given)
    files = (folder / "sec_company_tickers.json", folder / "sp500_constituents.csv")
    return folder if given and all(file.exists() for file in files) else None


def sp500(folder: Path) -> list[Figure]:
    """Look up the S&P 500 by their common names among all companies that the SEC lists."""
    with rolled_back():
        by_cik = sec_companies(folder / "sec_company_tickers.json")
        with (folder / "sp500_constituents.csv").open() as file:
            rows = [(row["Security"], int(row["CIK"])) for row in csv.DictReader(file)]
        asked = [Asked(name, by_cik[cik]) for name, cik in rows if cik in by_cik]
        refresh_statistics()
        top, times = looked_up(asked)
        found = [find(each.query) for each in asked]
    sure = [
        (result.company, each.company) for result, each in zip(found, asked, strict=True) if isinstance(result, Found)
    ]
    wrong = sum(1 for got, wanted in sure if got != wanted)
    asks = sum(1 for result in found if isinstance(result, Ambiguous))
    return [
        (f"S&P 500 by common name among {len(by_cik):,} listed companies: right one first", f"{top:.1%}", "≥ 95 %"),
        ("the same, resolved without asking: a wrong company", f"{wrong / len(asked):.1%} of {len(asked)}", "0 %"),
        (
            "the same, resolved without asking: right · asks back",
            f"{(len(sure) - wrong) / len(asked):.1%} · {asks / len(asked):.1%}",
            "–",
        ),
        (f"look-up p95, listed companies, {connection.vendor}", f"{p95(times):.1f} ms", "≤ 50 ms"),
    ]


def sec_companies(path: Path) -> dict[int, Company]:
    """The listed companies, registered, by the number that the SEC gave them."""
    names: dict[int, str] = {}
    tickers: dict[int, list[str]] = {}
    for row in json.loads(path.read_text()).values():
        names.setdefault(int(row["cik_str"]), row["title"])
        tickers.setdefault(int(row["cik_str"]), []).append(row["ticker"])
    listings = [Listing(name=name, tickers=tuple(tickers[cik])) for cik, name in names.items()]
    return dict(zip(names, register_all(listings), strict=True))


# --- Measuring --------------------------------------------------------------------------------------------------------


def refresh_statistics() -> None:
    """Let the database see what was loaded, as it would have by the time somebody searches."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def looked_up(asked: Sequence[Asked]) -> tuple[float, list[float]]:
    """The share for which the right company came first, and the seconds that each look-up took."""
    times, right = [], 0
    for each in asked:
        started = perf_counter()
        candidates: list[Candidate] = search(each.query)
        times.append(perf_counter() - started)
        right += bool(candidates) and candidates[0].company == each.company
    return right / len(asked), times


def p95(seconds: Sequence[float]) -> float:
    """Milliseconds within which 95 of 100 ended."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000
