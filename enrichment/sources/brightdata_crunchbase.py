"""Crunchbase records as Bright Data collects and stores them: whose they are, and what of them a source reads. Pure."""

from enrichment.sources.base import CompanyRef, Extraction, Reply
from enrichment.sources.brightdata import records_in
from enrichment.sources.crunchbase import Part, Record, sheet_of
from enrichment.sources.dates import moment
from enrichment.sources.naming import own_of, registrable
from enrichment.sources.reading import each

CRUNCHBASE = "gd_l1vijqt9jfj7olije"  # their data set


def extraction(reply: Reply, company: CompanyRef, *, parts: tuple[Part, ...]) -> Extraction:
    """What these parts of the company's own record say; records of namesakes are dropped and counted."""
    records = [record for record in each(Record, records_in(reply.body)) if record.name]
    own = own_of(records, company)
    if own is None:
        return Extraction(records=len(records), dropped=len(records))
    sheet = sheet_of(own, at=moment(own.timestamp, fetched_at=reply.fetched_at))
    return Extraction(
        observations=tuple(seen for part in parts for seen in part(own, sheet, reply.fetched_at)),
        records=len(records),
        dropped=len(records) - 1,
        name=own.name,
        domain=registrable(own.website),
    )
