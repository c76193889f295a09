"""What research may be for, as pages offer it."""

from enrichment import rules
from enrichment.rules import live


def offered(version: tuple[str, int], *, first: str, also: object = None) -> list[tuple[str, str]]:
    """(slug, label) of every consumer that people may choose, by label, `first` before all others.

    `version` of the rules was just read. `also`: one that is chosen already, say by the link that led to the page.
    """
    may, known = live.offered(version), rules.current(version).rules
    rows = [(row.slug, row.label) for row in known.consumers.values() if row.slug in may or row.slug == also]
    return sorted(rows, key=lambda row: (row[0] != first, row[1]))
