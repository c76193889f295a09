"""How briefs are judged, as tables: stars in words, and the use of sections as shares of readings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.pages.contents import HEADINGS
from enrichment.pages.words import label_of, percent
from enrichment.workflow.judgements import By, Judged

TITLES = {By.ROLE: "By role", By.CONSUMER: "By consumer", By.ENGINE: "By engine", By.PROMPT: "By prompt"}
NOBODY = {
    By.ROLE: "No role",
    By.PROMPT: "None: an engine that reads no prompt",
    By.CONSUMER: "Unknown",
    By.ENGINE: "Unknown",
}
SECTION_LABELS = {
    "brief": "The whole brief",
    **HEADINGS,
    "other": "Other sections",
}
MOST = 20  # lines of one table


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    ratings: str
    stars: str  # "4.2 of 5", "–" without
    liked: str
    disliked: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow:
    """A section's uses, each with its share of the times that a brief was opened."""

    label: str
    evidence: str
    more: str
    copied: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    by: str
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """`shown`: how often briefs were opened, `exported`: downloaded; sections only where everybody's are looked at."""

    ratings: int
    tables: list[Table]
    sections: list[SectionRow]
    shown: str
    exported: str
    everybody: bool


def tables(found: Mapping[By, Sequence[Judged]], *, everybody: bool) -> Tables:
    whole = next((line for line in found[By.SECTION] if line.key == "brief"), Judged(key="brief"))
    return Tables(
        ratings=sum(line.ratings for line in found[By.CONSUMER]),
        tables=[
            Table(by=str(by), title=title, rows=[_row(by, line) for line in found[by][:MOST]])
            for by, title in TITLES.items()
        ],
        sections=[_section(line, whole.shown) for line in found[By.SECTION] if line.key != "brief"],
        shown=f"{whole.shown:,}",
        exported=f"{whole.exported:,}",
        everybody=everybody,
    )


def _row(by: By, line: Judged) -> Row:
    return Row(
        label=_label(by, line.key),
        ratings=f"{line.ratings:,}",
        stars="–" if line.stars is None else f"{line.stars:.1f} of 5",
        liked=percent(line.liked / line.ratings) if line.ratings else "–",
        disliked=percent(line.disliked / line.ratings) if line.ratings else "–",
        shown=f"{line.shown:,}",
    )


def _label(by: By, key: str) -> str:
    if not key:
        return NOBODY[by]
    if by is By.PROMPT:
        return "Built-in default" if key == "default" else f"Version {key.removeprefix('v')}"
    return key if by is By.ROLE else label_of(key)


def _section(line: Judged, shown: int) -> SectionRow:
    return SectionRow(
        label=SECTION_LABELS.get(line.key) or label_of(line.key),
        evidence=_share(line.evidence, shown),
        more=_share(line.more, shown),
        copied=_share(line.copied, shown),
    )


def _share(count: int, shown: int) -> str:
    return f"{count:,} ({percent(count / shown)})" if shown and count else f"{count:,}"
