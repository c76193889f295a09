"""Which aliases are worth comparing with a query: a few hundred of a hundred thousand, by index.

SQLite answers from an FTS5 trigram table, PostgreSQL from `pg_trgm` where the extension is there; without it the same
questions are answered by reading the table, more slowly.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from enrichment.models import CompanyAlias

MOST = 200  # aliases per question
GRAM = 3  # letters of the shortest text that the trigram indexes can look for
MOST_POSTINGS = 6000  # rows to count when looking for resemblance; keeps it within milliseconds
LAST_CHARACTER = "\U0010ffff"
MATCHING = "SELECT rowid FROM enrichment_alias_search WHERE compact MATCH %s"
TRIGRAM_INDEX = "enrichment_alias_trigrams"  # PostgreSQL; made by the migration where pg_trgm is available


@dataclass(frozen=True, slots=True)
class Pulled:
    """One alias to compare with."""

    alias: int
    company: int
    kind: str
    key: str
    value: str

    @classmethod
    def of(cls, alias: CompanyAlias) -> "Pulled":
        return cls(alias.pk, alias.company_id, alias.kind, alias.key, alias.value)


def exact(*, key: str, compact: str, domain: str | None, ticker: str) -> list[Pulled]:
    """Aliases that equal the query: by key, without spaces, as a domain, as a ticker."""
    kinds = CompanyAlias.Kind
    wanted = Q(kind=kinds.NAME, key=key) | Q(kind=kinds.NAME, compact=compact) | Q(kind=kinds.TICKER, key=ticker)
    if domain:
        wanted |= Q(kind=kinds.DOMAIN, key=domain)
    return _read(CompanyAlias.objects.filter(wanted))


def named(keys: Collection[str]) -> list[Pulled]:
    """Names that equal one of `keys`."""
    return _read(CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME, key__in=keys)) if keys else []


def exact_label(label: str) -> list[Pulled]:
    """Domains that are called `label` under some public suffix: `acme.com`, `acme.io`."""
    return _read(CompanyAlias.objects.filter(_begins("key", label + "."), kind=CompanyAlias.Kind.DOMAIN))


def beginning_with(compact: str) -> list[Pulled]:
    """Names and domains that begin with `compact` (a key without spaces), shortest first."""
    kinds = (CompanyAlias.Kind.NAME, CompanyAlias.Kind.DOMAIN)
    return _read(CompanyAlias.objects.filter(_begins("compact", compact), kind__in=kinds))


def beginning_with_words(key: str) -> list[Pulled]:
    """Names that begin with all the words of `key` and go on, shortest first."""
    return _read(CompanyAlias.objects.filter(_begins("key", key + " "), kind=CompanyAlias.Kind.NAME))


def _begins(field: str, text: str) -> Q:
    if connection.vendor == "sqlite":  # its LIKE ignores the index
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + LAST_CHARACTER})
    return Q(**{f"{field}__startswith": text})


def containing(texts: Iterable[str]) -> list[Pulled]:
    """Names that hold each of `texts` somewhere, shortest first. Texts of fewer than three letters do not count."""
    wanted = [text for text in texts if len(text) >= GRAM]
    if not wanted:
        return []
    names = CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME)
    if connection.vendor == "sqlite":
        match = " AND ".join(f'"{text}"' for text in wanted)
        return _read(names.filter(id__in=RawSQL(MATCHING, [match])))  # noqa: S611 - `match` is a parameter
    for text in wanted:
        names = names.filter(compact__contains=text)
    return _read(names)


def resembling(compact: str) -> list[Pulled]:
    """Names that share many trigrams with `compact`, most alike first."""
    if connection.vendor == "sqlite":
        return _by_shared_trigrams(compact)
    if _has_trigram_index():
        return _by_similarity(compact)
    # People rarely misspell the first letter, and reading a twentieth of the names is soon done.
    return _read(
        CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME, compact__startswith=compact[:1]), most=20 * MOST
    )


def _read(aliases: "QuerySet[CompanyAlias]", *, most: int = MOST) -> list[Pulled]:
    rows = aliases.order_by(Length("compact"), "id").values_list("id", "company_id", "kind", "key", "value")
    return [Pulled(*row) for row in rows[:most]]


def _by_shared_trigrams(compact: str) -> list[Pulled]:
    """Count, over the rarer trigrams of `compact`, which rows hold them: common ones tell little and cost most."""
    trigrams = sorted({compact[at : at + GRAM] for at in range(len(compact) - GRAM + 1)})
    if not trigrams:
        return []
    shared: Counter[int] = Counter()
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(trigrams))
        counted = f"SELECT term, doc FROM enrichment_alias_grams WHERE term IN ({marks}) ORDER BY doc"  # noqa: S608
        cursor.execute(counted, trigrams)
        left = MOST_POSTINGS
        for term, count in cursor.fetchall():
            left -= count
            if left < 0 and shared:
                break
            cursor.execute(MATCHING, [f'"{term}"'])
            shared.update(row for (row,) in cursor.fetchall())
    return _read(CompanyAlias.objects.filter(id__in=[row for row, _ in shared.most_common(MOST)]))


def _by_similarity(compact: str) -> list[Pulled]:
    with transaction.atomic(), connection.cursor() as cursor:
        # Two letters swapped in "microsoft" leave 0.43; the default of 0.3 reads three times as many rows.
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', '0.4', true)")
        cursor.execute(
            "SELECT id FROM enrichment_companyalias WHERE kind = 'name' AND compact %% %s"
            " ORDER BY similarity(compact, %s) DESC LIMIT %s",
            [compact, compact, MOST],
        )
        return _read(CompanyAlias.objects.filter(id__in=[row for (row,) in cursor.fetchall()]))


def _has_trigram_index() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TRIGRAM_INDEX])
        row = cursor.fetchone()
    return bool(row and row[0])
