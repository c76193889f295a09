"""Which aliases are worth comparing with a query: a few hundred of a hundred thousand, by index.

SQLite answers from an FTS5 trigram table, PostgreSQL from `pg_trgm` where the extension is there; without it the same
questions are answered by reading the table, more slowly.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from enrichment.models import CompanyAlias
from salesintel.prepared import Gap, Prepared

Aliases = QuerySet[CompanyAlias, tuple[Any, ...]]
MOST = 200  # aliases per question
GRAM = 3  # letters of the shortest text that the trigram indexes can look for
LONG = 15  # letters of a name in which a slip counts for little
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
    if domain:
        return _pulled(EXACT_OR_DOMAIN.all(key=key, compact=compact, ticker=ticker, domain=domain))
    return _pulled(EXACT.all(key=key, compact=compact, ticker=ticker))


def _exact(or_else: Q) -> "Aliases":
    kinds = CompanyAlias.Kind
    name = Q(kind=kinds.NAME, key=_gap("key")) | Q(kind=kinds.NAME, compact=_gap("compact"))
    return _rows(CompanyAlias.objects.filter(name | Q(kind=kinds.TICKER, key=_gap("ticker")) | or_else))


EXACT = Prepared(lambda: _exact(Q()))
EXACT_OR_DOMAIN = Prepared(lambda: _exact(Q(kind=CompanyAlias.Kind.DOMAIN, key=_gap("domain"))))


def named(keys: Collection[str]) -> list[Pulled]:
    """Names that equal one of `keys`."""
    return _read(CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME, key__in=keys)) if keys else []


def exact_label(label: str) -> list[Pulled]:
    """Domains that are called `label` under some public suffix: `acme.com`, `acme.io`."""
    begins = _begins("key", f"{label}.", f"{label}.{LAST_CHARACTER}")
    return _read(CompanyAlias.objects.filter(begins, kind=CompanyAlias.Kind.DOMAIN))


def beginning_with(compact: str) -> list[Pulled]:
    """Names and domains that begin with `compact` (a key without spaces), shortest first."""
    return _pulled(BEGINNING.all(begins=compact, ends=compact + LAST_CHARACTER))


def beginning_with_words(key: str) -> list[Pulled]:
    """Names that begin with all the words of `key` and go on, shortest first."""
    return _pulled(LONGER.all(begins=key + " ", ends=f"{key} {LAST_CHARACTER}"))


def _beginning(field: str, *kinds: str) -> "Aliases":
    begins = _begins(field, _gap("begins"), _gap("ends"))
    return _rows(CompanyAlias.objects.filter(begins, kind__in=kinds))


BEGINNING = Prepared(lambda: _beginning("compact", CompanyAlias.Kind.NAME, CompanyAlias.Kind.DOMAIN))
LONGER = Prepared(lambda: _beginning("key", CompanyAlias.Kind.NAME))


def _begins(field: str, text: str | Gap, end: str | Gap) -> Q:
    if connection.vendor == "sqlite":  # its LIKE ignores the index
        return Q(**{f"{field}__gte": text, f"{field}__lt": end})
    return Q(**{f"{field}__startswith": text})


def containing(texts: Iterable[str]) -> list[Pulled]:
    """Names that hold each of `texts` somewhere, shortest first. Texts of fewer than three letters do not count."""
    wanted = [text for text in texts if len(text) >= GRAM]
    if not wanted:
        return []
    if connection.vendor == "sqlite":
        return _pulled(HOLDING.all(match=" AND ".join(f'"{text}"' for text in wanted)))
    names = CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME)
    for text in wanted:
        names = names.filter(compact__contains=text)
    return _read(names)


def _holding() -> "Aliases":
    matching = RawSQL(MATCHING, [_gap("match")])  # noqa: S611 - what is looked for is a parameter
    return _rows(CompanyAlias.objects.filter(kind=CompanyAlias.Kind.NAME, id__in=matching))


HOLDING = Prepared(_holding)


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
    return _pulled(_rows(aliases, most=most))


def _pulled(rows: Iterable[tuple[Any, ...]]) -> list[Pulled]:
    return [Pulled(*row) for row in rows]


def _gap(name: str) -> Gap:
    return Gap(name, TextField())


def _rows(aliases: "QuerySet[CompanyAlias]", *, most: int = MOST) -> "Aliases":
    columns = ("id", "company_id", "kind", "key", "value")
    return aliases.order_by(Length("compact"), "id").values_list(*columns)[:most]


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
        # Two letters swapped in "microsoft" leave 0.43, in fifteen letters 0.6. Who asks for less reads more rows: in
        # fifteen, six times as many for 0.4 as for 0.5, most of them for "networks" at the end.
        least = "0.5" if len(compact) >= LONG else "0.4"
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [least])
        cursor.execute(
            "SELECT id, company_id, kind, key, value FROM enrichment_companyalias"
            " WHERE kind = 'name' AND compact %% %s ORDER BY similarity(compact, %s) DESC LIMIT %s",
            [compact, compact, MOST],
        )
        return _pulled(cursor.fetchall())


def _has_trigram_index() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TRIGRAM_INDEX])
        row = cursor.fetchone()
    return bool(row and row[0])
