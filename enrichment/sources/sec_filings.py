"""Filings with the SEC as headlines: an 8-K by its items, reports and registrations by their form. Pure.

The register's arrays are columns, to be zipped by index. What an item means is the SEC's own title of it, in words that
`signals.classify` reads; items that only say "other events" or list exhibits are left out on purpose.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from enrichment.sources.base import Evidence, Observation
from enrichment.sources.dates import moment
from enrichment.sources.headlines import Headline, filed
from enrichment.sources.reading import LONGEST_TEXT, Lenient, Object, Text, Texts, Url, each, without_tags

PUBLISHER = "SEC EDGAR"
DOCUMENT = "https://www.sec.gov/Archives/edgar/data/{cik}/{accession}/{document}"
SINCE = timedelta(days=365)
MOST_FILINGS = 40
MOST_ROWS = 2_000  # of a column that are looked at; an insider's sale is a row too

# Item of form 8-K → what the company reports. The first of these that a filing has names its headline.
ITEMS = {
    "1.05": "a material cybersecurity incident",
    "1.03": "bankruptcy or receivership",
    "2.01": "the completion of an acquisition or disposal of assets",
    "2.05": "a restructuring: costs of exit or disposal activities",
    "5.02": "an appointment or departure of directors or officers",
    "1.01": "a material definitive agreement",
    "1.02": "the end of a material definitive agreement",
    "2.06": "a material impairment",
    "2.03": "a new financial obligation",
    "3.01": "a notice about its stock exchange listing",
    "5.01": "a change of control",
    "4.01": "a change of auditor",
    "4.02": "that earlier financial statements cannot be relied upon",
    "2.02": "results of operations",
}
FORMS = {
    "10-K": "files its annual report",
    "10-Q": "files its quarterly report",
    "20-F": "files its annual report",
    "40-F": "files its annual report",
    "S-1": "registers a public offering of securities",
    "S-4": "registers securities for a merger or exchange",
}
READ = ("1.05", "2.01", "2.05", "5.02", "1.01")  # items whose text is worth a further exchange
_ITEM = re.compile(r"\bitem\s*(\d)\s*\.\s*(\d\d)\b\.?", re.IGNORECASE)
_END = re.compile(r"\bsignatures?\b|\bitem\s*9\s*\.\s*01\b", re.IGNORECASE)
_CODE = re.compile(r"[\w.-]{1,200}")
LONGEST_DOCUMENT = 40_000  # characters of plain text that are searched for items


class Registrant(Lenient):
    """What the register says of a company."""

    cik: Text = ""
    name: Text = ""
    sicDescription: Text = ""
    tickers: Texts = []
    exchanges: Texts = []
    website: Text = ""
    stateOfIncorporation: Text = ""
    addresses: Object = {}
    filings: Object = {}

    @property
    def number(self) -> int:
        """The CIK, which comes as a number, a short or a padded string."""
        return int(self.cik) if self.cik.isascii() and self.cik.isdigit() and len(self.cik) <= 10 else 0


class Document(Lenient):
    url: Url = ""
    html: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One filing. `items`: those of an 8-K; `texts`: what its document says under each, where it was read."""

    form: str
    url: str
    at: datetime | None
    items: tuple[str, ...] = ()
    period: str = ""
    texts: dict[str, str]


def filings_of(
    registrant: Registrant, documents: Iterable[dict[str, Any]], *, fetched_at: datetime
) -> tuple[Filing, ...]:
    """The last year's filings that say something, newest first."""
    texts = {document.url: items_in(document.html) for document in _documents(documents)}
    found = []
    for row in _rows(registrant.filings):
        at = moment(row["acceptanceDateTime"], fetched_at=fetched_at) or moment(
            row["filingDate"], fetched_at=fetched_at
        )
        if at is None or at < fetched_at - SINCE or not _says_something(row):
            continue
        url = _address(registrant.number, row)
        items = tuple(item for item in ITEMS if item in row["items"].replace(" ", "").split(","))
        found.append(
            Filing(
                form=row["form"],
                url=url,
                at=at,
                items=items,
                period=row["reportDate"][:10],
                texts=texts.get(url, {}),
            )
        )
    return tuple(found[:MOST_FILINGS])


def headlines(name: str, filings: Sequence[Filing], *, under: frozenset[str]) -> Iterator[Observation]:
    """Each filing as a headline, which calls the company `name`, under the datasets that its words bear on."""
    for filing in filings:
        said = FORMS.get(filing.form)
        lead = filing.items[0] if filing.items else ""
        words = f"{said} ({filing.form})" if said else f"reports {ITEMS[lead]} (8-K, item {lead})"
        text = f"{name} {words}"
        evidence = Evidence(
            kind="article",
            title=text,
            url=filing.url,
            text=_text(filing, text),
            publisher=PUBLISHER,
            published_at=filing.at,
        )
        yield from filed(
            Headline(text=text, evidence=evidence, url=filing.url, publisher=PUBLISHER, at=filing.at), under=under
        )


def telling(submissions: dict[str, Any], most: int) -> list[str]:
    """Addresses of the newest 8-K documents whose items are worth reading."""
    registrant = Registrant.model_validate(submissions)
    rows = (row for row in _rows(registrant.filings) if set(READ) & set(row["items"].replace(" ", "").split(",")))
    urls = (_address(registrant.number, row) for row in rows if row["form"] == "8-K")
    return [url for url in urls if url][:most]


def items_in(html: str) -> dict[str, str]:
    """The plain text under each item's heading of an 8-K; an item that is named twice has its longer text."""
    text = without_tags(html, LONGEST_DOCUMENT)
    found = list(_ITEM.finditer(text))
    texts: dict[str, str] = {}
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        said = _END.split(text[match.end() : end])[0].strip(" .:-–—")
        item = f"{match[1]}.{match[2]}"
        if len(said) > len(texts.get(item, "")):
            texts[item] = said
    return texts


def _documents(items: Iterable[dict[str, Any]]) -> Iterator[Document]:
    return each(Document, list(items))


def _says_something(row: dict[str, str]) -> bool:
    if row["form"] == "8-K":
        return any(item in ITEMS for item in row["items"].replace(" ", "").split(","))
    return row["form"] in FORMS


def _text(filing: Filing, headline: str) -> str:
    lines = [headline + "."]
    if filing.period:
        lines.append(f"Date of report or end of period: {filing.period}.")
    lines += [f"Item {item}: {filing.texts.get(item) or ITEMS[item] + '.'}" for item in filing.items]
    return " ".join(lines)[:LONGEST_TEXT].rstrip()


_COLUMNS = ("accessionNumber", "filingDate", "reportDate", "acceptanceDateTime", "form", "items", "primaryDocument")


def _rows(filings: dict[str, Any]) -> Iterator[dict[str, str]]:
    """The columns as rows, as many as there are forms; what a column lacks is empty."""
    recent = filings.get("recent")
    columns = {name: _column(recent.get(name) if isinstance(recent, dict) else None) for name in _COLUMNS}
    for number in range(min(len(columns["form"]), MOST_ROWS)):
        yield {name: column[number] if number < len(column) else "" for name, column in columns.items()}


def _column(value: object) -> list[str]:
    found = value[:MOST_ROWS] if isinstance(value, list) else []
    return [item if isinstance(item, str) else "" for item in found]


def _address(cik: int, row: dict[str, str]) -> str:
    """Where the filing's document is; its folder where that is not told, "" where nothing is."""
    accession, document = row["accessionNumber"].replace("-", ""), row["primaryDocument"]
    if not cik or not accession.isascii() or not accession.isdigit() or len(accession) > 20:
        return ""
    return DOCUMENT.format(cik=cik, accession=accession, document=document if _CODE.fullmatch(document) else "")
