"""What the product answers to the rows of each labelled set, beside what a person answered. No engine, no network."""

from collections.abc import Callable, Mapping
from typing import Any

from enrichment.analysis.derive import buying_role
from enrichment.analysis.sentiment import sentiment_of
from enrichment.naming import Likeness, Named, likeness
from enrichment.signals import classify
from enrichment.sources.job_signs import sign_of
from enrichment.technologies import by_name, in_text
from tests.enrichment.analysis.labelled.scoring import Answered, one

Row = Mapping[str, Any]


def headline(row: Row) -> Answered:
    """The signal, "none" where there is none."""
    return one(row["signal"], classify(row["headline"]) or "none")


def title(row: Row) -> Answered:
    return one(row["buying_role"], buying_role(row["title"]))


def job(row: Row) -> Answered:
    """Technologies of a posting, asked as the sources ask.

    What is `optional` counts neither right nor wrong, nor what the list lacked when the labels were given (`unlisted`).
    """
    named = {technology.name for technology in in_text(f"{row['title']}. {row['text']}")}
    meant = frozenset(known.name if (known := by_name(name)) else name for name in row["technologies"])
    since = {known.name for known in map(by_name, row["unlisted"]) if known}
    optional = {known.name if (known := by_name(name)) else name for name in row["optional"]}
    return Answered(meant, frozenset(named - ({*optional, *since} - meant)))


def name(row: Row) -> Answered:
    return one("same" if row["same"] else "other", "same" if same_company(row) else "other")


def sentiment(row: Row) -> Answered:
    return one(row["sentiment"], sentiment_of(row["text"]).label)


def job_sign(row: Row) -> Answered:
    """What a sentence of a job's text says that the company is about to do."""
    return one(row["sign"], sign_of(row["text"]) or "none")


def same_company(pair: Row) -> bool:
    """Whether a record that names `b` is about the company `a`; each may have a `domain` and a `context`."""
    return likeness(_named(pair["a"]), _named(pair["b"])) >= Likeness.LIKELY


def _named(side: Row) -> Named:
    return Named(name=side["name"], domain=side.get("domain"), said=side.get("context", ""))


# Set of labels → how a row of it is answered.
ANSWERS: Mapping[str, Callable[[Row], Answered]] = {
    "headlines": headline,
    "titles": title,
    "jobs": job,
    "names": name,
    "sentiment": sentiment,
    "own_job_signs": job_sign,
}
