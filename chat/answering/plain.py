"""An answer to any intent: what is held on its datasets, one statement for each claim that evidence bears."""

from collections.abc import Iterator, Sequence

from chat.answering.model import Answer, Missing, Part, Said
from enrichment.door import Known, KnownFact, fits, said

MOST = 6  # statements of one dataset


def answer(intent: str, known: Known, *, datasets: Sequence[str], about: Sequence[str] = ()) -> Answer:
    """What is held on the datasets; with `about`, what of it names those words."""
    parts = []
    for slug in datasets:
        fact = known.facts.get(slug)
        told = tuple(_said(fact, about, known))[:MOST] if fact else ()
        if told:
            parts.append(Part(heading=known.labels.get(slug, slug), said=told))
    missing = tuple(
        Missing(dataset=slug, label=known.labels.get(slug, slug), why="Nothing is held on this.")
        for slug in datasets
        if slug not in known.facts
    )
    opening = f"What is known of {known.company.name}:" if parts else f"Nothing is known yet of {known.company.name}."
    return Answer(opening=opening, parts=tuple(parts), missing=missing)


def _said(fact: KnownFact, about: Sequence[str], known: Known) -> Iterator[Said]:
    for item in fact.items[:1] if not isinstance(fact.value, list) else fact.items:
        cited = tuple(key for key in item.evidence if key in known.evidence)
        if (cited or fact.corrected) and (not about or fits(item.value, about)):
            yield Said(text=said(item.value), evidence=cited, support="verbatim", dataset=fact.dataset)
